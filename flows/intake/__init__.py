"""The doors that pages come in by: source kinds, the guarded client, files."""
