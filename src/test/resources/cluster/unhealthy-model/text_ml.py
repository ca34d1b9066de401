"""An application that runs once and then fails for ever, for example because it lost its GPU."""

import pathlib
import time

from ray import serve

LOST = pathlib.Path("/tmp/lost")


@serve.deployment(ray_actor_options={"num_cpus": 0.1}, health_check_period_s=1)
class WordCount:
    def __init__(self):
        self.began = time.monotonic()
        self.check_health()

    def check_health(self):
        if LOST.exists() or time.monotonic() - self.began > 10:
            LOST.touch()
            raise RuntimeError("the GPU is lost")


app = WordCount.bind()
