"""The sections ``access`` (how the hub is reached) and ``idle`` (when servers stop)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section

Visibility = Literal["public", "internal", "port-forward"]


class AccessConfig(Section):
    """Name, exposure and certificate of the hub."""

    domain: str | None = Field(
        default=None,
        description="Host name of the hub, e.g. `hub.example.org`.",
        examples=["hub.example.org"],
    )
    visibility: Visibility | None = Field(
        default=None,
        description="`public`: internet-facing load balancer; `internal`: reachable inside the "
        "network; `port-forward`: no load balancer. Unset: `public` with a domain, else "
        "`port-forward`.",
        examples=["internal"],
    )
    hosted_zone: str | None = Field(
        default=None,
        description="Route 53 zone in which the DNS record and certificate validation are made, "
        "e.g. `example.org`.",
        examples=["example.org"],
    )
    certificate_arn: str | None = Field(
        default=None,
        description="Existing ACM certificate; without it one is requested.",
        examples=[
            "arn:aws:acm:us-west-2:123456789012:certificate/12345678-1234-1234-1234-123456789012"
        ],
    )
    load_balancer: Literal["nlb", "alb"] = Field(
        default="nlb", description="`nlb`, or `alb` for an http redirect and WAF."
    )

    @property
    def effective_visibility(self) -> Visibility:
        """The exposure after the default has been resolved."""
        return self.visibility or ("public" if self.domain else "port-forward")


class IdleConfig(Section):
    """When idle compute is stopped; files are never touched."""

    server_minutes: int = Field(
        default=60, ge=5, le=10080, description="Minutes without activity until a server stops."
    )
    kernel_minutes: int = Field(
        default=30, ge=5, le=10080, description="Minutes without activity until a kernel stops."
    )
    max_age_hours: int = Field(
        default=168,
        ge=0,
        le=8760,
        description="Hours after which a server stops regardless; 0 never.",
    )


class StateConfig(Section):
    """Where Terraform keeps its state."""

    backend: Literal["local", "s3"] = Field(
        default="local",
        description="`local`: in the work folder of this machine. `s3`: in a bucket that is made "
        "on first use, versioned, encrypted and locked, for teams and CI.",
    )
    bucket: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
        description="Bucket of the `s3` backend. Without it the name is made of deployment, "
        "account and region, and `account` must be set.",
        examples=["my-terraform-state"],
    )
