"""Lists of others as our own ``profiles.yaml``."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign.importing import Imported, import_list
from jupyterhub_eks.foreign.writing import profiles_yaml
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.checking import placement_findings
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.releases.z2jh.profiles import profile_values
from tests.support.foreign import ORIGINAL_PLUGIN, ORIGINAL_POOLS, ORIGINAL_PROFILES, source

if TYPE_CHECKING:
    from pathlib import Path

REGION = "us-west-2"
TYPE = "node.kubernetes.io/instance-type"


def imported(*texts: str) -> Imported:
    """Import texts as files."""
    return import_list(source(*texts), catalog(), REGION)


def loaded(found: Imported, folder: Path) -> ProfilesFile:
    """Read the text back by the program's own reader, which refuses what is wrong."""
    (folder / "jhub.yaml").write_text(f"region: {REGION}\n", encoding="utf-8")
    (folder / "profiles.yaml").write_text(found.text, encoding="utf-8")
    deployment = load(ConfigSources(files=(folder / "jhub.yaml",))).deployment
    assert [each for each in placement_findings(deployment) if each.severity == "error"] == []
    return deployment.profiles


def as_yaml(value: Any) -> str:
    """Return data as YAML."""
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(value, text)
    return text.getvalue()


@pytest.mark.parametrize(
    "more",
    [(), (ORIGINAL_POOLS,), (ORIGINAL_POOLS, ORIGINAL_PLUGIN)],
    ids=["alone", "pools", "all"],
)
def test_the_original_blueprint_starts_after_import(more: tuple[str, ...], tmp_path: Path) -> None:
    """All five profiles get a pool that holds them, also those that never started."""
    found = imported(ORIGINAL_PROFILES, *more)

    profiles = loaded(found, tmp_path)
    assert profiles == found.profiles
    assert [each.name for each in profiles.profiles] == [
        "Data Engineering (CPU)",
        "Trainium",
        "Data Science (GPU, time-slicing)",
        "Data Science (GPU, MIG)",
        "Data Science (whole P4d)",
    ]
    mig = profiles.pools[profiles.profiles[3].pool]
    assert (mig.gpu.sharing, mig.gpu.profile, mig.instances) == ("mig", "1g.5gb", ("p4d.24xlarge",))
    assert profiles.profiles[4].gpu == 8
    assert profiles.pools[profiles.profiles[4].pool].gpu.sharing == "none"


def test_slices_are_taken_over(tmp_path: Path) -> None:
    """What the device plugin shares among four our pool shares among four."""
    profiles = loaded(imported(ORIGINAL_PROFILES, ORIGINAL_POOLS, ORIGINAL_PLUGIN), tmp_path)

    pool = profiles.pools[profiles.profiles[2].pool]
    assert (pool.gpu.sharing, pool.gpu.slices) == ("time-slicing", 4)
    assert pool.instances == ("g5",)
    assert pool.sizes == ("2xlarge", "24xlarge")


OWN = {
    "pools": {
        "cpu": {"instances": ["m7i", "m6i"], "sizes": ["xlarge", "2xlarge"], "max": {"cpu": 64}},
        "spot": {"instances": ["c7i.2xlarge"], "capacity": "spot", "disk_gib": 200},
        "gpu": {
            "instances": ["g6.xlarge", "g5.xlarge"],
            "zones": ["us-west-2a", "us-west-2b"],
            "labels": {"example.org/team": "physics"},
            "taints": [{"key": "example.org/team", "value": "physics", "effect": "NoExecute"}],
            "lifetime": {"consolidation": "underutilized", "consolidate_after_minutes": 90},
        },
        "inf": {"instances": ["inf2.xlarge"], "max": {"neuron": 4, "memory_gib": 64}},
    },
    "profiles": [
        {
            "name": "Small & cheap",
            "description": "One < two.",
            "default": True,
            "pool": "cpu",
            "cpu": {"guarantee": 0.25, "limit": 2},
            "memory": {"guarantee": "1500M", "limit": "4Gi"},
            "images": {"A": "quay.io/a/b:1", "B": "quay.io/a/c:2"},
            "groups": ["staff"],
        },
        {
            "name": "Spot",
            "pool": "spot",
            "cpu": {"guarantee": 1, "limit": 1},
            "memory": {"guarantee": "1Gi", "limit": "1Gi"},
        },
        {
            "name": "GPU",
            "pool": "gpu",
            "gpu": 1,
            "cpu": {"guarantee": 2, "limit": 4},
            "memory": {"guarantee": "4G", "limit": "4G"},
        },
        {
            "name": "Inferentia",
            "pool": "inf",
            "neuron": 1,
            "cpu": {"guarantee": 2, "limit": 4},
            "memory": {"guarantee": "4G", "limit": "4G"},
        },
    ],
}


