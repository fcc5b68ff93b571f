"""Deployments for the tests of the stacks."""

from __future__ import annotations

from typing import Any

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile

KEY_ARN = "arn:aws:kms:us-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
VPC_ID = "vpc-0123456789abcdef0"
SUBNET_IDS = tuple(f"subnet-0123456789abcdef{number}" for number in range(3))


def deployment(**sections: Any) -> Deployment:
    """Return a deployment with the given keys of ``jhub.yaml`` and defaults otherwise."""
    return Deployment(settings=DeploymentFile.model_validate(sections), profiles=ProfilesFile())


def cognito(**auth: Any) -> Deployment:
    """Return a deployment with Cognito login and the given keys of ``auth``."""
    return deployment(auth={"type": "cognito", **auth}, access={"domain": "hub.example.org"})


def adopting(*public: str) -> Deployment:
    """Return a deployment in an existing VPC with three private subnets."""
    existing = {
        "vpc_id": VPC_ID,
        "private_subnet_ids": SUBNET_IDS,
        "public_subnet_ids": public,
    }
    return deployment(network={"existing": existing})
