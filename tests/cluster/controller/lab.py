"""A cluster in which the real Karpenter runs for one deployment."""

from __future__ import annotations

import random
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.local.cluster.nodes import connect
from jupyterhub_eks.local.cluster.ports import FIRST, LAST, is_free
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.releases.platform import KARPENTER, PlatformInputs, platform_releases
from tests.cluster.controller.children import running
from tests.cluster.controller.ec2 import CLUSTER, PROFILE, emulated
from tests.cluster.controller.furnishing import furnish, wipe
from tests.cluster.controller.installed import Lab
from tests.cluster.controller.machines import plugin_configs
from tests.cluster.controller.registering import Registrar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.local.cluster.model import ControlPlane
    from jupyterhub_eks.local.cluster.programs import Build
    from tests.cluster.controller.ec2 import Ec2
    from tests.cluster.controller.reservations import Reservation
    from tests.cluster.planes import Plane


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where deployments are tried.

    Attributes:
        plane: The control plane.
        build: Its programs and Karpenter's definitions.
        controller: Karpenter's program.
        folder: For logs.
    """

    plane: Plane
    build: Build
    controller: Path
    folder: Path


def prefixed(prefix: str, deployment: Deployment) -> Deployment:
    """Return a deployment with other names of its pools, so that several can be tried at once."""
    profiles = deployment.profiles
    renamed = profiles.model_copy(
        update={
            "pools": {f"{prefix}-{name}": pool for name, pool in profiles.pools.items()},
            "profiles": [
                each.model_copy(update={"pool": f"{prefix}-{each.pool}"})
                for each in profiles.profiles
            ],
        }
    )
    return type(deployment)(settings=deployment.settings, profiles=renamed)


@contextmanager
def lab(
    site: Site,
    deployments: Sequence[Deployment],
    *,
    unknown: Collection[str] = (),
    reserved: Collection[Reservation] = (),
) -> Iterator[Lab]:
    """Run Karpenter with the pools of deployments.

    Args:
        site: Where.
        deployments: Of one region, with different pools.
        unknown: Pools of whose shared GPUs Karpenter is not told: they get no NodeOverlay.
        reserved: What is reserved when Karpenter starts.
    """
    (region,) = {each.settings.region for each in deployments}
    with ExitStack() as stack:
        plane = site.plane.start()
        client = stack.enter_context(connect(plane.kubeconfig))
        furnish(site.build, client)
        ec2 = stack.enter_context(emulated(site.folder, region))
        ec2.reserve(reserved)
        moved = [_moved(each, ec2) for each in deployments]
        pools = {name: pool for each in moved for name, pool in each.profiles.pools.items()}
        registrar = Registrar(lambda: connect(plane.kubeconfig), plugin_configs(pools))
        stack.callback(wipe, client)
        stack.enter_context(_karpenter(site, ec2, plane, gates(moved)))
        stack.enter_context(registrar.at_work())
        made = Lab(client, ec2, registrar)
        made.install(_objects(moved), unknown)
        made.wait_for_scheduling(
            [
                verdict.pool
                for each in moved
                for verdict in prove(each, catalog())
                if any(fit.obstacle != "region" for fit in verdict.fits)
            ]
        )
        yield made
        assert registrar.failures == []


def _objects(deployments: Iterable[Deployment]) -> list[dict[str, Any]]:
    place = NodePlace(instance_profile=PROFILE)
    return [
        each
        for deployment in deployments
        for each in node_objects(deployment.profiles, deployment.settings, place)
    ]


@contextmanager
def _karpenter(
    site: Site, ec2: Ec2, plane: ControlPlane, features: Mapping[str, bool]
) -> Iterator[None]:
    metrics, health = _free_ports()
    env = {
        **ec2.credentials,
        "KUBECONFIG": str(plane.kubeconfig),
        "CLUSTER_NAME": CLUSTER,
        "CLUSTER_ENDPOINT": plane.endpoint,
        "ISOLATED_VPC": "true",
        "DISABLE_LEADER_ELECTION": "true",
        "SYSTEM_NAMESPACE": "kube-system",
        "FEATURE_GATES": ",".join(
            f"{name[0].upper()}{name[1:]}={str(is_on).lower()}" for name, is_on in features.items()
        ),
        "METRICS_PORT": str(metrics),
        "HEALTH_PROBE_PORT": str(health),
        "LOG_LEVEL": "debug",
        "NO_PROXY": "127.0.0.1,localhost",
    }
    log = site.folder / "karpenter.log"
    ready = f"http://127.0.0.1:{health}/readyz"
    with running([str(site.controller)], log, env=env, is_ready=lambda: _is_ok(ready)):
        yield


def gates(deployments: Iterable[Deployment]) -> dict[str, bool]:
    """Return what the release of Karpenter switches on, for any of the deployments."""
    inputs = PlatformInputs(
        namespace="kube-system",
        cluster_name=CLUSTER,
        vpc_id="vpc-1",
        queue_name="",
        instance_profile=PROFILE,
        karpenter_service_account="karpenter",
        load_balancer_service_account="balancer",
    )
    # As the chart has it, where the release does not say (1.14.1).
    found = {"reservedCapacity": True}
    for deployment in deployments:
        for release in platform_releases(deployment, inputs):
            if release.name == KARPENTER:
                features = release.values["settings"]["featureGates"]
                found |= {name: is_on or found.get(name, False) for name, is_on in features.items()}
    return found


def _free_ports() -> tuple[int, int]:
    found: list[int] = []
    while len(found) < 2:
        port = random.randint(FIRST, LAST)  # noqa: S311 - keeps apart, guards nothing
        if port not in found and is_free(port):
            found.append(port)
    return found[0], found[1]


def _is_ok(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _moved(deployment: Deployment, ec2: Ec2) -> Deployment:
    """Return the deployment for the emulated account: its cluster's name, its subnets."""
    settings = deployment.settings.model_copy(update={"name": CLUSTER})
    if settings.network.existing:
        existing = settings.network.existing.model_copy(update={"private_subnet_ids": ec2.subnets})
        network = settings.network.model_copy(update={"existing": existing})
        settings = settings.model_copy(update={"network": network})
    return type(deployment)(settings=settings, profiles=deployment.profiles)
