"""The machinery every night runs on: records in, changes out, stages run in order. Knows no life event."""
