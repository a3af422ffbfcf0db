"""Feeds in, history out: contracts, profiles, landing, quarantine, as-of."""
