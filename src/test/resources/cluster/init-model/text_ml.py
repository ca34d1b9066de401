from ray import serve


@serve.deployment
class WithoutWeights:
    """Its constructor raises: Serve tries three times, and tells of it in the deployment's message only."""

    def __init__(self):
        raise OSError("weights.bin is not there")

    def __call__(self, request):
        return "never"


app = WithoutWeights.bind()
