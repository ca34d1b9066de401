"""The application of the default example: summarises English and translates the summary into French.

Different from the example: the model comes from the directory $T5_SMALL instead of the hub, and the length of the answers is
limited in new tokens, because random weights never end a sentence.
"""

import os

from ray import serve
from ray.serve.handle import DeploymentHandle
from starlette.requests import Request
from transformers import pipeline

MODEL = os.environ["T5_SMALL"]


@serve.deployment
class Translator:
    def __init__(self):
        self.model = pipeline("translation_en_to_fr", model=MODEL)

    def translate(self, text: str) -> str:
        return self.model(text, max_new_tokens=30)[0]["translation_text"]


@serve.deployment
class Summarizer:
    def __init__(self, translator: DeploymentHandle):
        self.translator = translator
        self.model = pipeline("summarization", model=MODEL)

    def summarize(self, text: str) -> str:
        return self.model(text, min_length=5, max_new_tokens=15)[0]["summary_text"]

    async def __call__(self, http_request: Request) -> str:
        english_text: str = await http_request.json()
        return await self.translator.translate.remote(self.summarize(english_text))


app = Summarizer.bind(Translator.bind())
