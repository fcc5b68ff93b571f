"""``jhub profiles check``: what a newcomer reads about profiles that others wrote."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run
from tests.support.foreign import (
    BLUEPRINT,
    LOGINS,
    ORIGINAL_POOLS,
    ORIGINAL_PROFILES,
    SUCCESSOR,
    blueprint_values,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JHUB_WORK_DIR", raising=False)
    return tmp_path


def document(capsys: pytest.CaptureFixture[str], files: Sequence[str], code: int) -> Any:
    """Check files with ``--json`` and return the document."""
    assert run(["profiles", "check", *files, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def by_name(found: Any) -> dict[str, Any]:
    """Return profiles of a document by name."""
    return {each["name"]: each for each in found["profiles"]}


def said(profile: Any, severity: str = "error") -> list[str]:
    """Return what is said of a profile."""
    return [each["message"] for each in profile["problems"] if each["severity"] == severity]


@pytest.mark.parametrize("login", LOGINS)
def test_the_blueprint(login: str, capsys: pytest.CaptureFixture[str]) -> None:
    """MIG can never start for three reasons; the whole P4d is 8 of 32 slices; the rest starts."""
    found = document(capsys, [blueprint_values(login), *BLUEPRINT], 3)
    profiles = by_name(found)

    mig = profiles["Data science (GPU, MIG)"]
    assert mig["outcome"] == "never"
    label, partition, limit = said(mig)
    assert "no node pool has the label `provisioner: cluster-autoscaler`" in label
    assert "no pool has the label `nvidia.com/device-plugin.config: nvidia-a100g`" in partition
    assert "no NodeOverlay (Karpenter's object that tells it of resources" in partition
    assert "is only guaranteed; without a limit Kubernetes refuses the server" in limit
    assert all(each["hint"] for each in mig["problems"])

    whole = profiles["Data science (whole P4d)"]
    assert whole["outcome"] == "differs"
    (slices,) = said(whole)
    assert "8 of the 32 of p4d.24xlarge may be 2 GPUs, shared with others" in slices
    (limits,) = said(whole, "warning")
    assert "may use 2 of its 96 cores and 10 of its 1152 GiB" in limits

    assert found["counts"]["starts"] == len(profiles) - 2
    assert found["exit_code"] == 3


def test_the_successor(capsys: pytest.CaptureFixture[str]) -> None:
    """A label that no pool has, and a pool that the device plugin stays away from."""
    profiles = by_name(document(capsys, SUCCESSOR, 3))

    (label,) = said(profiles["Data science (GPU, time-slicing)"])
    assert "no node pool has the label `NodePool: gpu-ts`; known: cpu, g5, g6" in label
    (plugin,) = said(profiles["Data science (L4)"])
    assert "nodes of the pool `g6` never offer a GPU" in plugin
    assert {name: each["outcome"] for name, each in profiles.items()} == {
        "Data engineering (CPU)": "starts",
        "Data science (GPU, time-slicing)": "never",
        "Data science (L4)": "never",
        "Data science (A10G)": "starts",
    }


def test_a_block_for_each_and_the_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Name and place, the verdict, the reasons, what to change; at the end how many."""
    assert run(["profiles", "check", *SUCCESSOR]) == 3
    lines = capsys.readouterr().out.splitlines()

    first = lines.index(next(each for each in lines if "(GPU, time-slicing)" in each))
    assert lines[first].endswith("successor/values.yaml:17")
    assert lines[first + 1] == "   can never start"
    assert "  no node pool has the label `NodePool: gpu-ts`" in lines[first + 2]
    assert lines[first + 3].startswith("      do: select what a pool has (`NodePool: cpu`")
    assert "   starts on g5.xlarge or g5.2xlarge (pool `g5`, 1 on a node)" in lines
    assert "4 profiles: 2 start; 2 never start" in lines


