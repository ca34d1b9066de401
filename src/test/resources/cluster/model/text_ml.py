"""A minimal Ray Serve application: it answers with the number of words of a text."""

from ray import serve
from starlette.requests import Request


@serve.deployment(ray_actor_options={"num_cpus": 0.1})
class WordCount:
    async def __call__(self, request: Request) -> dict:
        text = (await request.body()).decode()
        return {"words": len(text.split())}


app = WordCount.bind()
