"""The ways to log in, each a section ``auth`` of its own."""
