"""``jhub init`` writes two files to start from and never over existing ones."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.sources import FLAGS
from jupyterhub_eks.config.flags import FLAG_OF

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_written_is_valid(folder: Path) -> None:
    """The defaults can be deployed as they are."""
    assert run(["init"]) == 0
    assert (folder / "profiles.yaml").is_file()
    assert run(["validate"]) == 0


def test_existing_files_are_refused_and_kept(folder: Path) -> None:
    """Nobody loses an edited file; ``--force`` is explicit."""
    (folder / "jhub.yaml").write_text("name: mine\n")

    assert run(["init"]) == 10
    assert (folder / "jhub.yaml").read_text() == "name: mine\n"
    assert not (folder / "profiles.yaml").exists()
    assert run(["init", "--force"]) == 0


def test_what_is_overwritten_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With ``--force``, a file that was there is not said to be new."""
    (folder / "jhub.yaml").write_text("name: mine\n")

    assert run(["init", "--force"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "replaced jhub.yaml",
        "wrote profiles.yaml",
    ]


def test_a_dangling_link_is_an_existing_file(folder: Path) -> None:
    """Writing through it would make a file in a place nobody named."""
    (folder / "jhub.yaml").symlink_to("elsewhere.yaml")

    assert run(["init"]) == 10
    assert not (folder / "elsewhere.yaml").exists()


def test_a_linked_file_stays_a_link(folder: Path) -> None:
    """``--force`` replaces what the link leads to."""
    (folder / "real.yaml").write_text("name: mine\n")
    (folder / "jhub.yaml").symlink_to("real.yaml")

    assert run(["init", "--force"]) == 0
    assert (folder / "jhub.yaml").is_symlink()
    assert "name: jupyterhub-on-eks" in (folder / "real.yaml").read_text()


def test_the_files_can_be_read_by_a_team(folder: Path) -> None:
    """They have the permissions of any new file, not those of a temporary one."""
    (folder / "other").touch()
    assert run(["init"]) == 0

    mode = stat.S_IMODE((folder / "jhub.yaml").stat().st_mode)
    assert mode == stat.S_IMODE((folder / "other").stat().st_mode)


def test_a_file_that_cannot_be_written_leaves_no_other(folder: Path) -> None:
    """Both are written beside their places before either is put there."""
    (folder / "conf").mkdir()
    (folder / "conf" / f".profiles.yaml.{os.getpid()}").mkdir()

    assert run(["init", "conf"]) == 13
    assert not (folder / "conf" / "jhub.yaml").exists()


def test_a_folder_that_is_a_file_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before any question, and in words."""
    (folder / "conf").touch()

    assert run(["init", "conf"]) == 13
    assert "it is a file, not a folder" in capsys.readouterr().err


def test_what_is_left_to_fill_in_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A login that needs more facts names each with its place."""
    assert run(["init", "--auth", "cognito"]) == 0

    out = capsys.readouterr().out
    assert "Still open" in out
    assert "access.domain" in out


def test_flags_of_a_provider_mean_the_login_by_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without ``--auth``; what is still owed is listed for programs, too."""
    issuer = "https://login.example.org/realms/main"
    about = ["--provider", "keycloak", "--issuer", issuer, "--client-id", "hub"]
    assert run(["init", *about, "--admin", "ann", "--json"]) == 0

    text = (folder / "jhub.yaml").read_text(encoding="utf-8")
    assert f"  type: oauth\n  provider: keycloak\n  issuer: {issuer}\n  client_id: hub\n" in text
    left = json.loads(capsys.readouterr().out)["open"]
    assert [each["path"] for each in left] == ["auth.allow.users[0]", "access.domain"]
    assert all(each["line"] for each in left)


def test_nothing_is_open_in_the_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    """The list for programs is there, and empty."""
    assert run(["init", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["open"] == []


@pytest.mark.parametrize(
    ("arguments", "flag", "remedy"),
    [
        (["--name", "My_Hub"], "--name", "`--name my-hub`"),
        (["--name", ""], "--name", "`--name hub`"),
        (["--name", "changeme"], "--name", "`--name jupyterhub-on-eks`"),
        (["--region", "us-west-2b"], "--region", "`--region us-west-2`"),
        (["--region", "us-west-1"], "--region", "us-east-1"),
        (["--auth", "cogito"], "--auth", "did you mean `--auth cognito`?"),
        (["--auth", "github"], "--auth", "write `--auth oauth` with `--provider github`"),
        (["--auth", "azure"], "--auth", "write `--auth oauth` with `--provider entra`"),
        (["--provider", "Microsoft"], "--provider", "write `--provider entra`"),
        (["--provider", "github", "--auth", "native"], "--provider", "`--auth oauth`"),
        (
            ["--provider", "okta", "--issuer", "http://example.okta.com"],
            "--issuer",
            "write e.g. `--issuer https://example.okta.com`",
        ),
        (["--client-id", "<client id>"], "--client-id", "client id it issues"),
        (["--auth", "native", "--domain", "https://hub.example.org/"], "--domain", "hub.example"),
        (["--domain", "hub.example.org"], "--domain", "--auth cognito"),
        (["--auth", "cognito", "--admin", "alice"], "--admin", "`alice@example.org`"),
        (["--api-cidr", "203.0.113.7"], "--api-cidr", "`203.0.113.7/32`"),
        (["--api-cidr", "10.0.0.0/8"], "--api-cidr", "`203.0.113.7/32`"),
    ],
)
def test_a_flag_that_validate_would_refuse_is_refused_at_once(
    arguments: list[str], flag: str, remedy: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the flag as place, cause and remedy, exit code 3, and nothing written."""
    assert run(["init", *arguments]) == 3

    err = capsys.readouterr().err
    assert f"\n{flag}  " in err
    assert remedy in err
    assert list(folder.iterdir()) == []


def test_flags_have_one_table() -> None:
    """What the record remembers and what problems name are the same flags and keys."""
    assert {FLAG_OF[key]: key for key in FLAGS.values()} == {
        f"--{flag}": key for flag, key in FLAGS.items()
    }
    assert set(FLAGS) == {"region", "auth", "domain"}
