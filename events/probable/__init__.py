"""Weak signals as calibrated probabilities: for staff to look at, never a notice, never an event. Off until a city enables one."""
