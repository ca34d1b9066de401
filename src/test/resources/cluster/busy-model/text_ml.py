"""An application whose requests take a second each, so that few of them are load."""

import asyncio

from ray import serve


@serve.deployment
class Busy:
    async def __call__(self, request) -> str:
        await asyncio.sleep(1)
        return "done"


app = Busy.bind()
