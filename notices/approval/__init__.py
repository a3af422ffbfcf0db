"""Notices, items and staff tasks, their states, decisions and audit chain. Speaks no HTTP and asks no model."""
