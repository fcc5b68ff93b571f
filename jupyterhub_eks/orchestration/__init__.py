"""Use cases: plan, deploy, destroy, status, output, eject. Sees the world through ports."""
