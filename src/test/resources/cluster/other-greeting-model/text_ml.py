from ray import serve


@serve.deployment
class Greeter:
    """Newer code: it says the word of its user_config loudly."""

    def reconfigure(self, config):
        self.word = config["word"]

    def __call__(self, request):
        return self.word + "!"


app = Greeter.bind()
