"""What the pages of the preview say of profiles comes from the proof of schedulability."""

from __future__ import annotations

from jupyterhub_eks.config.deployment import Deployment
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.instances.catalog import DATA, Catalog
from jupyterhub_eks.preview.facts import facts_of, refusals
from jupyterhub_eks.releases.z2jh.profiles import profile_values
from tests.support.fakes import make_deployment

CATALOG = Catalog(DATA)
IMAGES = {"SciPy": "quay.io/jupyter/scipy-notebook:2025-11-10"}


def deployment(*profiles: dict[str, object], **pool: object) -> Deployment:
    """Return a deployment with one pool of machines with 4 cores and 16 GiB."""
    pools = {"cpu": {"instances": ["m7i.xlarge"], **pool}}
    entries = [{"pool": "cpu", "images": IMAGES, **each} for each in profiles]
    entries[0]["default"] = True
    read = ProfilesFile.model_validate({"pools": pools, "profiles": entries})
    return Deployment(settings=make_deployment().settings, profiles=read)


def test_a_profile_has_pool_machines_and_prices() -> None:
    """Of a full node each user pays a part, which is what a server costs."""
    made = deployment({"name": "Small", "cpu": 1, "memory": "2G"})

    facts = facts_of(made, CATALOG)["small"][""]

    assert (facts["pool"], facts["instances"]) == ("cpu", ["m7i.xlarge"])
    assert facts["users_per_node"] > 1
    assert facts["node_usd_per_hour"] is not None
    assert facts["usd_per_hour"] == facts["node_usd_per_hour"] / facts["users_per_node"]
    assert (facts["reason"], facts["seconds"]) == ("", 120)


def test_profiles_and_sizes_go_by_the_slugs_of_the_form() -> None:
    """The hub finds the facts of what was chosen by the very words that the form posts."""
    sizes = {"Big one": {"memory": "8G"}, "Small": {"memory": "2G"}}
    made = deployment({"name": "Work: daily", "cpu": 1, "memory": "2G", "options": sizes})
    entry = profile_values(made.profiles)["singleuser"]["profileList"][0]

    facts = facts_of(made, CATALOG)

    assert list(facts) == [entry["slug"]]
    assert set(facts[entry["slug"]]) == set(entry["profile_options"]["size"]["choices"])


def test_what_can_start_nowhere_says_why() -> None:
    """The reason is that of `jhub validate`, and nothing is priced."""
    made = deployment({"name": "Fits", "cpu": 1}, {"name": "Huge", "cpu": 1, "memory": "900G"})

    facts = facts_of(made, CATALOG)["huge"][""]

    assert "memory" in facts["reason"]
    assert (facts["instances"], facts["usd_per_hour"], facts["users_per_node"]) == ([], None, 0)
    assert refusals(made, CATALOG) == (("Huge", facts["reason"]),)


def test_a_warm_pool_does_not_let_wait() -> None:
    """Room is kept ready there."""
    made = deployment({"name": "Small", "cpu": 1, "memory": "2G"}, warm={"servers": 1})

    assert facts_of(made, CATALOG)["small"][""]["seconds"] == 0
