"""Everybody has one home, and nobody sees another's: names, folders, mounts, permissions."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from jupyterhub.utils import maybe_future
from kubernetes_asyncio.client import ApiClient
from kubespawner.slugs import escape_slug
from traitlets.config import Config

from tests.support.hub import values
from tests.support.hub_configuration import configuration
from tests.support.mounted import FileSystem, cannot_mount
from tests.support.running_hub import spawner

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME = "/home/jovyan"
# Claims of the two access points, with the permissions that stack `storage` gives them.
ACCESS_POINTS = {"home": 0o755, "shared": 0o775}
# What KubeSpawner 6, of z2jh 3, made of `{username}`.
BEFORE = {
    "alice": "alice",
    "bob@example.org": "bob-40example-2eorg",
    "dan.van-dyk": "dan-2evan-2ddyk",
    "josé": "jos-c3-a9",
}
# Folders of deployments that are there: whatever is upgraded, nobody's home is another one.
FOLDERS = {
    "alice": "alice",
    "bob@example.org": "bob-example-org---686b5e4c",
    "dan.van-dyk": "dan-van-dyk---84b24c99",
    "josé": "jos---d994e1d0",
    "σοφία": "x---f5fee6c7",
    "a_b": "a-b---648fa9b3",
    "123": "x-123---a665a459",
    f"{'x' * 64}@example.org": f"{'x' * 37}---7fe0555a",
}
NAMES = st.text(min_size=1, max_size=60).map(str.lower).filter(lambda name: name.strip() == name)


def pod(
    name: str, storage: Mapping[str, Any] | None = None, *, admin: bool = False
) -> dict[str, Any]:
    """Return the specification of a user's server, after the hub's own hook has seen it."""

    async def make() -> dict[str, Any]:
        made = spawner(configuration(values(storage=storage or {})), name, admin=admin)
        await maybe_future(made.run_pre_spawn_hook())
        manifest = await made.get_pod_manifest()
        async with ApiClient() as client:
            document: dict[str, Any] = client.sanitize_for_serialization(manifest)
        return document["spec"]  # type: ignore[no-any-return]

    return asyncio.run(make())


def folder(name: str, **settings: Any) -> str:
    """Return the folder of a user's home within the access point."""
    mounts = pod(name, **settings)["containers"][0]["volumeMounts"]
    return next(str(each["subPath"]) for each in mounts if each["mountPath"] == HOME)


class Folders:
    """Folders of many names, as the real KubeSpawner expands the rendered template."""

    def __init__(self, scheme: str = "", template: str = "") -> None:
        rendered = configuration(values())
        if scheme:
            rendered.KubeSpawner.slug_scheme = scheme
        mounts = rendered.KubeSpawner.volume_mounts.values()
        self._template = template or next(
            each["subPath"] for each in mounts if each["mountPath"] == HOME
        )

        async def make() -> Any:
            return spawner(Config(rendered))

        self._spawner = asyncio.run(make())

    def of(self, name: str) -> str:
        """Return the folder of a name."""
        self._spawner.user.name = name
        return str(self._spawner._expand_user_properties(self._template))


@pytest.fixture(scope="module")
def folders() -> Folders:
    """Return the folders of a deployment."""
    return Folders()


@pytest.fixture(scope="module")
def old_folders() -> Folders:
    """Return the folders under the scheme of chart 3."""
    return Folders("escape")


@given(one=NAMES, other=NAMES)
@example(one="a.b", other="a-b")
@example(one="a.b", other="a_b")
@example(one="alice", other="alice---2bd806c9")
@example(one="alice@example.org", other="alice-example-org")
@example(one="x" * 60, other="x" * 59)
@example(one="..", other=".")
@example(one="é", other="é")  # composed or not
def test_no_two_users_share_a_home(folders: Folders, one: str, other: str) -> None:
    """Whatever their names are, two users have two folders."""
    assume(one != other)
    assert folders.of(one) != folders.of(other)


@given(name=NAMES)
@example(name="..")
@example(name="../bob")
@example(name="a/../../etc")
@example(name="-")
@example(name="{userid}")
def test_home_is_one_folder_of_the_access_point(folders: Folders, name: str) -> None:
    """A home is directly in the access point: never above it, nor inside another home."""
    made = folders.of(name)
    assert Path(made).parts == (made,)
    assert made not in {"", ".", ".."}
    assert made == made.lower()
    assert len(made) <= 63


@given(name=NAMES)
def test_home_stays_when_a_chart_names_otherwise(
    folders: Folders, old_folders: Folders, name: str
) -> None:
    """The scheme, which chart 4 changed, is not what a home's folder comes from."""
    assert old_folders.of(name) == folders.of(name)


@pytest.mark.parametrize(("name", "there"), FOLDERS.items())
def test_home_stays_in_an_upgrade(folders: Folders, name: str, there: str) -> None:
    """The folder of a name is the one that it has had from the first version on."""
    assert folders.of(name) == there


