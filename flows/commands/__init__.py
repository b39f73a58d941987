"""The commands, a room each: they say what they need of the house and print what it gives."""
