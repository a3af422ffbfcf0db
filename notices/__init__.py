"""Matches in, what a resident receives out: wording, recipients, approval, dispatch and the desk."""
