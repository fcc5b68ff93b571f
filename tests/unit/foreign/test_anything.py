"""Whatever stands in a file, it is judged or refused; nothing else happens."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.reader import ReadError
from jupyterhub_eks.config.rules import check
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign.importing import import_list
from jupyterhub_eks.foreign.shapes import PLACING
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.checking import placement_findings
from jupyterhub_eks.releases.checking import node_findings
from tests.support.foreign import ORIGINAL_PLUGIN, ORIGINAL_POOLS, report, source

WORDS = st.sampled_from(
    ["", "a", "1", "0.5", "8G", "8Gi", "-1", "In", "Gt", "Exists", "m5.xlarge", "p4d", "{{ a }}",
     "{username}", "nvidia.com/gpu", "nvidia.com/mig-1g.5gb", "NodePool", "default", "spot",
     "node.kubernetes.io/instance-type", "karpenter.k8s.aws/instance-family", "é<b>&amp;"]
)  # fmt: skip
SINGLE = st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats(-1, 1e300) | WORDS
KEYS = WORDS | st.sampled_from(
    ["key", "operator", "values", "value", "effect", "matchExpressions", "resources", "limits",
     "requests", "nodeSelector", "affinity", "tolerations", "choices", "unlisted_choice",
     "enabled", "kubespawner_override", "display_name", "default", "image"]
)  # fmt: skip
ANY: st.SearchStrategy[Any] = st.recursive(
    SINGLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)
OVERRIDE = st.dictionaries(st.sampled_from([*sorted(PLACING), "image", "volumes"]), ANY) | ANY
PROFILE = (
    st.fixed_dictionaries(
        {"display_name": SINGLE},
        optional={
            "kubespawner_override": OVERRIDE,
            "default": SINGLE,
            "slug": ANY,
            "description": ANY,
            "allowed_groups": ANY,
            "profile_options": ANY
            | st.dictionaries(
                WORDS,
                st.fixed_dictionaries(
                    {
                        "choices": st.dictionaries(
                            WORDS, st.fixed_dictionaries({"kubespawner_override": OVERRIDE})
                        )
                    }
                ),
                max_size=2,
            ),
        },
    )
    | ANY
)
QUIET = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judge(*texts: str) -> None:
    """Check and import texts; only a refusal with places, or a valid configuration, comes of it."""
    refused: ConfigError | ReadError | None = None
    try:
        report(*texts)
        made = import_list(source(*texts), catalog(), "us-west-2").profiles
        deployment = Deployment(settings=DeploymentFile(region="us-west-2"), profiles=made)
        findings = (*check(deployment), *placement_findings(deployment), *node_findings(deployment))
        assert [each for each in findings if each.severity == "error"] == []
    except (ConfigError, ReadError) as error:
        refused = error
    assert refused is None or refused.problems


@QUIET
@given(st.lists(PROFILE, max_size=3), st.booleans())
def test_any_list(entries: list[Any], with_pools: bool) -> None:  # noqa: FBT001
    """Any list, alone and beside node pools."""
    judge(json.dumps(entries), *((ORIGINAL_POOLS, ORIGINAL_PLUGIN) if with_pools else ()))


@QUIET
@given(ANY, ANY)
def test_any_values_of_the_chart(single: Any, hub: Any) -> None:
    """Any values around a list."""
    values = {"singleuser": {"profileList": [{"display_name": "P"}], "nodeSelector": single}}
    judge(json.dumps({**values, "hub": hub, "scheduling": single}))


@QUIET
@given(ANY, ANY, st.lists(ANY, max_size=3))
def test_any_node_pool(labels: Any, requirement: Any, taints: list[Any]) -> None:
    """Any pool beside a list."""
    spec = {
        "template": {
            "metadata": {"labels": labels},
            "spec": {"requirements": [requirement], "taints": taints, "nodeClassRef": labels},
        },
        "limits": labels,
    }
    judge(
        '[{"display_name": "P"}]',
        json.dumps({"kind": "NodePool", "metadata": {"name": "p"}, "spec": spec}),
        json.dumps({"kind": "EC2NodeClass", "metadata": {"name": "p"}, "spec": requirement}),
        json.dumps({"kind": "NodeOverlay", "spec": {"requirements": taints, "capacity": labels}}),
        json.dumps({"config": {"map": labels, "default": requirement}}),
    )


@QUIET
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Any text in place of a file."""
    judge(text)
