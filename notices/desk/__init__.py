"""The web pages staff work in. Cannot dispatch."""
