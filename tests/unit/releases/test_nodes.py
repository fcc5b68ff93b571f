"""Pools as Karpenter's objects: what users get, what is paid, what cannot go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.node_classes import NodePlace, node_class
from jupyterhub_eks.releases.nodes import needs_overlays, node_objects, node_overlays, node_pool
from tests.support.pools import (
    EVERY_KIND,
    chosen,
    deployment_with,
    fits,
    machines,
    mig,
    mps,
    pool,
    slicing,
)

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig

PLACE = NodePlace(instance_profile="hub-nodes")


def objects(
    pools: dict[str, PoolConfig] | None = None, *, devices: int = 1, **settings: Any
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return spec by kind and name of all objects of a deployment."""
    deployment = deployment_with(pools or EVERY_KIND, devices=devices, **settings)
    made = node_objects(deployment.profiles, deployment.settings, PLACE)
    found = {(each["kind"], each["metadata"]["name"]): each["spec"] for each in made}
    assert len(found) == len(made)
    return found


def pool_specs(**more: Any) -> dict[str, dict[str, Any]]:
    return {name: spec for (kind, name), spec in objects(**more).items() if kind == "NodePool"}


def class_specs(**more: Any) -> dict[str, dict[str, Any]]:
    return {name: spec for (kind, name), spec in objects(**more).items() if kind == "EC2NodeClass"}


def types_of(each: PoolConfig, asked: int = 1) -> list[str]:
    return chosen(node_pool("p", each, asked))


def test_each_pool_is_a_pool_and_a_class_of_its_name() -> None:
    """Every NodePool refers to the EC2NodeClass that is made beside it."""
    assert set(pool_specs()) == set(class_specs()) == set(EVERY_KIND)
    for name, spec in pool_specs().items():
        assert spec["template"]["spec"]["nodeClassRef"] == {
            "group": "karpenter.k8s.aws",
            "kind": "EC2NodeClass",
            "name": name,
        }


def test_d13_a_pod_cannot_take_the_nodes_credentials() -> None:
    """The metadata service wants a token and answers one hop away, in every pool."""
    for spec in class_specs().values():
        options = spec["metadataOptions"]
        assert (options["httpTokens"], options["httpPutResponseHopLimit"]) == ("required", 1)


def test_d14_profiles_find_their_pool() -> None:
    """Every node carries the label by which profiles select, and the hub's own."""
    for name, spec in pool_specs().items():
        found = spec["template"]["metadata"]["labels"]
        assert found[labels.POOL] == name
        assert found[labels.NODE_PURPOSE] == labels.USER


def test_d15_whole_gpu_pool_is_never_sliced() -> None:
    """Its nodes carry the configuration that shares nothing, and Karpenter counts as EC2 does."""
    found = pool_specs()["gpu"]["template"]["metadata"]["labels"]
    assert found["nvidia.com/device-plugin.config"] == "whole"
    assert node_overlays("gpu", EVERY_KIND["gpu"]) == []


@pytest.mark.parametrize("each", [EVERY_KIND["gpu"], EVERY_KIND["gpu-shared"]])
def test_d17_the_device_plugin_finds_its_nodes(each: PoolConfig) -> None:
    """All nodes with NVIDIA GPUs on Amazon Linux carry the label that the plugin looks for."""
    metadata = node_pool("p", each, 1)["spec"]["template"]["metadata"]
    assert metadata["labels"]["nvidia.com/gpu.present"] == "true"


def test_d17_partitioned_gpus_have_a_device_plugin_of_their_own() -> None:
    """Bottlerocket partitions at boot and counts itself; NVIDIA's chart is kept off."""
    spec = class_specs()["gpu-mig"]
    assert spec["amiSelectorTerms"][0]["alias"].startswith("bottlerocket@")
    assert 'device-partitioning-strategy = "mig"' in spec["userData"]
    assert '"rtxpro6000.96gb" = "1g.24gb"' in spec["userData"]
    found = pool_specs()["gpu-mig"]["template"]["metadata"]["labels"]
    assert not [key for key in found if key.startswith("nvidia.com/")]