def test_what_we_deploy_comes_back_as_it_was() -> None:
    """Our own configuration, rendered for the hub and Karpenter and imported again, is the same."""
    ours = ProfilesFile.model_validate_json(json.dumps(OWN))
    values = profile_values(ours)
    objects = node_objects(ours, DeploymentFile(region=REGION), NodePlace(instance_profile="p"))

    found = imported(as_yaml(values), "---\n".join(map(as_yaml, objects)))

    assert found.profiles == ours
    assert [each.message for each in found.losses if "environment" not in each.message] == [
        "not carried, as no part of the profiles: `hub.extraConfig`",
        "without an upper limit: `spot`, `gpu`",
    ]


@pytest.mark.parametrize(
    "texts", [(ORIGINAL_PROFILES,), (ORIGINAL_PROFILES, ORIGINAL_POOLS, ORIGINAL_PLUGIN)]
)
def test_the_same_list_gives_the_same_text(texts: tuple[str, ...]) -> None:
    """Nothing of it depends on an order or a day."""
    assert imported(*texts).text == imported(*texts).text


def test_the_text_is_what_was_imported() -> None:
    """Writing what was read gives the same text again."""
    found = imported(ORIGINAL_PROFILES, ORIGINAL_POOLS)

    again = ProfilesFile.model_validate_json(
        json.dumps(YAML(typ="safe", pure=True).load(found.text))
    )
    written = [line for line in found.text.splitlines() if not line.startswith("# not as it was")]
    assert profiles_yaml(again).splitlines() == written


@pytest.mark.parametrize(
    "ends",
    [
        "Idle kernels stop after 30 minutes, idle servers after 60;",
        "Idle kernels stop after 3 minutes, idle servers after 60, any server after 168 hours;",
        "Idle kernels stop after 1 minute, idle servers after 60 minutes, any server after 7 days;",
        "Servers stop after 1 day;",
        "Servers stop after 36 hours;",
    ],
)
def test_what_our_page_says_of_servers_is_not_taken_over(ends: str, tmp_path: Path) -> None:
    """In the words of today's releases and of those before; it would stand there twice."""
    found = imported(
        f"- {{display_name: P, default: true, description: 'For all. {ends} files stay.'}}"
    )

    (profile,) = loaded(found, tmp_path).profiles
    assert profile.description == "For all."


def test_choices_of_size_become_sizes_and_images_stay_choices(tmp_path: Path) -> None:
    """Choices that change resources are sizes; the default one is the default."""
    found = imported(
        """
- display_name: P
  default: true
  profile_options:
    image:
      choices:
        a: {display_name: A, kubespawner_override: {image: "a/a:1"}}
        b: {display_name: B, default: true, kubespawner_override: {image: "b/b:1"}}
    size:
      choices:
        s: {display_name: Small, kubespawner_override: {mem_limit: 1G}}
        l: {display_name: Large, default: true, kubespawner_override: {mem_limit: 9G}}
"""
    )
    (profile,) = loaded(found, tmp_path).profiles

    assert (profile.name, profile.default) == ("P", True)
    images = {title: each.image for title, each in profile.images.items()}
    assert list(images.items()) == [("B", "b/b:1"), ("A", "a/a:1")]  # the default first
    sizes = [
        (title, each.default, each.memory and each.memory.limit)
        for title, each in profile.options.items()
    ]
    assert sizes == [("Small", False, 2**30), ("Large", True, 9 * 2**30)]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("volumes: [{name: a}]", "`volumes` is laid over home and shared folder here"),
        ("pod_name_template: x", "the setting `pod_name_template` is not carried: it is the hub's"),
        ("image: a/b", "the image `a/b` has no tag, so it is `latest`"),
        ('image: "{{ image }}"', "is no reference"),
        ("cpu_limit: 2", "names no machine; its pool has m7i, m7a, m6i"),
        (
            "extra_resource_limits: {a.b/c: 1}",
            "asks for `a.b/c` in `kubespawner_override`, as it did",
        ),
        (
            "extra_resource_limits: {aws.amazon.com/neuroncore: 2}",
            "2 Neuron cores are 1 devices of two cores each",
        ),
        ("extra_resource_limits: {nvidia.com/gpu.shared: 1}", "among how many a GPU is shared"),
        ("extra_resource_limits: {nvidia.com/mig-7g.40gb: 1}", "is no equal part of a GPU"),
        ("node_selector: {team: a}", "names no machine"),
    ],
)
def test_what_is_lost_is_said(override: str, message: str, tmp_path: Path) -> None:
    """Each loss has its place, and the rest is carried."""
    found = imported(f"- display_name: P\n  kubespawner_override:\n    {override}\n")

    (loss,) = [each for each in found.losses if message in each.message]
    assert loss.line in (1, 3)
    assert [each.name for each in loaded(found, tmp_path).profiles] == ["P"]


