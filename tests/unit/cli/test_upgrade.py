"""``jhub upgrade --check`` as people and as CI see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.upgrades import draw_check
from jupyterhub_eks.errors import EXIT_OUTDATED
from jupyterhub_eks.orchestration.record import Record, StackRecord, to_json
from jupyterhub_eks.workspace import Workspace
from tests.unit.upgrades.cases import FOUND, TODAY, at, checked

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.upgrades.model import Found


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty current folder with its own work folder, and no account."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JHUB_WORK_DIR", str(tmp_path / "work"))
    monkeypatch.setenv("PATH", str(tmp_path))  # which Terraform is here decides nothing
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("JHUB_TERRAFORM", raising=False)
    (tmp_path / "jhub.yaml").write_text('name: hub\ncluster: {version: "1.35"}\n')
    return tmp_path


def _deploy(folder: Path, minor: str) -> None:
    """Leave record and state of a cluster that is deployed on the embedded AWS."""
    workspace = Workspace(folder / "work", "local", "hub")
    workspace.state_file("cluster").parent.mkdir(parents=True)
    record = Record(
        deployment="hub",
        target="local",
        sources={"files": ["jhub.yaml"], "profiles": None, "name": None, "flags": {}},
        stacks={"cluster": StackRecord(state="applied", resources=1)},
    )
    workspace.record.write_text(to_json(record))
    cluster = {
        "mode": "managed",
        "type": "aws_eks_cluster",
        "name": "Cluster",
        "instances": [{"attributes": {"version": minor}}],
    }
    state = {"version": 4, "serial": 1, "lineage": "a", "outputs": {}, "resources": [cluster]}
    workspace.state_file("cluster").write_text(json.dumps(state))


def _document(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_without_check_it_says_how_upgrades_are_done(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody has to guess what the command would have done."""
    assert run(["upgrade"]) == 2
    assert "jhub upgrade --check" in capsys.readouterr().err


def test_nothing_deployed_judges_the_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    """And says so; nobody is asked for credentials."""
    assert run(["upgrade", "--check", "--on", "2026-11-20"]) == 0

    out = capsys.readouterr().out
    assert "nothing is deployed, so the configuration alone" in out
    assert "`cluster.version` is 1.35; the default of this release is 1.36" in out


def test_a_configuration_out_of_support_ends_with_its_own_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """For CI: before its end code 0, afterwards 18."""
    assert run(["upgrade", "--check", "--on", "2027-03-27", "--json"]) == 0
    assert _document(capsys)["state"] == "ending"
    assert run(["upgrade", "--check", "--on", "2027-03-28", "--json"]) == EXIT_OUTDATED
    assert _document(capsys)["state"] == "ended"


def test_what_is_deployed_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The state says 1.33, which is out of support, though the file says 1.35."""
    _deploy(folder, "1.33")
    arguments = ["upgrade", "--check", "--local", "--json", "--on", "2026-11-20"]
    assert run(arguments) == EXIT_OUTDATED
    document = _document(capsys)

    assert document["items"][0]["deployed"] == "1.33"
    assert [each["kubernetes"] for each in document["rounds"]] == ["1.34", "1.35", "1.36"]
    assert "the embedded AWS does not run" in document["notes"][0]


def test_the_commands_mean_the_same_deployment(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They can be pasted."""
    _deploy(folder, "1.35")
    run(["upgrade", "--check", "--local", "--json", "--on", "2026-11-20"])
    (only,) = _document(capsys)["rounds"]

    assert only["edit"] == "1.36"
    assert only["commands"][0].endswith("deploy --local")


def test_states_elsewhere_that_were_not_read_are_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a fresh checkout, without credentials, nobody is led to believe that nothing is there."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(folder))
    (folder / "jhub.yaml").write_text("name: hub\nstate: {backend: s3, bucket: hub-states}\n")
    assert run(["upgrade", "--check", "--json", "--on", "2026-11-20"]) == 0
    told = " ".join(_document(capsys)["notes"])

    assert "EKS was not asked: the AWS credentials are missing" in told
    assert "run jhub plan before" in told


def test_a_day_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Only ISO dates are taken."""
    assert run(["upgrade", "--check", "--on", "tomorrow"]) == 2
    assert "--on" in capsys.readouterr().err


def _drawn(found: Found) -> list[str]:
    lines = draw_check(checked(found), "hub", "aws", "jhub.yaml")
    return [line.plain.rstrip() for line in lines]


def test_the_table_has_columns_that_stand() -> None:
    """One line per thing; add-ons of which there is nothing to say in one line."""
    lines = _drawn(FOUND)

    assert lines[0] == f"hub on AWS: nothing is out of support ({TODAY})"
    head = next(line for line in lines if "supported until" in line)
    kubernetes = next(line for line in lines if line.startswith("  Kubernetes"))
    assert head.index("supported until") == kubernetes.index("2027-08-02")
    assert any(line.split() == ["3", "add-ons", "current"] for line in lines)
    assert lines[-1] == "there is nothing to move"


def test_the_order_names_edit_command_and_effect() -> None:
    """And repeats no effect that has been told."""
    lines = _drawn(at("1.34"))
    text = "\n".join(lines)

    assert '  1. set `cluster.version` to "1.35" in jhub.yaml, then jhub deploy' in lines
    assert '  2. set `cluster.version` to "1.36" in jhub.yaml, then jhub deploy' in lines
    assert "     control plane  1.34 -> 1.35" in lines
    assert "     control plane  1.35 -> 1.36" in lines
    assert text.count("running servers go on; starting one may fail") == 1
