"""The section ``appearance`` and our templates in the values of the chart."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from jupyterhub_eks.config.contrast import DARK, LEAST, WHITE, contrast
from jupyterhub_eks.config.logo import MOST_BYTES, data_url
from jupyterhub_eks.releases.value_checking import ValuesCheck
from jupyterhub_eks.releases.z2jh.appearance import FOLDER, shown_values
from jupyterhub_eks.releases.z2jh.secret_size import MOST, secret_fault
from tests.support.hub import deployment, values
from tests.unit.releases.z2jh.test_schema import complaints

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def hub(**look: Any) -> dict[str, Any]:
    """Return the section ``hub`` of the values."""
    found: dict[str, Any] = values(appearance=look)["hub"]
    return found


def test_every_hub_has_our_templates() -> None:
    """Without any setting, JupyterHub and KubeSpawner look for them first, where they are."""
    made = hub()
    files = made["extraFiles"]

    assert made["templatePaths"] == [FOLDER]
    assert made["config"]["KubeSpawner"]["additional_profile_form_template_paths"] == [FOLDER]
    assert {"page.html", "form.html", "spawn.html", "spawn_pending.html", "login.html"} <= set(
        files
    )
    assert all(file["mountPath"] == f"{FOLDER}/{name}" for name, file in files.items())
    # The chart puts them into a block of YAML, which takes its indentation from the first line.
    assert not [name for name, file in files.items() if file["stringData"][0].isspace()]


@pytest.mark.parametrize(("image", "name"), [(PNG, "logo.png"), (SVG, "logo.svg")])
def test_a_logo_is_a_file_of_the_hub(image: bytes, name: str) -> None:
    """The hub serves it under its own address, with the type that its name says."""
    made = hub(logo=data_url(image))

    assert base64.b64decode(made["extraFiles"][name]["binaryData"]) == image
    assert made["config"]["JupyterHub"]["logo_file"] == f"{FOLDER}/{name}"
    assert made["templateVars"]["jhub"]["logo_url"] == ""


def test_a_logo_elsewhere_is_its_address() -> None:
    """Nothing of it is in the hub."""
    made = hub(logo="https://www.example.org/logo.svg")

    assert made["templateVars"]["jhub"]["logo_url"] == "https://www.example.org/logo.svg"
    assert "logo_file" not in made["config"].get("JupyterHub", {})


@pytest.mark.parametrize(
    "color", ["#000000", "#ffffff", "#ffcc00", "#0f5e9c", "#808080", "#e83e8c"]
)
def test_text_can_be_read_in_any_colour(color: str) -> None:
    """Links on their ground, and what stands on a button, have a contrast of 4.5 or more."""
    made = shown_values(deployment(appearance={"color": color}).settings.appearance)

    assert made["light"]["accent"] == color
    for theme, ground in (("light", WHITE), ("dark", DARK)):
        assert contrast(made[theme]["link"], ground) >= LEAST
        assert contrast(made[theme]["accent"], made[theme]["on_accent"]) >= LEAST


def test_chart_accepts_all_of_it() -> None:
    """The chart's schema has no objection to files, paths and variables."""
    look = {"title": "T", "logo": data_url(PNG), "announcement": "A", "theme": "dark"}
    assert complaints(values(appearance=look)) == []


def test_own_variables_stay_beside_ours() -> None:
    """What ``hub_values`` give to templates is merged, and their paths have the last word."""
    own = {"hub": {"templateVars": {"announcement": "Hi"}, "templatePaths": ["/mine"]}}
    made = values(hub_values=own)["hub"]

    assert set(made["templateVars"]) == {"announcement", "jhub"}
    assert made["templatePaths"] == ["/mine"]


def test_the_largest_logo_fits() -> None:
    """A logo of the most bytes leaves most of the Secret for profiles."""
    logo = data_url(PNG.ljust(MOST_BYTES, b"\xff"))
    assert secret_fault(values(appearance={"logo": logo})) == ""
    assert len(json.dumps(hub()["extraFiles"])) < MOST / 10


def test_what_is_too_large_is_told_before_a_deploy() -> None:
    """Where the values do not fit into the Secret, the largest parts are named with sizes."""
    text = "x" * (600 * 1024)
    file = {"mountPath": "/srv/x", "stringData": text}
    made = deployment(hub_values={"hub": {"extraFiles": {"big.txt": file}}})

    messages = [each.message for each in ValuesCheck().all_values(made)]

    assert any("`hub.extraFiles.big.txt` 1200 KiB" in each for each in messages)
    assert any("and Kubernetes takes 992 KiB of ours" in each for each in messages)