def test_what_no_machine_holds_is_left_out() -> None:
    """It is named; a profile that could not start would be refused by our own rules."""
    found = imported(
        "[{display_name: P}, {display_name: Q, kubespawner_override: {mem_guarantee: 90T}}]"
    )

    assert [each.name for each in found.profiles.profiles] == ["P"]
    assert any("`Q` is left out, no machine holds it" in each.message for each in found.losses)


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        # EC2 has such a machine, and the system pods leave less of it.
        ("{cpu_guarantee: 1919.9, cpu_limit: 1920}", "no machine holds it"),
        ("{extra_resource_limits: {nvidia.com/gpu: 17}}", "no machine holds it"),
    ],
)
def test_what_our_rules_refuse_is_left_out(override: str, reason: str, tmp_path: Path) -> None:
    """The rest is valid, and has a default."""
    found = imported(
        f"[{{display_name: P, default: true, kubespawner_override: {override}}}, "
        "{display_name: Q}]"
    )

    assert [(each.name, each.default) for each in loaded(found, tmp_path).profiles] == [("Q", True)]
    assert any(reason in each.message for each in found.losses)


def test_a_guarantee_above_its_limit_becomes_the_limit(tmp_path: Path) -> None:
    """Kubernetes would refuse it as it is; ours starts."""
    found = imported(
        "[{display_name: P, kubespawner_override: {mem_guarantee: 9G, mem_limit: 1G}}]"
    )
    (profile,) = loaded(found, tmp_path).profiles

    assert profile.memory is not None
    assert (profile.memory.guarantee, profile.memory.limit) == (9 * 2**30,) * 2


def test_names_that_are_one_to_the_hub(tmp_path: Path) -> None:
    """Titles that differ in punctuation only are made different, and marks of HTML go."""
    found = imported("[{display_name: A b}, {display_name: <b>a</b>-B, slug: x}]")

    assert [each.name for each in loaded(found, tmp_path).profiles] == ["A b", "a-B 2"]


def test_machines_of_a_selector(tmp_path: Path) -> None:
    """A type that is named is the pool; the same type gives the same pool."""
    found = imported(
        f"[{{display_name: P, kubespawner_override: {{node_selector: {{{TYPE}: m5.xlarge}}}}}}, "
        f"{{display_name: Q, kubespawner_override: {{node_selector: {{{TYPE}: m5.xlarge}}}}}}]"
    )
    profiles = loaded(found, tmp_path)

    assert {name: pool.instances for name, pool in profiles.pools.items()} == {
        "m5-xlarge": ("m5.xlarge",)
    }
    assert [each.message for each in found.losses] == ["no pool has an upper limit (`m5-xlarge`)"]


@pytest.mark.parametrize(
    ("pool", "server", "capacity"),
    [
        ("", "", ("on-demand",)),
        ("[spot, on-demand]", "", ("spot", "on-demand")),
        ("[on-demand, spot]", "on-demand", ("on-demand",)),
        ("[spot]", "", ("spot",)),
    ],
)
def test_how_machines_are_bought(
    pool: str, server: str, capacity: tuple[str, ...], tmp_path: Path
) -> None:
    """As Karpenter would for this server; without a word of it, on demand."""
    key = "karpenter.sh/capacity-type"
    wanted = f"{{key: {key}, operator: In, values: {pool}}}" if pool else ""
    selector = f"{TYPE}: m5.xlarge" + (f", {key}: {server}" if server else "")
    found = imported(
        f"[{{display_name: P, kubespawner_override: {{node_selector: {{{selector}}}}}}}]",
        "{kind: NodePool, metadata: {name: p}, "
        f"spec: {{template: {{spec: {{requirements: [{wanted}]}}}}}}}}",
    )

    assert loaded(found, tmp_path).pools["p"].capacity == capacity


def test_a_requirement_that_our_pools_do_not_have() -> None:
    """It is named, once for its pool, at the pool."""
    pools = ORIGINAL_POOLS.replace(
        "values: [m5]}", "values: [m5]}\n      - {key: a/team, operator: In, values: [x]}", 1
    )

    losses = imported(ORIGINAL_PROFILES, pools).losses

    (lost,) = [each for each in losses if "a/team" in each.message]
    assert lost.file == "file-1.yaml"
    assert lost.message == ("the requirement `a/team: x` of the node pool `default` is not carried")


@pytest.mark.parametrize(
    "text", ["profileList: []", "[{display_name: P, kubespawner_override: {mem_guarantee: 90T}}]"]
)
def test_where_nothing_can_be_carried(text: str) -> None:
    """There is nothing to write, and our defaults do not slip in."""
    with pytest.raises(ConfigError) as caught:
        imported(text)

    assert "no profile of the list can be carried over" in caught.value.problems[0].message