def test_d17_disks_hold_the_images() -> None:
    """Where containers unpack, there is the disk that the pool asks for, fast and encrypted."""
    volumes = {"cpu": "/dev/xvda", "gpu-mig": "/dev/xvdb"}
    specs = class_specs(pools={name: EVERY_KIND[name] for name in volumes})
    for name, device in volumes.items():
        mappings = {each["deviceName"]: each["ebs"] for each in specs[name]["blockDeviceMappings"]}
        assert mappings[device]["volumeSize"] == "100Gi"
        assert mappings[device]["throughput"] == 250
        assert all(each["encrypted"] and each["deleteOnTermination"] for each in mappings.values())


def test_d18_servers_with_one_gpu_start_machines_with_one() -> None:
    """Families without sizes give the machines that a profile fills, and no bigger ones."""
    found = types_of(pool("g6", "g6e"))
    assert "g6.xlarge" in found
    assert not {"g6.12xlarge", "g6.48xlarge", "g6e.24xlarge"} & set(found)
    assert not {"g5.12xlarge", "g5.24xlarge", "g5.48xlarge"} & set(types_of(slicing(4, "g5")))


def test_d18_a_profile_with_more_gpus_gets_its_machine() -> None:
    """The largest demand of a pool's profiles decides, the smaller ones still fit."""
    found = types_of(pool("g6"), 4)
    assert {"g6.xlarge", "g6.12xlarge", "g6.24xlarge"} <= set(found)
    assert "g6.48xlarge" not in found
    assert types_of(pool("p4d")) == ["p4d.24xlarge"]


def test_sizes_and_types_are_taken_as_written() -> None:
    """What the user names is not narrowed, and sizes make types of the families beside types."""
    assert types_of(pool("g6.48xlarge")) == ["g6.48xlarge"]
    assert types_of(pool("g6", sizes=["12xlarge"])) == ["g6.12xlarge"]
    assert types_of(pool("m7i", "m6i.large", sizes=["xlarge"])) == ["m6i.large", "m7i.xlarge"]


def test_families_leave_bare_metal_out() -> None:
    """A family without sizes is every virtual size of it."""
    found = types_of(pool("m7i"))
    assert len(found) > 5
    assert not [name for name in found if "metal" in name]


def test_a_family_newer_than_the_table_is_not_narrowed() -> None:
    """Nothing is concluded about machines that are not known."""
    keys = {
        each["key"]
        for each in node_pool("p", pool("g9"), 1)["spec"]["template"]["spec"]["requirements"]
    }
    assert "karpenter.k8s.aws/instance-gpu-count" not in keys


@pytest.mark.parametrize(
    ("family", "architecture"), [("m7i", "amd64"), ("m7g", "arm64"), ("g5g", "arm64")]
)
def test_images_meet_their_architecture(family: str, architecture: str) -> None:
    """The architecture is required, so no image starts on the wrong processor."""
    found = node_pool("p", pool(family), 0)["spec"]["template"]["spec"]["requirements"]
    assert {"key": "kubernetes.io/arch", "operator": "In", "values": [architecture]} in found


def requirement(each: PoolConfig, key: str) -> Any:
    """Return what a pool requires of a label; None: nothing."""
    found = node_pool("p", each, 1)["spec"]["template"]["spec"]["requirements"]
    return next((one for one in found if one["key"] == key), None)


@pytest.mark.parametrize(
    ("capacity", "values"),
    [
        ("on-demand", ["on-demand"]),
        ("spot", ["spot"]),
        ("reserved", ["reserved"]),
        (["spot", "on-demand"], ["spot", "on-demand"]),
    ],
)
def test_capacity_is_what_the_pool_says(capacity: Any, values: list[str]) -> None:
    """Nothing falls back to another way of paying unless it is named."""
    found = requirement(pool("m7i", capacity=capacity), "karpenter.sh/capacity-type")
    assert (found["operator"], found["values"]) == ("In", values)


@pytest.mark.parametrize(
    ("zones", "label"),
    [
        (["us-west-2a", "us-west-2c"], "topology.kubernetes.io/zone"),
        (["usw2-az1"], "topology.k8s.aws/zone-id"),
    ],
)
def test_zones_are_required_by_name_or_id(zones: list[str], label: str) -> None:
    """Each by the label that Karpenter gives to it."""
    found = requirement(pool("m7i", zones=zones), label)
    assert (found["operator"], found["values"]) == ("In", zones)


