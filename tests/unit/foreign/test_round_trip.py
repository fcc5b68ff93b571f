"""Our own profiles, rendered for the hub and imported again, ask for and get the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
from jupyterhub_eks.config.variants import variants
from jupyterhub_eks.foreign.importing import Imported, import_list
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.releases.device_plugins import device_plugin_releases
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.releases.z2jh.profiles import profile_values
from jupyterhub_eks.resources import data_root
from tests.support.foreign import BLUEPRINT, SUCCESSOR, blueprint_values, report, source

EXAMPLES = sorted(
    each.parent.name for each in (Path(data_root()) / "examples").glob("*/profiles.yaml")
)


def rendered(deployment: Deployment) -> tuple[str, ...]:
    """Return values of the hub and of device plugins, and the node pools, as JSON."""
    settings = deployment.settings
    values = profile_values(deployment.profiles, storage=settings.storage, idle=settings.idle)
    objects = node_objects(deployment.profiles, settings, NodePlace(instance_profile="p"))
    listed = {"apiVersion": "v1", "kind": "List", "items": objects}
    plugins = device_plugin_releases(deployment.profiles.pools, "kube-system")
    return tuple(json.dumps(each) for each in (values, listed, *(e.values for e in plugins)))


def again(deployment: Deployment) -> Imported:
    """Render a deployment and import that."""
    return import_list(source(*rendered(deployment)), catalog(), deployment.settings.region)


def verdicts(profiles: ProfilesFile, settings: DeploymentFile) -> list[Any]:
    """Return what is proven of each server: what it asks for, and where how many have room."""
    deployment = Deployment(settings=settings, profiles=profiles)
    return [
        (
            each.title,
            each.demand,
            each.starts,
            [(fit.machine.name, fit.users) for fit in each.machines],
        )
        for each in prove(deployment, catalog())
    ]


def sizes(profile: ProfileConfig) -> list[Any]:
    """Return what each size of a profile is, beside its pool and images."""
    unlike = {"pool", "images", "options"}
    return [
        (each.option, each.is_default, each.profile.model_dump(exclude=unlike))
        for each in variants(profile)
    ]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples(example: str) -> None:
    """The same profiles with the same demands on the same machines."""
    folder = Path(data_root()) / "examples" / example
    deployment = load(ConfigSources(files=(folder / "jhub.yaml",))).deployment

    found = again(deployment)

    assert verdicts(found.profiles, deployment.settings) == verdicts(
        deployment.profiles, deployment.settings
    )
    for ours, back in zip(deployment.profiles.profiles, found.profiles.profiles, strict=True):
        # What all sizes have in common need not stand where it stood.
        assert sizes(back) == sizes(ours)
        images = [each.image for each in ours.images.values()]
        assert [each.image for each in back.images.values()] == images
    assert "not as it was" not in found.text


EVERYTHING = {
    "pools": {
        "cpu": {"instances": ["m7i"], "sizes": ["xlarge", "2xlarge"], "max": {"cpu": 64}},
        "gpu": {"instances": ["g6.xlarge"], "max": {"gpu": 2}},
        "own": {"instances": ["m7i.2xlarge"], "dedicated": True, "max": {"nodes": 3}},
    },
    "profiles": [
        {
            "name": "Sizes",
            "default": True,
            "pool": "cpu",
            "memory": "2G",
            "options": {
                "Small": {"cpu": 1, "description": "for everyone"},
                "Large": {"cpu": {"guarantee": 1.5, "limit": 3}, "memory": "8G", "default": True},
                "GPU": {"cpu": 2, "gpu": 1, "pool": "gpu"},
            },
            "images": {"A": "quay.io/a/b:1", "B": "quay.io/a/c:2"},
            "unlisted_image": "quay[.]io/.+:.+",
            "groups": ["staff"],
        },
        {
            "name": "Extras",
            "pool": "cpu",
            "cpu": 1,
            "memory": "2G",
            "images": {"Image": "quay.io/a/b:1"},
            "environment": {"OMP_NUM_THREADS": "4", "FORM": "{a} {{b}} ${HOME}", "EMPTY": ""},
            "volumes": [
                {"name": "data", "mount": "/data", "claim": "datasets", "read_only": True},
                {"name": "login", "mount": "/login", "secret": "database-login"},
                {"name": "course", "mount": "/etc-of-course", "config_map": "course"},
                {"name": "course-1", "mount": "/part", "shared": "courses/course-1"},
            ],
            "max_age_hours": 12,
            "kubespawner_override": {
                "default_url": "/tree",
                "args": ["--debug"],
                "environment": {"OWNER": "{username}"},
                "extra_pod_config": {"terminationGracePeriodSeconds": 60},
                "extra_labels": {"team": "a"},
                "http_timeout": 61,
            },
        },
        {"name": "Alone", "pool": "own", "description": "All of one.", "memory": "1Gi"},
    ],
}


def test_all_keys() -> None:
    """Each key of a profile that says something about a server comes back as it was."""
    ours = ProfilesFile.model_validate_json(json.dumps(EVERYTHING))
    settings = DeploymentFile()

    found = again(Deployment(settings=settings, profiles=ours))

    assert found.profiles.pools == ours.pools
    for before, after in zip(ours.profiles, found.profiles.profiles, strict=True):
        assert [each.profile.model_copy(update={"options": {}}) for each in variants(after)] == [
            each.profile.model_copy(update={"options": {}}) for each in variants(before)
        ]
        assert {k: (e.description, e.default) for k, e in after.options.items()} == {
            k: (e.description, e.default) for k, e in before.options.items()
        }
    assert verdicts(found.profiles, settings) == verdicts(ours, settings)


@pytest.mark.parametrize(
    "files",
    [[blueprint_values("dummy"), *BLUEPRINT], SUCCESSOR],
    ids=["blueprint", "successor"],
)
def test_what_started_starts_after_import(files: list[str]) -> None:
    """Each server of the two examples of others that starts is proven to start as ours."""
    texts = [Path(each).read_text(encoding="utf-8") for each in files]
    checked = report(*texts)
    started = {each.profile.title for each in checked.profiles if each.outcome == "starts"}

    found = import_list(source(*texts), catalog(), "us-west-2")

    deployment = Deployment(settings=DeploymentFile(region="us-west-2"), profiles=found.profiles)
    proven = {each.profile for each in prove(deployment, catalog()) if each.starts}
    assert started
    assert started <= proven
