"""``jhub profiles``: a table where it fits, blocks where it does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.profiles import draw_profiles, profile_rows, profiles_document
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.instances.catalog import catalog

if TYPE_CHECKING:
    from pathlib import Path


def draw(width: int, region: str = "us-east-1", **pool: Any) -> list[str]:
    """Draw one profile."""
    profiles = ProfilesFile.model_validate(
        {
            "pools": {"p": {"instances": ["m7i.xlarge", "m7i.2xlarge"], **pool}},
            "profiles": [{"name": "Data science", "pool": "p", "default": True}],
        }
    )
    deployment = Deployment(settings=DeploymentFile(region=region), profiles=profiles)
    rows = profile_rows(deployment, catalog())
    return [line.plain for line in draw_profiles(rows, region, width)]


def test_a_table() -> None:
    """The cheapest machine alone, and the cheapest place on a full one; 1 GiB without a size."""
    head, line, *_ = draw(100)

    assert head.split() == [
        "profile",
        "who",
        "pool",
        "start",
        "machines",
        "users",
        "alone",
        "shared",
    ]
    assert line.split("  ")[0] == "Data science *"
    assert "m7i.xlarge +1" in line
    assert "13-28" in line
    assert "0.202 USD" in line


def test_blocks_on_a_narrow_terminal() -> None:
    """Nothing is left out, and no line is too long for it."""
    lines = draw(50)[:9]

    assert lines[0] == "Data science *"
    assert [line.split()[0] for line in lines[1:8]] == [
        "who",
        "pool",
        "start",
        "machines",
        "users",
        "alone",
        "shared",
    ]
    assert max(map(len, lines)) <= 50


def test_whose_prices_they_are() -> None:
    """Those of another region are not passed off as its own."""
    assert any("on demand in us-east-1 (" in line for line in draw(100))
    assert any("as none are known of eu-west-1" in line for line in draw(100, "eu-west-1"))
    assert any("no price is known" in line for line in draw(100, "cn-northwest-1"))
    assert any("spot" in line for line in draw(100, capacity="spot"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_defaults_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """No file is needed; amounts are texts, as money is."""
    code = run(["profiles", "--json"])

    (profile,) = json.loads(capsys.readouterr().out)["profiles"]
    machines = {each["type"]: each for each in profile["machines"]}
    assert code == 0
    assert machines["m7i.xlarge"]["users"] == 3
    assert machines["m7i.xlarge"]["price"]["alone"] == "0.2016"
    assert machines["m7i.xlarge"]["price"]["shared"] == "0.067200"


def test_a_profile_that_starts_nowhere_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the line in the file, and the code of a wrong configuration."""
    (folder / "jhub.yaml").write_text("name: lab\n")
    (folder / "profiles.yaml").write_text(
        "pools:\n  p: {instances: [m7i.large]}\n"
        "profiles:\n- name: Big\n  default: true\n  pool: p\n"
        "  memory: {guarantee: 100G, limit: 100G}\n"
    )

    code = run(["profiles"])

    said = capsys.readouterr().err
    assert code == 3
    assert "profiles.yaml:7:23" in said
    assert "m7i.large leaves" in said


def test_sizes_stand_below_their_profile() -> None:
    """Groups stand with the profile, everything else with the size; defaults are marked."""
    profiles = ProfilesFile.model_validate(
        {
            "pools": {"p": {"instances": ["m7i.xlarge"]}},
            "profiles": [
                {
                    "name": "Lab",
                    "pool": "p",
                    "default": True,
                    "options": {"Small": {}, "Large": {"cpu": 2, "default": True}},
                },
                {"name": "Other", "pool": "p"},
            ],
        }
    )
    deployment = Deployment(settings=DeploymentFile(region="us-east-1"), profiles=profiles)
    rows = profile_rows(deployment, catalog())
    lines = [line.plain for line in draw_profiles(rows, "us-east-1", 100)]

    assert lines[1].split() == ["Lab", "*", "everyone"]
    assert lines[2].startswith("  Small    ")
    assert lines[3].startswith("  Large *  ")
    assert lines[4].startswith("Other  ")
    found = [
        (each["name"], each["option"], each["default"])
        for each in profiles_document(rows, "us-east-1")["profiles"]
    ]
    assert found == [("Lab", "Small", False), ("Lab", "Large", True), ("Other", None, False)]


@pytest.mark.parametrize(
    ("pool", "label"),
    [
        ({}, "~2 min"),
        ({"warm": {"servers": 2}}, "warm"),
        ({"warm": {"nodes": 1}}, "warm"),
        ({"instances": ["g6.xlarge"]}, "~5 min"),
        ({"instances": ["inf2.xlarge"]}, "~5 min"),
        (
            {"instances": ["p5.4xlarge"], "gpu": {"sharing": "mig", "profile": "1g.10gb"}},
            "~7 min",
        ),
    ],
)
def test_how_long_a_start_takes(pool: dict[str, Any], label: str) -> None:
    """By what has to happen first; and that it is an estimate."""
    lines = draw(120, **pool)
    assert label in lines[1]
    (said,) = (line for line in lines if line.startswith("start: "))
    assert "estimated, not measured" in said
    assert f"{label}: " in said
