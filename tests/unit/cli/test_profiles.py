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


def several(width: int | None) -> list[str]:
    """Draw a list as long as those of real deployments."""
    names = ("Data engineering (CPU)", "Data science (GPU, partition)", "Notebooks-for-beginners")
    profiles = ProfilesFile.model_validate(
        {
            "pools": {
                "cpu-general-purpose": {"instances": ["m7i.xlarge", "m7i.2xlarge"]},
                "gpu": {"instances": ["g6.4xlarge", "g6.8xlarge"]},
            },
            "profiles": [
                {"name": names[0], "pool": "cpu-general-purpose", "default": True},
                {"name": names[1], "pool": "gpu", "gpu": 1, "groups": ["staff", "students"]},
                {
                    "name": names[2],
                    "pool": "cpu-general-purpose",
                    "options": {"A small one for the first days": {}, "Large": {"cpu": 2}},
                },
            ],
        }
    )
    deployment = Deployment(settings=DeploymentFile(region="us-east-1"), profiles=profiles)
    rows = profile_rows(deployment, catalog())
    return [line.plain for line in draw_profiles(rows, "us-east-1", width)]


def _table(lines: list[str]) -> list[str]:
    return lines[: lines.index("")]


@pytest.mark.parametrize("width", [80, 100])
def test_a_closer_table_on_a_usual_terminal(width: int) -> None:
    """No line is too long, the unit stands once, and names go on in the next line."""
    lines = several(width)
    table = _table(lines)

    assert table[0].startswith("profile ")
    assert table[0].split()[1:4] == ["who", "pool", "start"]
    assert max(map(len, table)) <= width
    assert not any("USD" in line for line in table)
    (legend,) = (line for line in lines if line.startswith("machines: "))
    assert legend.endswith("amounts in USD")
    words = " ".join(line[: table[0].index("who")].strip() for line in table)
    assert "Data engineering (CPU) *" in words
    assert "Data science (GPU, partition)" in words


def test_nothing_is_lost_in_the_closer_table() -> None:
    """Every word of the whole table is there, but for the unit and the longer word for all."""

    def said(lines: list[str]) -> str:
        text = "".join("".join(lines).split()).replace("USD", "").replace("everyone", "all")
        return "".join(sorted(text))

    assert said(_table(several(80))) == said(_table(several(None)))


def test_sizes_stay_indented_in_the_closer_table() -> None:
    """Also in their second line."""
    table = _table(several(80))
    at = next(index for index, line in enumerate(table) if line.startswith("  A small"))

    assert table[at + 1].startswith("  ")
    assert table[at + 1].strip()


def test_a_pipe_gets_whole_lines() -> None:
    """One line for a profile or a size, whatever its length."""
    table = _table(several(None))

    assert len(table) == 6
    assert len(table[0]) > 100
    assert "0.202 USD" in table[1]


def test_a_terminal_too_narrow_for_a_table_gets_blocks() -> None:
    """Below 72 columns nothing is broken over lines."""
    assert draw(71)[0] == "Data science *"
    assert draw(72)[0].startswith("profile ")


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
