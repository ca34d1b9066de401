"""Serve tries a constructor that raises three times, while another deployment waits for a node that is never there."""

import time

from ray import serve


@serve.deployment(ray_actor_options={"num_cpus": 64})
class TooLarge:
    def __call__(self, request):
        return "never"


@serve.deployment(ray_actor_options={"num_cpus": 0.1})
class WithoutWeights:
    def __init__(self):
        # So long that everybody sees that Serve still tries.
        time.sleep(15)
        raise OSError("weights.bin is not there")

    def __call__(self, request):
        return "never"


@serve.deployment(ray_actor_options={"num_cpus": 0.1})
class Both:
    def __init__(self, large, without_weights):
        self.handles = [large, without_weights]

    def __call__(self, request):
        return "never"


app = Both.bind(TooLarge.bind(), WithoutWeights.bind())
