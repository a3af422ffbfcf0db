"""Life events and records in, matches out: rules a policy team writes, evaluated for the night and for one person."""
