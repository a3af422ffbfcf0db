"""Text blocks per programme, event and language; facts reach them through slots only."""
