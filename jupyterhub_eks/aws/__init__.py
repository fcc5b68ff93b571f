"""boto3 behind the ports: identity, inventory by tag, state bucket."""
