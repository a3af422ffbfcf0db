"""The long evidence: bounded, seeded runs whose short slices the tests hold."""
