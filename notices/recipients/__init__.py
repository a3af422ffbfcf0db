"""Who may be written to, where, and every reason not to."""
