"""What every package may rely on and that knows no resident: errors, clock, settings, dates, named SQL."""
