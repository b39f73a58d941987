"""The doors: all network, clock and environment."""