def test_one_architecture_of_mixed_machines() -> None:
    """The others of the pool are left out."""
    assert types_of(pool("m7i", "m7g", sizes=["xlarge"], architecture="arm64")) == ["m7g.xlarge"]


def test_machines_without_the_disks_asked_for_are_left_out() -> None:
    """By Karpenter's label of local NVMe disks, in GB."""
    found = requirement(
        pool("m7gd", local_disks_min_gb=200), "karpenter.k8s.aws/instance-local-nvme"
    )
    assert (found["operator"], found["values"]) == ("Gte", ["200"])


@pytest.mark.parametrize(
    ("each", "policy"),
    [
        (pool("m7gd"), None),
        (pool("m7gd", local_disks="raid0"), "RAID0"),
        (pool("g6"), "RAID0"),
        (pool("g6", local_disks="ignore"), None),
        (pool("g6", image_family="bottlerocket"), None),
        (mig("1g.24gb", "g7e", local_disks="raid0"), "RAID0"),
    ],
)
def test_local_disks_are_used_as_the_pool_says(each: PoolConfig, policy: str | None) -> None:
    """By itself on Amazon Linux with accelerators only."""
    assert class_specs(pools={"a": each})["a"].get("instanceStorePolicy") == policy


def test_an_operating_system_of_choice() -> None:
    """Bottlerocket has a device plugin of its own, which is told how to share."""
    specs = class_specs(
        pools={
            "cpu": pool("m7i", image_family="bottlerocket"),
            "shared": slicing(4, "g6.xlarge", image_family="bottlerocket"),
        }
    )
    assert specs["cpu"]["amiSelectorTerms"][0]["alias"].startswith("bottlerocket@")
    assert "userData" not in specs["cpu"]
    assert 'device-sharing-strategy = "time-slicing"' in specs["shared"]["userData"]
    assert "replicas = 4\nrename-by-default = false\n" in specs["shared"]["userData"]
    shared = slicing(4, "g6.xlarge", image_family="bottlerocket")
    metadata = node_pool("p", shared, 1)["spec"]["template"]["metadata"]
    assert not [key for key in metadata["labels"] if key.startswith("nvidia.com/")]


def test_labels_and_taints_of_the_users_own() -> None:
    """Besides ours; a taint without a value has none, as Karpenter refuses an empty one."""
    taints = [{"key": "team", "value": "x", "effect": "NoExecute"}, {"key": "plain"}]
    spec = node_pool("p", pool("m7i", labels={"a.org/b": "c"}, taints=taints), 0)["spec"]
    found = spec["template"]["metadata"]["labels"]
    assert found == {labels.NODE_PURPOSE: labels.USER, labels.POOL: "p", "a.org/b": "c"}
    assert spec["template"]["spec"]["taints"][1:] == [
        {"key": "team", "value": "x", "effect": "NoExecute"},
        {"key": "plain", "effect": "NoSchedule"},
    ]


def test_gpus_shared_by_mps_are_counted_and_marked() -> None:
    """As with time-slicing, and with the label by which the chart's daemon finds them."""
    each = mps(8, "g6.xlarge", max={"gpu": 2})
    spec = node_pool("p", each, 1)["spec"]
    found = spec["template"]["metadata"]["labels"]
    assert found["nvidia.com/device-plugin.config"] == "mps-8"
    assert found["nvidia.com/mps.capable"] == "true"
    assert spec["limits"] == {"nvidia.com/gpu": "16"}
    counted = [one["spec"]["capacity"]["nvidia.com/gpu"] for one in node_overlays("p", each)]
    assert counted == ["8"]


def test_nodes_themselves_can_be_limited() -> None:
    """By the name that Karpenter has for them."""
    assert node_pool("p", pool("m7i", max={"nodes": 3}), 0)["spec"]["limits"] == {"nodes": "3"}


