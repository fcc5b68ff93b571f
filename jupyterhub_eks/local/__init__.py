"""The target on this machine: an embedded AWS in a process of its own."""
