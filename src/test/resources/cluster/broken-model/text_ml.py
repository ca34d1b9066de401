"""An application that fails while it is loaded, for example because its weights are missing."""

raise RuntimeError("the weights of this model are missing")
