"""Intent of the stacks ``certificate``, ``hub`` and ``dns``, as Terraform gets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.hub import COGNITO, DOMAIN, NATIVE, deployment
from tests.support.release_values import release_values
from tests.support.synth import ABSENT, Matching, StackJson, Stacks

if TYPE_CHECKING:
    from tests.support.synth import Synthesizer

ARN = "arn:aws:acm:us-west-2:123456789012:certificate/12345678-1234-1234-1234-123456789012"
REMOTE = "data.terraform_remote_state.cross-stack-reference-input-"


@pytest.fixture(scope="module")
def cognito(synthesizer: Synthesizer) -> Stacks:
    """A public hub with Cognito login, its domain in a zone of Route 53."""
    return synthesizer(deployment(name="lab", auth=COGNITO, access=DOMAIN))


@pytest.fixture(scope="module")
def local(synthesizer: Synthesizer) -> Stacks:
    """A hub that is reached by port-forward."""
    return synthesizer(deployment(name="lab"))


def local_of(stack: StackJson, reference: str) -> str:
    """Return what a local that stands for a token in values is."""
    return str(stack.content["locals"][reference.removeprefix("local.")])


def test_hub_comes_after_what_it_stands_on(cognito: Stacks) -> None:
    """Also after the platform, of which it reads nothing."""
    assert cognito["hub"].stack.depends_on == (
        "certificate",
        "cluster",
        "identity",
        "network",
        "platform",
        "storage",
    )


def test_hub_is_two_releases_in_order(cognito: Stacks) -> None:
    """Volumes and secrets are there before the hub, and go after it."""
    hub = cognito["hub"]
    assert set(hub.content["resource"]) == {"helm_release"}
    assert list(hub.resources("helm_release")) == ["HubBase", "JupyterHub"]
    hub.the("helm_release", name="hub-base", namespace="kube-system", depends_on=ABSENT)
    hub.the(
        "helm_release",
        name="jupyterhub",
        namespace="jupyterhub",
        version="4.4.0",
        wait=True,
        depends_on=["helm_release.HubBase"],
    )


def test_d1_volumes_are_the_two_access_points(cognito: Stacks) -> None:
    """Each volume has a door of its own; none is the root of the file system."""
    hub = cognito["hub"]
    base = release_values(hub, "hub-base")
    doors = {name: local_of(hub, each["accessPointId"]) for name, each in base["volumes"].items()}
    assert doors["home"].endswith("aws_efs_access_pointHomeAccessPointid}")
    assert doors["shared"].endswith("aws_efs_access_pointSharedAccessPointid}")


def test_d10_d13_policy_engine_is_on_where_policies_stand_in_for_iptables(
    cognito: Stacks,
) -> None:
    """The network add-on of the same deployment enforces; nodes keep metadata from pods."""
    addon = cognito["cluster"].the("aws_eks_addon", addon_name="vpc-cni")
    assert json.loads(addon["configuration_values"])["enableNetworkPolicy"] == "true"
    singleuser = release_values(cognito["hub"], "jupyterhub")["singleuser"]
    assert singleuser["cloudMetadata"]["blockWithIptables"] is False
    (node_class, *_) = release_values(cognito["platform"], "nodes")["objects"]
    assert node_class["spec"]["metadataOptions"]["httpPutResponseHopLimit"] == 1


def test_client_secret_is_marked_and_not_among_the_hubs_values(cognito: Stacks) -> None:
    """It goes into the Secret of the base chart only, and Terraform shows it nowhere."""
    hub = cognito["hub"]
    reference = release_values(hub, "hub-base")["login"]["given"]["client-secret"]
    assert local_of(hub, reference).startswith("${sensitive(")
    (text,) = hub.the("helm_release", name="jupyterhub")["values"]
    assert reference not in text
    assert "client_secret" not in json.dumps(hub.outputs)


def test_secrets_from_outside_are_sensitive_variables(synthesizer: Synthesizer) -> None:
    """Their values are in no file; without one, what is in the cluster stays."""
    secrets = {"LDAP_PASSWORD": {"env": "MINE"}}
    auth = {**NATIVE, "type": "custom", "authenticator": "a.B", "secrets": secrets}
    hub = synthesizer(deployment(name="lab", auth=auth, access=DOMAIN))["hub"]
    (name,) = hub.content["variable"]
    wanted = {"type": "string", "sensitive": True, "nullable": False, "default": ""}
    assert name == "hub_secret_LDAP_PASSWORD"
    assert wanted.items() <= hub.content["variable"][name].items()
    reference = release_values(hub, "hub-base")["login"]["given"]["LDAP_PASSWORD"]
    assert local_of(hub, reference) == f"${{var.{name}}}"


def test_public_load_balancer_stands_in_public_subnets(synthesizer: Synthesizer) -> None:
    """An internal one in private ones."""
    for visibility, kind in (("public", "Public"), ("internal", "Private")):
        access = {**DOMAIN, "visibility": visibility}
        hub = synthesizer(deployment(name="lab", auth=NATIVE, access=access))["hub"]
        annotations = release_values(hub, "jupyterhub")["proxy"]["service"]["annotations"]
        (text,) = hub.the("helm_release", name="jupyterhub")["values"]
        key = "service.beta.kubernetes.io/aws-load-balancer-subnets"
        assert key in annotations
        used = [
            value
            for name, value in hub.content["locals"].items()
            if f"local.{name}}}" in text and "subnet" in name.lower()
        ]
        assert len(used) == 3
        assert all(f"aws_subnet{kind}Subnet" in value for value in used)


def test_d33_nothing_asks_for_a_certificate_without_exposure(local: Stacks) -> None:
    """Port-forward needs no certificate, no record, and the hub no AWS provider."""
    assert not {"certificate", "dns"} & set(local)
    assert set(local["hub"].content["provider"]) == {"helm"}
    assert local["hub"].outputs["url"]["value"] == "http://localhost:8080/"


def test_own_certificate_is_taken(synthesizer: Synthesizer) -> None:
    """A given ARN is used as it is, and none is asked for."""
    access = {**DOMAIN, "certificate_arn": ARN}
    stacks = synthesizer(deployment(name="lab", auth=NATIVE, access=access))
    assert "certificate" not in stacks
    annotations = release_values(stacks["hub"], "jupyterhub")["proxy"]["service"]["annotations"]
    assert annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"] == ARN


def test_certificate_waits_for_nothing_and_proves_itself(cognito: Stacks) -> None:
    """It is asked for at the very start, with the record that proves the domain."""
    stack = cognito["certificate"]
    assert stack.stack.depends_on == ()
    stack.the(
        "aws_acm_certificate",
        domain_name="hub.example.org",
        validation_method="DNS",
        lifecycle={"create_before_destroy": True},
    )
    stack.the("aws_route53_record", zone_id="${data.aws_route53_zone.HostedZone.zone_id}")
    stack.the("aws_acm_certificate_validation", validation_record_fqdns=[Matching("fqdn")])
    assert "aws_acm_certificate_validation" in stack.outputs["certificate_arn"]["value"]


def test_hub_waits_for_a_certificate_that_somebody_else_proves(synthesizer: Synthesizer) -> None:
    """Without a zone the record is an output, and nothing is exposed before it has been made."""
    access = {"domain": "hub.example.org"}
    stacks = synthesizer(deployment(name="lab", auth=NATIVE, access=access))
    assert set(stacks["certificate"].content["resource"]) == {"aws_acm_certificate"}
    assert {"validation_name", "validation_value"} <= set(stacks["certificate"].outputs)
    hub = stacks["hub"]
    hub.the(
        "aws_acm_certificate_validation",
        certificate_arn=Matching("cross-stack-reference-input-certificate"),
        validation_record_fqdns=ABSENT,
    )
    for release in hub.resources("helm_release").values():
        assert "aws_acm_certificate_validation.CertificateIssued" in release["depends_on"]


@pytest.mark.parametrize(
    ("balancer", "tag"),
    [
        ("nlb", {"service.k8s.aws/stack": "jupyterhub/proxy-public"}),
        ("alb", {"ingress.k8s.aws/stack": "jupyterhub/jupyterhub"}),
    ],
)
def test_dns_looks_for_the_hubs_own_load_balancer(
    synthesizer: Synthesizer, balancer: str, tag: dict[str, str]
) -> None:
    """By the tags that the controller gives what it makes for this cluster's hub."""
    access = {**DOMAIN, "load_balancer": balancer}
    dns = synthesizer(deployment(name="lab", auth=NATIVE, access=access))["dns"]
    assert dns.stack.depends_on == ("hub",)
    assert dns.data("aws_lbs")["LoadBalancers"]["tags"] == {"elbv2.k8s.aws/cluster": "lab", **tag}


