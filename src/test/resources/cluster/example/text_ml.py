"""An application of the same shape as the Book's example: two Serve deployments, one of which calls the other, and a package that
the image of Ray does not have."""

from ray import serve
from ray.serve.handle import DeploymentHandle
from starlette.requests import Request
from transformers import pipeline


@serve.deployment
class Translator:
    def __init__(self):
        self.model = pipeline("translation_en_to_fr", model="t5-small")

    def translate(self, text: str) -> str:
        return self.model(text)[0]["translation_text"]


@serve.deployment
class Summarizer:
    def __init__(self, translator: DeploymentHandle):
        self.translator = translator
        self.model = pipeline("summarization", model="t5-small")

    async def __call__(self, request: Request) -> dict:
        text = (await request.body()).decode()
        summary = self.model(text)[0]["summary_text"]
        return {"summary": summary, "translation": await self.translator.translate.remote(summary)}


app = Summarizer.bind(Translator.bind())
