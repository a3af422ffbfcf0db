"""The rule language: parsing, types, statutory dates, compilation to SQL and evaluation of one person."""
