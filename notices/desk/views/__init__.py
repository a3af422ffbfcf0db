"""The views of the desk, one module per kind of page."""
