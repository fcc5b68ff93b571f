"""How nodes of a pool are made: Karpenter's EC2NodeClass. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.naming import DEPLOYMENT_TAG
from jupyterhub_eks.releases.families import kind_of
from jupyterhub_eks.releases.sharing import mig_profiles, slices_per_gpu
from jupyterhub_eks.versions import AL2023_IMAGE, BOTTLEROCKET_IMAGE

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.pools import PoolConfig

# On the subnets and the cluster's security group, by stacks `network` and `cluster`; on a
# capacity reservation, by its owner.
DISCOVERY_TAG: Final = "karpenter.sh/discovery"
POOL_TAG: Final = "jhub.pool"
# What EKS allows on a small machine with address prefixes (EKS best practices, "Prefix
# mode"); without it Karpenter goes on counting single addresses.
PODS_WITH_PREFIXES: Final = 110
# gp3: 3,000 operations per second are included in the price, and allow up to 750 MiB/s.
ROOT_OPERATIONS: Final = 3000
ROOT_MIB_PER_SECOND: Final = 250
# Bottlerocket's system; what users fill is a second volume.
BOTTLEROCKET_SYSTEM_GIB: Final = 10


@dataclass(frozen=True, kw_only=True)
class NodePlace:
    """What the AWS half gives the nodes; values may be Terraform tokens.

    Attributes:
        instance_profile: Name of the profile that nodes run under.
    """

    instance_profile: str


def node_class(
    name: str, pool: PoolConfig, settings: DeploymentFile, place: NodePlace
) -> dict[str, Any]:
    """Return the EC2NodeClass of a pool; it has the pool's name."""
    discovery = {"tags": {DISCOVERY_TAG: settings.name}}
    spec: dict[str, Any] = {
        "amiSelectorTerms": [{"alias": _image(pool)}],
        "instanceProfile": place.instance_profile,
        "subnetSelectorTerms": _subnets(settings),
        "securityGroupSelectorTerms": [discovery],
        "associatePublicIPAddress": False,
        # One hop and a token: a pod cannot take the node's credentials (D13).
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpProtocolIPv6": "disabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        },
        "blockDeviceMappings": _volumes(pool),
        "tags": {**settings.tags, DEPLOYMENT_TAG: settings.name, POOL_TAG: name},
    }
    if "reserved" in pool.capacity:
        spec["capacityReservationSelectorTerms"] = [discovery]
    if settings.cluster.prefix_delegation:
        spec["kubelet"] = {"maxPods": PODS_WITH_PREFIXES}
    if uses_bottlerocket(pool) and pool.gpu.sharing != "none":
        spec["userData"] = _partitions(pool) if pool.gpu.sharing == "mig" else _slices(pool)
    if uses_local_disks(pool):
        spec["instanceStorePolicy"] = "RAID0"
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": name},
        "spec": spec,
    }


def uses_bottlerocket(pool: PoolConfig) -> bool:
    """Whether nodes of a pool run Bottlerocket.

    It partitions GPUs at boot, before Kubernetes counts them, and has a device plugin
    of its own (facts 2.7). All others run Amazon Linux, unless told otherwise.
    """
    if pool.image_family is None:
        return pool.gpu.sharing == "mig"
    return pool.image_family == "bottlerocket"


def uses_local_disks(pool: PoolConfig) -> bool:
    """Whether disks of the machine itself take the place of the root volume, if it has any."""
    if pool.local_disks == "auto":
        # Images of 10 GB and more are unpacked there.
        return kind_of(pool) != "cpu" and not uses_bottlerocket(pool)
    return pool.local_disks == "raid0"


def _image(pool: PoolConfig) -> str:
    if uses_bottlerocket(pool):
        return f"bottlerocket@{BOTTLEROCKET_IMAGE}"
    return f"al2023@{AL2023_IMAGE}"


def _subnets(settings: DeploymentFile) -> list[dict[str, Any]]:
    if settings.network.existing:
        # Nothing of an adopted network is changed, so its subnets carry no tag of ours.
        return [{"id": each} for each in settings.network.existing.private_subnet_ids]
    return [{"tags": {DISCOVERY_TAG: settings.name}}]


def _volumes(pool: PoolConfig) -> list[dict[str, Any]]:
    if uses_bottlerocket(pool):
        return [
            _volume("/dev/xvda", BOTTLEROCKET_SYSTEM_GIB),
            _volume("/dev/xvdb", pool.disk_gib),
        ]
    return [_volume("/dev/xvda", pool.disk_gib)]


def _volume(device: str, gib: int) -> dict[str, Any]:
    return {
        "deviceName": device,
        "ebs": {
            "volumeType": "gp3",
            "volumeSize": f"{gib}Gi",
            "iops": ROOT_OPERATIONS,
            "throughput": ROOT_MIB_PER_SECOND,
            "encrypted": True,
            "deleteOnTermination": True,
        },
    }


def _partitions(pool: PoolConfig) -> str:
    profiles = "".join(f'"{gpu}" = "{name}"\n' for gpu, name in sorted(mig_profiles(pool).items()))
    return (
        "[settings.kubelet-device-plugins.nvidia]\n"
        'device-partitioning-strategy = "mig"\n'
        "\n"
        "[settings.kubelet-device-plugins.nvidia.mig.profile]\n"
        f"{profiles}"
    )


def _slices(pool: PoolConfig) -> str:
    """Return settings of Bottlerocket's own plugin, by its API of 1.54."""
    return (
        "[settings.kubelet-device-plugins.nvidia]\n"
        'device-sharing-strategy = "time-slicing"\n'
        "\n"
        "[settings.kubelet-device-plugins.nvidia.time-slicing]\n"
        f"replicas = {slices_per_gpu(pool)}\n"
        "rename-by-default = false\n"
        "fail-requests-greater-than-one = true\n"
    )