def test_reserved_capacity_is_selected_by_tag() -> None:
    """Karpenter takes only reservations that carry the deployment's discovery tag."""
    specs = class_specs(pools={"a": pool("p5.48xlarge", capacity="reserved"), "b": pool("g6")})
    selector = [{"tags": {"karpenter.sh/discovery": "jupyterhub-on-eks"}}]
    assert specs["a"]["capacityReservationSelectorTerms"] == selector
    assert "capacityReservationSelectorTerms" not in specs["b"]


@pytest.mark.parametrize(
    ("each", "slices"),
    [
        (slicing(4, "g6", "g5", "g6e"), 4),
        (slicing(2, "g7e", "p5"), 2),
        (mig("1g.24gb", "g7e"), 4),
        (mig("1g.10gb", "p5", "p4de"), 7),
        (mig("3g.71gb", "p5e", "p5en"), 2),
    ],
)
def test_d19_users_of_shared_gpus_pack_on_one_node(each: PoolConfig, slices: int) -> None:
    """For each machine exactly one overlay says how many slices it has."""
    overlays = node_overlays("shared", each)
    for machine in machines():
        if machine["karpenter.k8s.aws/instance-family"] not in each.instances:
            continue
        known = {**machine, "karpenter.sh/nodepool": "shared"}
        (only,) = [o for o in overlays if fits(o["spec"]["requirements"], known)]
        gpus = int(machine["karpenter.k8s.aws/instance-gpu-count"])
        assert only["spec"]["capacity"] == {"nvidia.com/gpu": str(gpus * slices)}


def test_d19_each_gpu_model_is_counted_as_it_is_divided() -> None:
    """With the smallest partition of each, one overlay for each machine, by its family."""
    families = {"g7e": 4, "p5": 7, "p4de": 7, "p5en": 7}
    each = mig("auto", *families)
    overlays = node_overlays("shared", each)
    checked = set()
    for machine in machines():
        family = machine["karpenter.k8s.aws/instance-family"]
        if family not in families:
            continue
        known = {**machine, "karpenter.sh/nodepool": "shared"}
        (only,) = [o for o in overlays if fits(o["spec"]["requirements"], known)]
        gpus = int(machine["karpenter.k8s.aws/instance-gpu-count"])
        assert only["spec"]["capacity"] == {"nvidia.com/gpu": str(gpus * families[family])}
        checked.add(family)
    assert checked == set(families)


def test_d19_models_that_are_divided_alike_need_no_telling_apart() -> None:
    """As with a partition of a name: the number of GPUs is enough."""
    keys = {
        requirement["key"]
        for overlay in node_overlays("shared", mig("auto", "p5", "p4de"))
        for requirement in overlay["spec"]["requirements"]
    }
    assert keys == {"karpenter.sh/nodepool", "karpenter.k8s.aws/instance-gpu-count"}


def test_the_smallest_partition_is_set_for_each_model() -> None:
    """In Bottlerocket's words, by the GPU it finds."""
    deployment = deployment_with({"a": mig("auto", "p5", "g7e.2xlarge")})
    spec = node_class("a", deployment.profiles.pools["a"], deployment.settings, PLACE)["spec"]
    assert spec["userData"].endswith('"h100.80gb" = "1g.10gb"\n"rtxpro6000.96gb" = "1g.24gb"\n')


def test_d19_overlays_touch_no_other_pool() -> None:
    """A machine in a pool that does not share is counted as EC2 counts it."""
    machine = {"karpenter.k8s.aws/instance-gpu-count": "1", "karpenter.sh/nodepool": "gpu"}
    overlays = [spec for (kind, _), spec in objects().items() if kind == "NodeOverlay"]
    assert len(overlays) == 2
    assert not [spec for spec in overlays if fits(spec["requirements"], machine)]


