"""Stands in for torch: only its name is needed."""
