"""History in, typed (before, after) pairs of one night out."""
