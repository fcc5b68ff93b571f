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
    # A single profile is the preselected one, also with a GPU, of which a hub is warned.
    allowed = {"profiles[0].default"} if "--gpu" in arguments else set()
    assert {each["path"] for each in warnings if "profiles" in each["file"]} <= allowed


def test_the_text_ends_with_yaml(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands below the last heading is a profiles.yaml as it is."""
    assert run(["size", "--users", "60", "--region", "us-east-1"]) == 0
    out, err = capsys.readouterr()
    above, text = out.split("To paste into profiles.yaml\n")
    (folder / "profiles.yaml").write_text(text)
    (folder / "jhub.yaml").write_text("region: us-east-1\n")

    assert run(["validate"]) == 0
    assert "assumed: half of them at the same time, 30" in err
    assert max(len(line) for line in above.splitlines() if not line.startswith("  One")) <= 80


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
