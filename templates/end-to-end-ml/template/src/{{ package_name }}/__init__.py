"""A model from labelled rows to a measured service."""
