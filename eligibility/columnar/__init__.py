"""Everybody at once: a snapshot's tables as columns of numbers, and rules as steps over them."""
