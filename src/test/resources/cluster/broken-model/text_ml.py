"""An application that fails while it is loaded, as one does whose weights are missing."""

raise RuntimeError("the weights of this model are missing")
