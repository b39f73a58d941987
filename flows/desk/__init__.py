"""The web page people read and the HTTP API."""
