"""How browsers reach the hub: annotations that the chosen load balancer obeys."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.hub import COGNITO, DOMAIN, INPUTS, values

NLB = "service.beta.kubernetes.io/aws-load-balancer-"
ALB = "alb.ingress.kubernetes.io/"


def exposed(visibility: str, balancer: str) -> dict[str, Any]:
    """Return the values of a hub with Cognito login behind a load balancer."""
    access = {**DOMAIN, "visibility": visibility, "load_balancer": balancer}
    return values(name="lab", auth=COGNITO, access=access)


def test_d12_port_forward_opens_nothing() -> None:
    """Without exposure there is no load balancer, no Ingress and no TLS to end."""
    rendered = values(auth={"type": "dummy"})
    assert rendered["proxy"]["service"] == {"type": "ClusterIP"}
    assert "ingress" not in rendered
    assert "https" not in rendered["proxy"]


@pytest.mark.parametrize(
    ("visibility", "scheme"), [("public", "internet-facing"), ("internal", "internal")]
)
@pytest.mark.parametrize("balancer", ["nlb", "alb"])
def test_scheme_follows_visibility(visibility: str, scheme: str, balancer: str) -> None:
    """Only `public` faces the internet."""
    rendered = exposed(visibility, balancer)
    found = {
        "nlb": rendered["proxy"]["service"].get("annotations", {}).get(f"{NLB}scheme"),
        "alb": rendered.get("ingress", {}).get("annotations", {}).get(f"{ALB}scheme"),
    }
    assert found[balancer] == scheme


def test_network_load_balancer_ends_tls() -> None:
    """One https listener with our certificate, plain http to the proxy's pods."""
    proxy = exposed("public", "nlb")["proxy"]
    service = proxy["service"]
    assert service["type"] == "LoadBalancer"
    assert proxy["https"] == {"enabled": True, "type": "offload"}
    annotations = service["annotations"]
    assert annotations[f"{NLB}ssl-cert"] == INPUTS.certificate_arn
    assert annotations[f"{NLB}ssl-ports"] == "https"
    assert annotations[f"{NLB}backend-protocol"] == "tcp"
    assert annotations[f"{NLB}nlb-target-type"] == "ip"
    assert "TLS13" in annotations[f"{NLB}ssl-negotiation-policy"]


def test_network_load_balancer_has_no_port_without_tls() -> None:
    """It cannot redirect, so port 80 is not there at all."""
    assert exposed("public", "nlb")["proxy"]["service"]["disableHttpPort"] is True


def test_d32_no_setting_that_the_load_balancer_ignores() -> None:
    """A TLS listener's idle time is fixed, and the classic balancer's annotation is not used."""
    annotations = exposed("public", "nlb")["proxy"]["service"]["annotations"]
    assert [name for name in annotations if "idle" in name or "listener-attributes" in name] == []
    assert not any("idle_timeout" in value for value in annotations.values())


def test_p24_application_load_balancer_keeps_web_sockets() -> None:
    """Its idle time is set in the form it obeys, far above Jupyter's pings."""
    annotations = exposed("public", "alb")["ingress"]["annotations"]
    attributes = annotations[f"{ALB}load-balancer-attributes"]
    assert attributes == "idle_timeout.timeout_seconds=4000"


def test_application_load_balancer_redirects() -> None:
    """Http is answered with https, for the configured host only."""
    rendered = exposed("internal", "alb")
    assert rendered["proxy"]["service"] == {"type": "ClusterIP"}
    ingress = rendered["ingress"]
    assert ingress["enabled"] is True
    assert ingress["ingressClassName"] == "alb"
    assert ingress["hosts"] == ["hub.example.org"]
    assert ingress["annotations"][f"{ALB}ssl-redirect"] == "443"
    assert ingress["annotations"][f"{ALB}certificate-arn"] == INPUTS.certificate_arn


@pytest.mark.parametrize("balancer", ["nlb", "alb"])
def test_what_the_controller_makes_is_tagged(balancer: str) -> None:
    """Load balancers carry the deployment, so that destroy finds them."""
    rendered = exposed("public", balancer)
    tags = {
        "nlb": rendered["proxy"]["service"]
        .get("annotations", {})
        .get(f"{NLB}additional-resource-tags"),
        "alb": rendered.get("ingress", {}).get("annotations", {}).get(f"{ALB}tags"),
    }
    assert tags[balancer] == "jhub.deployment=lab"


@pytest.mark.parametrize("balancer", ["nlb", "alb"])
def test_subnets_are_named(balancer: str) -> None:
    """An adopted VPC may lack the tags by which the controller looks for subnets."""
    rendered = exposed("public", balancer)
    found = {
        **rendered["proxy"]["service"].get("annotations", {}),
        **rendered.get("ingress", {}).get("annotations", {}),
    }
    prefix = {"nlb": NLB, "alb": ALB}[balancer]
    assert found[f"{prefix}subnets"] == "subnet-1,subnet-2,subnet-3"


@pytest.mark.parametrize("balancer", ["nlb", "alb"])
def test_health_is_that_of_the_proxy(balancer: str) -> None:
    """A hub that restarts does not take running notebooks off the load balancer."""
    rendered = exposed("public", balancer)
    found = {
        **rendered["proxy"]["service"].get("annotations", {}),
        **rendered.get("ingress", {}).get("annotations", {}),
    }
    prefix = {"nlb": NLB, "alb": ALB}[balancer]
    assert found[f"{prefix}healthcheck-path"] == "/_chp_healthz"


def test_hub_knows_its_address() -> None:
    """Links that the hub writes carry the public host."""
    assert exposed("public", "nlb")["hub"]["config"]["JupyterHub"]["public_url"] == (
        "https://hub.example.org/"
    )
