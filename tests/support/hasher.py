"""Argon2 at the least cost it takes: the tests' accounts guard nothing, and make hundreds of hashes."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The product's algorithm with one pass over eight kilobytes."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
