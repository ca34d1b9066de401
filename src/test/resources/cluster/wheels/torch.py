"""In place of torch: only its name is needed."""