@pytest.mark.parametrize(
    ("each", "counts"),
    [
        (slicing(4, "g6.xlarge", "g5.2xlarge"), [1]),
        (slicing(4, "g6.xlarge", "g6.12xlarge"), [1, 4]),
        (slicing(4, "g6", "g5", sizes=["xlarge", "48xlarge"]), [1, 8]),
        (slicing(4, "g6"), [1, 4, 8]),
        (slicing(4, "g6", "g99"), [1, 2, 4, 8]),
        (slicing(4, "g6.xlarge", "g6.99xlarge"), [1, 2, 4, 8]),
    ],
    ids=["types", "two sizes", "sizes", "family", "new family", "new type"],
)
def test_karpenter_tries_no_overlay_in_vain(each: PoolConfig, counts: list[int]) -> None:
    """One for each number of GPUs that machines of the pool have, and for any that is unknown."""
    overlays = node_overlays("shared", each)
    found = [one["values"] for o in overlays for one in o["spec"]["requirements"][1:]]
    assert found == [[str(count)] for count in counts]


def test_a_fraction_of_a_gpu_counts_as_one() -> None:
    """EC2 says none for g6f, so without an overlay nobody would get one."""
    (overlay,) = node_overlays("part", pool("g6f.xlarge"))
    assert overlay["spec"]["capacity"] == {"nvidia.com/gpu": "1"}
    assert fits(
        overlay["spec"]["requirements"],
        {"karpenter.sh/nodepool": "part", "karpenter.k8s.aws/instance-gpu-count": "0"},
    )


def test_overlays_are_needed_only_where_gpus_are_shared() -> None:
    """The alpha feature stays off for everybody else."""
    assert needs_overlays(EVERY_KIND)
    assert not needs_overlays({"cpu": pool("m7i"), "gpu": pool("g6"), "trn": pool("trn1")})


def test_d20_no_session_is_evicted() -> None:
    """Nodes never expire, only empty ones are removed, and on-demand is the default."""
    for spec in pool_specs().values():
        assert spec["template"]["spec"]["expireAfter"] == "Never"
        assert spec["disruption"]["consolidationPolicy"] == "WhenEmpty"
        budgets = {
            reason: each["nodes"]
            for each in spec["disruption"]["budgets"]
            for reason in each["reasons"]
        }
        assert budgets == {"Empty": "100%", "Drifted": "0", "Underutilized": "0"}


def test_d20_a_removed_pool_does_not_wait_for_ever() -> None:
    """When a pool is deleted, its last notebook has a day."""
    for spec in pool_specs().values():
        assert spec["template"]["spec"]["terminationGracePeriod"] == "24h"


def test_d21_no_pool_is_bound_to_a_zone_or_subnet() -> None:
    """Subnets are found by the deployment's tag, in every zone there is."""
    for spec in class_specs().values():
        terms = [{"tags": {"karpenter.sh/discovery": "jupyterhub-on-eks"}}]
        assert spec["subnetSelectorTerms"] == spec["securityGroupSelectorTerms"] == terms
    for spec in pool_specs().values():
        keys = {each["key"] for each in spec["template"]["spec"]["requirements"]}
        assert not [key for key in keys if "zone" in key]


def test_d21_all_subnets_of_an_adopted_network_are_used() -> None:
    """Subnets of others carry no tag of ours, so they are named."""
    subnets = [f"subnet-0123456789abcdef{number}" for number in range(3)]
    existing = {"vpc_id": "vpc-0123456789abcdef0", "private_subnet_ids": subnets}
    for spec in class_specs(network={"existing": existing}).values():
        assert spec["subnetSelectorTerms"] == [{"id": each} for each in subnets]


def test_d22_one_device_does_not_buy_sixteen() -> None:
    """A profile with one Trainium or Inferentia device gets the machine with one."""
    assert types_of(EVERY_KIND["trainium"]) == ["trn1.2xlarge"]
    assert types_of(pool("trn1"), 16) == ["trn1.2xlarge", "trn1.32xlarge"]
    assert types_of(pool("inf2")) == ["inf2.8xlarge", "inf2.xlarge"]


def test_d22_system_pods_stay_off_user_nodes() -> None:
    """Every pool is tainted, the one without accelerators too, so empty nodes are empty."""
    accelerators = {
        "cpu": set(),
        "gpu": {"nvidia.com/gpu"},
        "gpu-shared": {"nvidia.com/gpu"},
        "gpu-mig": {"nvidia.com/gpu"},
        "trainium": {"aws.amazon.com/neuron"},
        "inferentia": {"aws.amazon.com/neuron"},
    }
    for name, spec in pool_specs().items():
        taints = spec["template"]["spec"]["taints"]
        assert {each["effect"] for each in taints} == {"NoSchedule"}
        keys = {each["key"] for each in taints}
        assert keys == {"hub.jupyter.org/dedicated", *accelerators[name]}


