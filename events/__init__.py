"""Changes in, life events out: one detector a file, seven rules before anyone sees an event."""
