"""How staff prove who they are: the second factor, recovery codes, the city's identity provider, session rules, the register of staff."""
