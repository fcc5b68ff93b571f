"""What stands in for an identity provider in a preview: OpenID Connect and OAuth on loopback."""
