"""Look here first: which notices of an office were sent back or edited before, and therefore deserve the first look now."""