def test_choices_that_come_to_the_same_share_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each verdict is said once, with its choices."""
    (folder / "pools.yaml").write_text(ORIGINAL_POOLS)
    choices = ", ".join(
        f"c{size}: {{display_name: C{size}, kubespawner_override: {{mem_guarantee: {size}G}}}}"
        for size in (3, 500, 600)
    )
    (folder / "list.yaml").write_text(
        f"- display_name: P\n  profile_options: {{size: {{choices: {{{choices}}}}}}}\n"
    )
    assert run(["profiles", "check", "list.yaml", "pools.yaml"]) == 3
    out = capsys.readouterr().out

    assert "   C3:  starts on m5.xlarge or m5.2xlarge" in out
    assert "   C500; C600:  can never start" in out
    assert "1 profile: 1 has choices that never start" in out


def test_without_pools_it_is_said_what_could_be_judged(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is claimed, and how to know more is named; that is no failure."""
    (folder / "list.yaml").write_text("- display_name: P\n")
    assert run(["profiles", "check", "list.yaml"]) == 0
    out = capsys.readouterr().out

    assert "could not be judged: it names no machine, and no node pools are given" in out
    assert "give Karpenter's NodePools beside the list" in out
    assert "1 profile: 1 could not be judged" in out


def test_parts_that_are_code_are_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Python of the hub that works on the list is named with its line."""
    (folder / "v.yaml").write_text(
        "hub: {extraConfig: {a: 'c.KubeSpawner.profile_list = f'}}\n" + ORIGINAL_PROFILES
    )
    found = document(capsys, ["v.yaml"], 3)

    assert "Python code of the hub works on `profile_list`" in found["problems"][0]["message"]


def test_a_region_narrows_the_machines(capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no P4d, the profile never starts; a misspelt region is refused."""
    files = [blueprint_values("dummy"), *BLUEPRINT]
    assert run(["profiles", "check", *files, "--region", "eu-west-3", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    (reason,) = by_name(found)["Data science (whole P4d)"]["servers"][0]["reasons"]
    assert "no machine that eu-west-3 offers" in reason

    assert run(["profiles", "check", *files, "--region", "eu-wst-3"]) == 3
    assert "did you mean `--region eu-west-3`?" in capsys.readouterr().err


BOMB = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (each, each, b", ".join([b"*%c" % (each - 1)] * 10)) for each in b"bcdefghi"
)
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no profile list (empty, or comments only)"),
    "binary": (b"\x7fELF\x00\x01", "byte 0x00: the file is binary or damaged"),
    "latin-1": ("display_name: Zürich".encode("latin-1"), "is not UTF-8 text"),
    "utf-16": ("profileList: []".encode("utf-16"), "the file is UTF-16"),
    "tabs": (b"singleuser:\n\tprofileList: []\n", "tab"),
    "template": (b"singleuser:\n{{ if .x }}\n  profileList: []\n{{ end }}\n", "a template"),
    "without a list": (b"hub: {config: {}}", "no profile list (there is `hub`)"),
    "other objects": (
        b"kind: NodePool\nmetadata: {name: a}",
        "no profile list (there is NodePool)",
    ),
    "our profiles.yaml": (
        b"pools: {p: {instances: [m7i]}}\nprofiles: [{name: A, pool: p}]",
        "this is a profiles.yaml of jhub",
    ),
    "our jhub.yaml": (b"name: lab\nregion: us-west-2\n", "this is a jhub.yaml"),
    "a bomb of aliases": (BOMB, "use fewer aliases"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_files_that_cannot_be_judged(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3, with the file and what to do."""
    content, message = BAD_FILES[name]
    (folder / "file.yaml").write_bytes(content)
    assert run(["profiles", "check", "file.yaml"]) == 3
    err = capsys.readouterr().err

    assert "error: 1 problem in the files" in err
    assert "file.yaml" in err
    assert message in err
    assert "do: " in err


def test_our_own_file_is_sent_to_validate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the command to type."""
    (folder / "profiles.yaml").write_bytes(BAD_FILES["our profiles.yaml"][0])
    run(["profiles", "check", "profiles.yaml"])
    assert "validate --profiles profiles.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere.yaml", "there is no such file"),
        (".", "this is a directory, not a file"),
        ("/dev/zero", "this is a device, not a file"),
    ],
)
def test_paths_that_are_no_files(
    path: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are named, in words that fit this command."""
    assert run(["profiles", "check", path]) == 3
    err = capsys.readouterr().err

    assert message in err
    assert "jhub init" not in err
    assert "-f" not in err


def test_a_file_that_is_named_twice_is_read_once(capsys: pytest.CaptureFixture[str]) -> None:
    """It is no second list."""
    assert (
        run(["profiles", "check", blueprint_values("dummy"), blueprint_values("dummy"), *BLUEPRINT])
        == 3
    )
    assert "7 profiles" in capsys.readouterr().out


def test_several_lists(capsys: pytest.CaptureFixture[str]) -> None:
    """Each is held against the pools beside them, and counted by itself."""
    lists = [blueprint_values(login) for login in LOGINS]
    assert run(["profiles", "check", *lists, *BLUEPRINT]) == 3
    out = capsys.readouterr().out
    assert out.count("GPU, MIG") == len(LOGINS) * 2
    assert [each in out for each in ("7 profiles", "5 profiles", "6 profiles")] == [True] * 3
    assert out.count("held against 5 node pools") == 1
    one = f"profiles import {shlex.join([lists[0], *BLUEPRINT])}`"
    assert out.splitlines()[-1].startswith("one list at a time can be written as profiles.yaml")
    assert out.splitlines()[-1].endswith(one)

    found = document(capsys, [*lists, *BLUEPRINT], 3)
    assert len(found["profiles"]) == 7 + 5 + 6 == sum(found["counts"].values())
    assert {each["file"] for each in found["profiles"]} == set(lists)


def test_several_lists_are_not_imported(capsys: pytest.CaptureFixture[str]) -> None:
    """Which one is meant is not guessed; the command that takes one takes it."""
    lists = [blueprint_values("dummy"), blueprint_values("oauth")]
    assert run(["profiles", "import", *lists, *BLUEPRINT, "--out", "-"]) == 3
    err = capsys.readouterr().err
    assert "a second profile list; the first stands in" in err
    (command,) = re.findall("take one of them, e.g. `([^`]+)`", err)
    _, *words = shlex.split(command)
    assert words == ["profiles", "import", lists[0], *BLUEPRINT]
    assert run([*words, "--out", "-"]) == 0


def test_lists_in_one_file_are_to_be_parted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No command could take one of them; of lists in several files one without another does."""
    (folder / "two.yaml").write_text("- display_name: P\n---\n- display_name: Q\n")
    (folder / "my list.yaml").write_text("- display_name: R\n")
    assert run(["profiles", "import", "two.yaml", "--out", "-"]) == 3
    assert "put one into a file of its own" in capsys.readouterr().err
    assert run(["profiles", "check", "two.yaml"]) == 0
    assert "put it into a file of its own first" in capsys.readouterr().out
    assert run(["profiles", "check", "two.yaml", "my list.yaml"]) == 0
    assert capsys.readouterr().out.endswith("profiles import 'my list.yaml'`\n")


def test_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A usage error."""
    assert run(["profiles", "check"]) == 2
    assert "FILE" in capsys.readouterr().err


def test_options_before_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """They would be lost, so they are refused."""
    assert run(["profiles", "--region", "us-east-1", "check", "x"]) == 2
    assert "write them behind it: jhub profiles check" in capsys.readouterr().err


def test_the_table_stays_the_group_s_own_work(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command it is what it was."""
    assert run(["profiles"]) == 0
    assert "Data science (CPU) *" in capsys.readouterr().out


def test_what_kubectl_prints(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Objects of a list count as if each were a document; below Helm's headline are values."""
    pools = ORIGINAL_POOLS.strip().split("---")
    items = "".join("- " + text.strip().replace("\n", "\n  ") + "\n" for text in pools)
    (folder / "pools.yaml").write_text(f"apiVersion: v1\nkind: List\nitems:\n{items}")
    (folder / "values.yaml").write_text(f"USER-SUPPLIED VALUES:{ORIGINAL_PROFILES}")
    found = document(capsys, ["values.yaml", "pools.yaml"], 3)

    assert found["pools"] == ["default", "gpu", "gpu-mig", "trainium"]
    assert found["counts"]["starts"] == 4
