"""An application that comes as a package: no zip brings it."""

import os

from ray import serve


@serve.deployment
class Hello:
    def __init__(self, word):
        self.word = word

    def __call__(self, request):
        return {"word": self.word, "to": os.environ["GREETED"]}


def build(args):
    return Hello.bind(args["word"])
