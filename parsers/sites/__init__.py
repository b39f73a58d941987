"""One publisher a file, as a value."""
