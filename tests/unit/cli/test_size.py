"""``jhub size`` as people and as scripts see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty current folder and no cache."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JHUB_WORK_DIR", str(tmp_path / "work"))
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what the command prints with ``--json``."""
    assert run(["size", "--json", "--region", "us-east-1", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--users", "60", "--concurrent", "40", "--memory", "4G"],
        ["--users", "1"],
        ["--users", "30", "--memory", "512Mi", "--cpu", "0.25"],
        ["--users", "8", "--gpu", "1", "--memory", "16G", "--cpu", "2"],
        ["--users", "2", "--gpu", "4", "--memory", "100G", "--cpu", "16"],
    ],
)
def test_what_is_to_be_pasted_is_accepted(
    arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`jhub validate` has nothing against the YAML, and every server can start."""
    found = document(capsys, *arguments)
    (folder / "profiles.yaml").write_text(found["profiles_yaml"])
    (folder / "jhub.yaml").write_text("region: us-east-1\n")

    assert run(["validate", "--json"]) == 0
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    assert not [each for each in warnings if "profiles" in each["file"]]


def test_the_text_ends_with_yaml(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands below the last heading is a profiles.yaml as it is."""
    assert run(["size", "--users", "60", "--region", "us-east-1"]) == 0
    out, err = capsys.readouterr()
    above, text = out.split("below your `pools:` and `profiles:`\n")
    (folder / "profiles.yaml").write_text(text)
    (folder / "jhub.yaml").write_text("region: us-east-1\n")

    assert run(["validate"]) == 0
    assert "assumed: half of them at the same time, 30" in err
    assert max(len(line) for line in above.splitlines() if not line.startswith("  One")) <= 80


@pytest.mark.parametrize(
    ("arguments", "has_range"),
    [(["--users", "60", "--memory", "4G"], True), (["--users", "2", "--gpu", "1"], False)],
)
def test_a_range_without_a_width_is_none(
    arguments: list[str],
    has_range: bool,  # noqa: FBT001
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where each user fills a node, full nodes cost what nodes of their own do."""
    month = document(capsys, *arguments)["month"]
    assert (month["least"] != month["most"]) == has_range

    assert run(["size", "--region", "us-east-1", *arguments]) == 0
    (line,) = (x for x in capsys.readouterr().out.splitlines() if "half full" in x)
    assert line.endswith(")") == has_range
    assert (" to " in line) == has_range


def test_a_single_server_is_named_where_it_is_cheaper(capsys: pytest.CaptureFixture[str]) -> None:
    """A tool that deploys clusters says when none is needed."""
    assert run(["size", "--users", "5", "--region", "us-east-1"]) == 0
    assert "single-server JupyterHub" in capsys.readouterr().out
    assert document(capsys, "--users", "5")["single_server"]["is_cheaper"] is True
    assert document(capsys, "--users", "90")["single_server"]["is_cheaper"] is False


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "--users"),
        (["--users", "-3"], 2, "--users"),
        (["--users", "0"], 2, "--users"),
        (["--users", "5", "--concurrent", "6"], 2, "more than the 5 users"),
        (["--users", "5", "--memory", "9"], 2, "has no unit"),
        (["--users", "5", "--memory", "0G"], 2, "is nothing"),
        (["--users", "5", "--memory", "lots"], 2, "not an amount of memory"),
        (["--users", "5", "--memory", "900T"], 2, "more than any machine has"),
        (["--users", "5", "--memory", "16M"], 2, "too little for JupyterLab"),
        (["--users", "5", "--memory", "30T"], 2, "no machine looked at holds"),
        (["--users", "5", "--cpu", "600"], 2, "600 cores"),
        (["--users", "5", "--cpu", "nan"], 2, "--cpu"),
        (["--users", "5", "--gpu", "16"], 2, "16 GPUs"),
        (["--users", "5", "--region", "nowhere"], 3, "region"),
        (["--users", "5", "--region", "cn-northwest-1"], 4, "no price is known"),
    ],
)
def test_bad_input(
    arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each says what is wrong and what to do, and proposes nothing."""
    assert run(["size", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err


@pytest.mark.parametrize("gpu", ["0", "1"])
def test_its_entries_fit_below_those_of_a_file(
    gpu: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Below `pools:` and `profiles:` of one's own, without a second default."""
    text = document(capsys, "--users", "8", "--gpu", gpu)["profiles_yaml"]
    pools, profiles = text.removeprefix("pools:\n").split("profiles:\n")
    kept = [line for line in profiles.splitlines(keepends=True) if "default:" not in line]
    own = "pools:\n  cpu: {instances: [m7i], max: {cpu: 64}}\n"
    mine = "profiles:\n- {name: Mine, default: true, pool: cpu, cpu: 1, memory: 4G}\n"
    (folder / "profiles.yaml").write_text(f"{own}{pools}{mine}{''.join(kept)}")
    (folder / "jhub.yaml").write_text("region: us-east-1\n")

    assert run(["validate"]) == 0


def test_the_idle_floor_is_that_of_jhub_cost(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same amount for the same folder, with its load balancer, files and backup."""
    (folder / "jhub.yaml").write_text(
        "region: us-east-1\naccess: {domain: hub.example.org, hosted_zone: example.org}\n"
        "storage: {backup_days: 0}\nauth: {type: cognito, admins: [a@example.org]}\n"
    )
    assert run(["cost", "--json"]) == 0
    cost = json.loads(capsys.readouterr().out)
    found = document(capsys, "--users", "9")

    assert found["month"]["idle_floor"] == cost["floor"]["monthly"]
    assert run(["size", "--users", "9"]) == 0
    out = capsys.readouterr().out
    assert "as in jhub cost (jhub.yaml)" in out
    assert "with a load balancer, 50 GiB of files on EFS\n" in out


def test_prices_of_another_region_are_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    """As `jhub cost` says it."""
    assert run(["size", "--users", "9", "--region", "eu-north-1"]) == 0
    assert "prices of us-east-1 stand in for eu-north-1" in capsys.readouterr().out
    assert run(["size", "--users", "9", "--region", "us-east-1"]) == 0
    assert "stand in" not in capsys.readouterr().out


def test_a_shared_gpu_has_its_price(capsys: pytest.CaptureFixture[str]) -> None:
    """Said where servers have one GPU each, and nowhere else."""
    assert run(["size", "--users", "8", "--gpu", "1", "--region", "us-east-1"]) == 0
    assert "`gpu: {sharing: time-slicing, slices: 4}` in the pool" in capsys.readouterr().out
    sharing = document(capsys, "--users", "8", "--gpu", "1")["gpu_sharing"]

    assert sharing["slices"] == 4
    assert sharing["users"] > 1
    assert document(capsys, "--users", "8", "--gpu", "2")["gpu_sharing"] is None
    assert document(capsys, "--users", "8")["gpu_sharing"] is None
