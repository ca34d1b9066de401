"""Shows that it has a secret without telling it."""

import hashlib
import os

from ray import serve


@serve.deployment(ray_actor_options={"num_cpus": 0.1})
class Told:
    def __call__(self, request):
        return hashlib.sha256(os.environ["MODEL_TOKEN"].encode()).hexdigest()


app = Told.bind()
