"""An application that starts more slowly than Ray Serve expects, for example because of large weights."""

import time

from ray import serve


@serve.deployment(ray_actor_options={"num_cpus": 0.1})
class WordCount:
    def __init__(self):
        time.sleep(3600)


app = WordCount.bind()
