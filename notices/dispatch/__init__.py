"""The way out: takes approved notices only."""
