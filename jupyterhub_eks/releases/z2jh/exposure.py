"""How browsers reach the hub: a network or application load balancer, or none.

The load-balancer controller makes it from annotations (facts 6.5). TLS ends there.
Health is asked of the proxy alone: while the hub restarts, notebooks stay reachable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.naming import DEPLOYMENT_TAG

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.releases.z2jh.inputs import HubInputs

TLS_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-2021-06"
SCHEMES: Final = {"public": "internet-facing", "internal": "internal"}
HEALTH_PATH: Final = "/_chp_healthz"
# Far above the 30 s between the pings of Jupyter's web sockets. Only for `alb`: a TLS
# listener of a network load balancer has 350 s, which cannot be changed (Elastic Load
# Balancing user guide, "Update the TCP idle timeout").
ALB_IDLE_SECONDS: Final = 4000
_NLB: Final = "service.beta.kubernetes.io/aws-load-balancer-"
_ALB: Final = "alb.ingress.kubernetes.io/"


def exposure_values(settings: DeploymentFile, inputs: HubInputs) -> dict[str, Any]:
    """Return the values of Service and Ingress."""
    access = settings.access
    if access.effective_visibility == "port-forward":
        return {"proxy": {"service": {"type": "ClusterIP"}}}
    address = {"hub": {"config": {"JupyterHub": {"public_url": f"https://{access.domain}/"}}}}
    if access.load_balancer == "alb":
        return {**address, **_application(settings, inputs)}
    return {**address, **_network(settings, inputs)}


def _common(settings: DeploymentFile, inputs: HubInputs) -> dict[str, str]:
    return {
        "scheme": SCHEMES[settings.access.effective_visibility],
        # Named one by one: an adopted VPC need not carry the controller's tags.
        "subnets": ",".join(inputs.subnet_ids),
    }


def _tags(settings: DeploymentFile) -> str:
    return f"{DEPLOYMENT_TAG}={settings.name}"


def _network(settings: DeploymentFile, inputs: HubInputs) -> dict[str, Any]:
    annotations = {
        **_common(settings, inputs),
        # Leaves it to the controller; the chart cannot set `loadBalancerClass`.
        "type": "external",
        "nlb-target-type": "ip",
        "backend-protocol": "tcp",
        "ssl-cert": inputs.certificate_arn,
        "ssl-ports": "https",
        "ssl-negotiation-policy": TLS_POLICY,
        "attributes": "load_balancing.cross_zone.enabled=true",
        "healthcheck-protocol": "http",
        "healthcheck-path": HEALTH_PATH,
        "additional-resource-tags": _tags(settings),
    }
    return {
        "proxy": {
            "service": {
                "type": "LoadBalancer",
                # It cannot redirect, and a login must not travel in the clear.
                "disableHttpPort": True,
                "annotations": {f"{_NLB}{key}": value for key, value in annotations.items()},
            },
            "https": {"enabled": True, "type": "offload"},
        }
    }


def _application(settings: DeploymentFile, inputs: HubInputs) -> dict[str, Any]:
    annotations = {
        **_common(settings, inputs),
        "target-type": "ip",
        "listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]',
        "ssl-redirect": "443",
        "certificate-arn": inputs.certificate_arn,
        "ssl-policy": TLS_POLICY,
        "load-balancer-attributes": f"idle_timeout.timeout_seconds={ALB_IDLE_SECONDS}",
        "healthcheck-path": HEALTH_PATH,
        "tags": _tags(settings),
    }
    return {
        "proxy": {"service": {"type": "ClusterIP"}},
        "ingress": {
            "enabled": True,
            "ingressClassName": "alb",
            "hosts": [settings.access.domain],
            "annotations": {f"{_ALB}{key}": value for key, value in annotations.items()},
        },
    }
