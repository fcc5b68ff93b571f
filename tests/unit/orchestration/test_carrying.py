"""A release carried by ``terraform_data`` keeps its arguments, its order and its meaning."""

from __future__ import annotations

from typing import Any

from jupyterhub_eks.orchestration.carrying import ChartFile, carried, has_releases

CHARTS = {
    "Crds": ChartFile(path="/charts/crds-1.tgz", digest="aa"),
    "Nodes": ChartFile(path="", digest=""),
}


def _document() -> dict[str, Any]:
    return {
        "provider": {
            "aws": [{"region": "eu-west-1"}],
            "helm": [
                {
                    "kubernetes": {
                        "host": "${data.terraform_remote_state.c.outputs.host}",
                        "cluster_ca_certificate": "${base64decode(local.ca)}",
                        "exec": {
                            "api_version": "client.authentication.k8s.io/v1",
                            "command": "jhub",
                            "args": ["token", "--cluster", "hub"],
                        },
                    }
                }
            ],
        },
        "terraform": {"required_providers": {"aws": {}, "helm": {"source": "hashicorp/helm"}}},
        "resource": {
            "aws_acm_certificate": {"C": {"depends_on": ["helm_release.Nodes"]}},
            "helm_release": {
                "Crds": {
                    "name": "crds",
                    "namespace": "kube-system",
                    "chart": "crds",
                    "version": "1",
                    "timeout": 300,
                    "values": ["a: 1", "b: ${aws_x.y.id}"],
                },
                "Nodes": {
                    "name": "nodes",
                    "namespace": "kube-system",
                    "chart": "./assets/nodes",
                    "timeout": 600,
                    "skip_crds": True,
                    "depends_on": ["helm_release.Crds", "aws_x.y"],
                },
            },
        },
    }


def _carried() -> dict[str, Any]:
    return carried(_document(), CHARTS)


def _environment(resource: dict[str, Any]) -> dict[str, str]:
    environment: dict[str, str] = resource["provisioner"][0]["local-exec"]["environment"]
    return environment


def test_neither_provider_nor_type_is_left() -> None:
    """Nothing in the result makes Terraform ask for the helm provider."""
    result = _carried()
    assert "helm" not in str(result["provider"])
    assert result["terraform"]["required_providers"] == {"aws": {}}
    assert not has_releases(result)
    assert has_releases(_document())


def test_a_stack_of_releases_alone_has_no_provider_block() -> None:
    """Terraform refuses an empty one."""
    document = _document()
    del document["provider"]["aws"]
    assert "provider" not in carried(document, CHARTS)


def test_the_source_document_stays_as_it_was() -> None:
    """The synthesized stack, the same for AWS, is not changed."""
    document = _document()
    carried(document, CHARTS)
    assert document == _document()


def test_content_installs_with_the_resolved_arguments() -> None:
    """Chart, values and connection reach Helm with their Terraform references intact."""
    content = _carried()["resource"]["terraform_data"]["Crds_content"]
    environment = _environment(content)
    assert environment["JHUB_RELEASE_CHART"] == "/charts/crds-1.tgz"
    assert environment["JHUB_RELEASE_VALUES_1"] == "b: ${aws_x.y.id}"
    assert environment["JHUB_RELEASE_HOST"] == "${data.terraform_remote_state.c.outputs.host}"
    assert environment["JHUB_RELEASE_TOKEN_ARGUMENTS"].split("\n") == ["token", "--cluster", "hub"]
    assert content["provisioner"][0]["local-exec"]["command"].endswith("carrier install")


def test_changed_chart_or_values_replace_the_content() -> None:
    """Whatever Helm would install differently is a reason to run it again, and nothing else."""
    before = _carried()["resource"]["terraform_data"]["Crds_content"]["triggers_replace"]
    moved = {**CHARTS, "Crds": ChartFile(path="/elsewhere/crds-1.tgz", digest="aa")}
    other = {**CHARTS, "Crds": ChartFile(path="/charts/crds-1.tgz", digest="bb")}
    document = _document()
    document["resource"]["helm_release"]["Crds"]["values"] = ["a: 2"]

    def triggers(*arguments: Any) -> Any:
        return carried(*arguments)["resource"]["terraform_data"]["Crds_content"]["triggers_replace"]

    assert triggers(_document(), moved) == before
    assert triggers(_document(), other) != before
    assert triggers(document, CHARTS) != before


def test_chart_out_of_reach_is_a_state_of_its_own() -> None:
    """A chart that becomes reachable later is installed then."""
    content = _carried()["resource"]["terraform_data"]["Nodes_content"]
    assert content["triggers_replace"]["chart"] == "not reachable"
    assert _environment(content)["JHUB_RELEASE_CHART"] == ""


def test_destroying_the_release_uninstalls_and_needs_itself_only() -> None:
    """A provisioner on destroy may refer to its own resource only."""
    release = _carried()["resource"]["terraform_data"]["Crds"]
    call = release["provisioner"][0]["local-exec"]
    assert call["when"] == "destroy"
    assert call["command"].endswith("carrier uninstall")
    assert all(text.startswith("${self.input.") for text in call["environment"].values())
    assert release["input"]["name"] == "crds"


def test_order_holds_in_both_directions() -> None:
    """What needs a release waits for its content and is gone before it is uninstalled."""
    carriers = _carried()["resource"]["terraform_data"]
    needs = ["terraform_data.Crds_content", "aws_x.y"]
    assert carriers["Nodes"]["depends_on"] == needs
    assert carriers["Nodes_content"]["depends_on"] == [*needs, "terraform_data.Nodes"]
    certificate = _carried()["resource"]["aws_acm_certificate"]["C"]
    assert certificate["depends_on"] == ["terraform_data.Nodes_content"]


def test_a_context_stands_for_the_cluster_of_the_stack() -> None:
    """With a context of the user's own, no token of AWS is asked for."""
    result = carried(_document(), CHARTS, context="kind-demo")
    for resource in result["resource"]["terraform_data"].values():
        environment = _environment(resource)
        assert "JHUB_RELEASE_HOST" not in environment
        assert environment["JHUB_RELEASE_CONTEXT"]
    assert result["resource"]["terraform_data"]["Crds"]["input"]["context"] == "kind-demo"