def test_no_notebook_starts_before_its_files_can_be_mounted() -> None:
    """A new node keeps notebooks off until the EFS driver takes this taint away."""
    for spec in pool_specs().values():
        assert spec["template"]["spec"]["startupTaints"] == [
            {"key": "efs.csi.aws.com/agent-not-ready", "effect": "NoExecute"}
        ]


def test_d28_images_are_pinned_and_d29_supported() -> None:
    """No alias moves by itself, and every image is Amazon Linux 2023 or Bottlerocket."""
    for name, spec in class_specs().items():
        (term,) = spec["amiSelectorTerms"]
        family, _, version = term["alias"].partition("@")
        assert family == ("bottlerocket" if name == "gpu-mig" else "al2023")
        assert version[0] == "v"
        assert any(char.isdigit() for char in version)


def test_limits_count_what_nodes_report() -> None:
    """GPUs of a shared pool are limited in slices, the rest as the configuration says."""
    specs = pool_specs()
    assert specs["cpu"]["limits"] == {"cpu": "256", "memory": "1024Gi"}
    assert specs["gpu"]["limits"] == {"nvidia.com/gpu": "16"}
    assert specs["gpu-shared"]["limits"] == {"nvidia.com/gpu": "32"}
    assert specs["gpu-mig"]["limits"] == {"nvidia.com/gpu": "8"}
    assert specs["trainium"]["limits"] == {"aws.amazon.com/neuron": "32"}
    assert "limits" not in specs["inferentia"]


def test_nodes_are_tagged_with_deployment_and_pool() -> None:
    """Machines, disks and interfaces carry the user's tags, ours, and the pool for the bill."""
    spec = class_specs(name="demo", tags={"team": "x"})["cpu"]
    assert spec["tags"] == {"team": "x", "jhub.deployment": "demo", "jhub.pool": "cpu"}


def test_the_instance_profile_is_terraforms() -> None:
    """Karpenter makes none of its own, which would outlive the cluster and hold the role."""
    for spec in class_specs().values():
        assert spec["instanceProfile"] == "hub-nodes"
        assert "role" not in spec


def test_users_machines_have_no_public_address() -> None:
    """Also where a subnet would give one (C7)."""
    assert all(spec["associatePublicIPAddress"] is False for spec in class_specs().values())


def test_address_prefixes_raise_the_pods_of_a_node() -> None:
    """With prefix delegation Karpenter must be told; without, it counts by itself."""
    assert "kubelet" not in class_specs()["cpu"]
    specs = class_specs(cluster={"prefix_delegation": True})
    assert {spec["kubelet"]["maxPods"] for spec in specs.values()} == {110}


def test_large_images_use_the_machines_own_disks() -> None:
    """On Amazon Linux with accelerators; Bottlerocket and CPU pools keep their volume."""
    policies = {name: spec.get("instanceStorePolicy") for name, spec in class_specs().items()}
    with_disks = {name for name, policy in policies.items() if policy == "RAID0"}
    assert with_disks == {"gpu", "gpu-shared", "trainium", "inferentia"}


def test_two_gpu_models_are_partitioned_alike() -> None:
    """One profile on two models is written for both."""
    deployment = deployment_with({"a": mig("1g.10gb", "p5", "p4de")})
    spec = node_class("a", deployment.profiles.pools["a"], deployment.settings, PLACE)["spec"]
    assert spec["userData"].endswith(
        '.mig.profile]\n"a100.80gb" = "1g.10gb"\n"h100.80gb" = "1g.10gb"\n'
    )


@pytest.mark.parametrize(
    "each", [mig("1g.10gb", "g7e"), mig("1g.10gb", "p5", "p4d"), mig("1g.5gb", "g6")]
)
def test_a_partition_that_does_not_exist_is_refused(each: PoolConfig) -> None:
    """A GPU is never planned with partitions that it cannot have."""
    with pytest.raises(ValueError, match="no MIG partition"):
        node_overlays("a", each)