@pytest.mark.parametrize(("name", "before"), BEFORE.items())
def test_homes_of_z2jh_3_are_found(name: str, before: str) -> None:
    """With `{escaped_username}` a hub that was made with chart 3 keeps the folders it has."""
    kept = Folders("safe", "{escaped_username}")
    assert kept.of(name) == before == escape_slug(name)
    static = {"singleuser": {"storage": {"static": {"subPath": "{escaped_username}"}}}}
    mounts = configuration(values(hub_values=static)).KubeSpawner.volume_mounts
    assert mounts["home"]["subPath"] == "{escaped_username}"


def test_named_server_has_the_same_home(folders: Folders) -> None:
    """A second server of a user sees the files of the first."""
    first = folders.of("alice")
    folders._spawner.orm_spawner.name = "second"
    try:
        assert folders.of("alice") == first
    finally:
        folders._spawner.orm_spawner.name = ""


# --- on a file system -----------------------------------------------------------------

REASON = cannot_mount()
on_a_file_system = pytest.mark.skipif(bool(REASON), reason=REASON)


@pytest.fixture
def files(tmp_path: Path) -> FileSystem:
    """Return a file system with the two access points."""
    root = tmp_path / "efs"
    root.mkdir()
    made = FileSystem(root, ACCESS_POINTS)
    made.make()
    return made


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return an empty folder."""
    made = tmp_path / "container"
    made.mkdir()
    return made


@on_a_file_system
def test_home_is_ones_own(files: FileSystem, place: Path) -> None:
    """What one user writes is there for them the next time, and for nobody else."""
    alice, bob = pod("alice"), pod("bob@example.org")
    assert files.run(alice, f"echo secret > {HOME}/notes", place) == ""
    assert files.run(alice, f"cat {HOME}/notes", place) == "secret\n"
    assert files.run(bob, f"ls -A {HOME}", place) == ""
    everything = "find / -xdev -name notes; find /home -name notes"
    assert files.run(bob, everything, place) == ""
    assert files.run(alice, everything, place) == f"{HOME}/notes\n"


@on_a_file_system
@pytest.mark.parametrize("way", ["../{0}", "../../home/{0}", "/home/{0}", "/efs/home/{0}"])
def test_no_way_leads_to_another_home(files: FileSystem, place: Path, way: str) -> None:
    """Neither a path nor a link that a user makes leads out of what is mounted."""
    alice, bob = pod("alice"), pod("bob")
    files.run(bob, f"echo secret > {HOME}/notes", place)
    link = way.format(folder("bob"))
    script = f"cd {HOME}; ln -s {link} out; cat out/notes; cat {link}/notes; ls out/"
    assert "secret" not in files.run(alice, script, place)
    # The link means the same for whoever follows it in their own server.
    assert "secret" not in files.run(alice, f"cat {HOME}/out/notes", place)


@on_a_file_system
def test_file_belongs_to_the_user_of_the_access_point(files: FileSystem, place: Path) -> None:
    """Files are those of the user that the access point and the images have."""
    spec = pod("alice")
    assert spec["securityContext"] == {"fsGroup": 100}
    assert spec["containers"][0]["securityContext"]["runAsUser"] == 1000
    assert files.run(spec, f"touch {HOME}/a; stat -c %u:%g {HOME} {HOME}/a", place) == (
        "1000:100\n1000:100\n"
    )


@on_a_file_system
def test_another_user_id_writes_nowhere(files: FileSystem, place: Path) -> None:
    """A process that is neither the user nor of the group changes no home."""
    spec = pod("alice")
    files.run(spec, f"echo mine > {HOME}/notes", place)
    said = files.run(spec, f"echo theirs > {HOME}/notes; touch {HOME}/b; id -u", place, user=2000)
    assert said.count("Permission denied") == 2
    assert files.run(spec, f"ls {HOME}; cat {HOME}/notes", place) == "notes\nmine\n"


@on_a_file_system
@pytest.mark.parametrize(
    ("write", "admin", "writes"),
    [
        ("everyone", False, True),
        ("admins", False, False),
        ("admins", True, True),
        ("nobody", False, False),
        ("nobody", True, False),
    ],
)
def test_shared_folder(
    files: FileSystem, place: Path, write: str, *, admin: bool, writes: bool
) -> None:
    """Everybody reads the shared folder; who writes to it is what `storage.shared.write` says."""
    storage = {"shared": {"write": write}}
    (files.root / "shared" / "read.me").write_text("for all\n", encoding="utf-8")
    spec = pod("alice", storage, admin=admin)
    said = files.run(spec, "cat /home/shared/read.me; touch /home/shared/new", place)
    assert said.startswith("for all\n")
    assert ("Read-only" in said) is not writes
    assert (files.root / "shared" / "new").exists() is writes


def test_mounts_are_written_out() -> None:
    """Nothing but the two claims is mounted from the file system, each once."""
    spec = pod("alice")
    claims = [
        volume["persistentVolumeClaim"]["claimName"]
        for volume in spec["volumes"]
        if "persistentVolumeClaim" in volume
    ]
    assert sorted(claims) == sorted(ACCESS_POINTS), json.dumps(spec["volumes"])
    assert not [volume for volume in spec["volumes"] if "hostPath" in volume]
