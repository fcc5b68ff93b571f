"""``jhub data``, against a stand-in of the AWS API on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.costs.prices import prices_in
from jupyterhub_eks.instances.catalog import catalog
from tests.support.aws_answers import AwsStandIn, aws_stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder with a cache of its own, and no AWS configuration."""
    _forget()
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("AWS_", "JHUB_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    yield tmp_path
    _forget()


def _forget() -> None:
    """Let what comes next read machines and prices from its own cache."""
    catalog.cache_clear()
    prices_in.cache_clear()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStandIn]:
    """AWS, on this machine."""
    with aws_stand_in() as stand_in:
        monkeypatch.setenv("AWS_ENDPOINT_URL", stand_in.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
        yield stand_in


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what was printed with ``--json``."""
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("aws")
def test_what_aws_says_is_used_from_then_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Pages of types, zones, and prices of both kinds are files; ``show`` lists them as used."""
    assert run(["data", "refresh", "--region", REGION, "--json"]) == 0
    files = {each["kind"]: each for each in document(capsys)["files"]}
    assert {kind: each["types"] for kind, each in files.items()} == {
        "types": 2,
        "offers": 1,
        "prices": 1,
        "services": 1,
    }

    assert run(["data", "show", "--region", REGION, "--json"]) == 0
    shown = {each["path"]: each for each in document(capsys)["files"]}
    assert all(shown[each["path"]]["is_used"] for each in files.values())
    shipped = [each for each in shown.values() if not each["is_refreshed"]]
    assert [each["is_used"] for each in shipped if each["region"] == REGION] == [False]


def test_only_prices_are_asked_for(aws: AwsStandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """With ``--prices``, those of machines and of services."""
    assert run(["data", "refresh", "--region", REGION, "--prices"]) == 0
    assert set(aws.asked) == {"GetProducts"}
    assert "1 prices" in capsys.readouterr().out


def test_the_region_of_the_configuration_is_the_default(
    aws: AwsStandIn, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And that is said; of a configuration that is not valid nothing is taken."""
    (folder / "jhub.yaml").write_text("region: eu-west-1\n")
    assert run(["data", "refresh", "--prices"]) == 0
    assert "region eu-west-1 (jhub.yaml)" in capsys.readouterr().err

    (folder / "jhub.yaml").write_text("regoin: eu-west-1\n")
    assert run(["data", "show"]) == 0
    assert "region us-west-2 (the default, as jhub.yaml is not valid)" in capsys.readouterr().err
    assert aws.asked


def test_a_missing_permission(aws: AwsStandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 4; it is named, what could be read is kept, and --json has one document."""
    aws.refuses = {"GetProducts"}
    assert run(["data", "refresh", "--region", REGION, "--json"]) == 4
    found = document(capsys)

    assert [each["kind"] for each in found["files"]] == ["types", "offers"]
    assert found["exit_code"] == 4
    assert "allow the identity pricing:GetProducts" in found["error"]["hint"]


def test_several_missing_permissions(aws: AwsStandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """One block names all."""
    aws.refuses = {"GetProducts", "DescribeInstanceTypes"}
    assert run(["data", "refresh", "--region", REGION]) == 4
    err = capsys.readouterr().err

    assert "3 lists could not be read from AWS" in err
    assert "ec2:DescribeInstanceTypes" in err
    assert "pricing:GetProducts" in err


def test_without_credentials_nothing_more_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """It is said once, with what to do."""
    assert run(["data", "refresh", "--region", REGION, "--region", "us-east-1", "--json"]) == 4
    found = document(capsys)

    assert len(found["failures"]) == 1
    assert found["error"]["cause"] == "Unable to locate credentials"
    assert "aws sso login" in found["error"]["hint"]


@pytest.mark.usefixtures("aws")
def test_a_region_where_nothing_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is asked once, not for each list."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert run(["data", "refresh", "--region", REGION, "--json"]) == 4
    found = document(capsys)

    assert len(found["failures"]) == 1
    assert "check the network" in found["error"]["hint"]


def test_what_is_no_region(capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused as in a configuration, before anything is asked."""
    assert run(["data", "refresh", "--region", "eu-wst-1"]) == 3
    assert "did you mean `--region eu-west-1`?" in capsys.readouterr().err


def test_an_interruption_leaves_the_former_file(aws: AwsStandIn, folder: Path) -> None:
    """Ctrl-C between two pages: exit code 130, no half file, and the old one is as it was."""
    old = folder / "cache/instances/types/eu-west-1.txt"
    old.parent.mkdir(parents=True)
    old.write_text("former", encoding="utf-8")
    aws.second_page.clear()
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub_eks", "data", "refresh", "--region", REGION],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert aws.waiting.wait(timeout=60)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert old.read_text(encoding="utf-8") == "former"
    assert [each for each in (folder / "cache").rglob("*") if each.is_file()] == [old]


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """What is used, of when, and what is not known of a region."""
    assert run(["data", "show", "--region", "cn-north-1"]) == 0
    out = capsys.readouterr().out

    assert "prices    cn-north-1   316  2024-11-06  yes" in out
    assert "what cn-north-1 offers is not known" in out
    assert run(["data", "show", "--all"]) == 0
    assert "offers    sa-east-1" in capsys.readouterr().out


def test_a_file_that_cannot_be_used_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to do."""
    damaged = folder / "cache/instances/prices/eu-west-1.txt"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("nothing", encoding="utf-8")

    assert run(["data", "show"]) == 0
    assert (
        "cache/instances/prices/eu-west-1.txt is not used, refresh eu-west-1"
        in capsys.readouterr().out
    )