def test_dns_bears_that_there_is_no_load_balancer(cognito: Stacks) -> None:
    """Neither the look-up of one nor the record is there unless one was found."""
    dns = cognito["dns"]
    found = Matching(r"length\(data\.aws_lbs\.LoadBalancers\.arns\) > 0 \? 1 : 0")
    dns.the("aws_route53_record", name="hub.example.org", type="A", count=found)
    assert "> 0 ? 1 : 0" in dns.data("aws_lb")["LoadBalancer"]["count"]
    assert set(dns.outputs) == {"load_balancer", "record"}


def test_d32_address_is_told_without_a_zone_too(synthesizer: Synthesizer) -> None:
    """Whoever keeps the domain learns where to point it."""
    access = {"domain": "hub.example.org", "certificate_arn": ARN}
    dns = synthesizer(deployment(name="lab", auth=NATIVE, access=access))["dns"]
    assert "resource" not in dns.content
    assert "dns_name" in dns.outputs["load_balancer"]["value"]


def test_d34_names_carry_the_deployment(cognito: Stacks) -> None:
    """What has a name in AWS has the deployment's."""
    cognito["certificate"].the("aws_acm_certificate", tags={"Name": "lab-hub"})
    for stack in ("certificate", "dns"):
        (provider,) = cognito[stack].content["provider"]["aws"]
        assert provider["default_tags"] == [{"tags": {"jhub.deployment": "lab"}}]


def test_no_token_is_left(cognito: Stacks) -> None:
    """Every value that Terraform will know is a reference, none a stand-in of cdktf."""
    for stack in ("certificate", "hub", "dns"):
        assert "TfToken" not in json.dumps(cognito[stack].content)
