"""The user's configuration: models, loading, rules, schema. No AWS, no network."""
