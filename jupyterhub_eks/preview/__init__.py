"""The hub of a configuration on this machine: what starts it, and what stands in for AWS."""
