from ray import serve


@serve.deployment
class Greeter:
    """Says the word of its user_config, which changes without a restart."""

    def reconfigure(self, config):
        self.word = config["word"]

    def __call__(self, request):
        return self.word


app = Greeter.bind()
