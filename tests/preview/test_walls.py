"""What a previewed server sees of this machine, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.preview.hub.enclosed import CANNOT_ENCLOSE, NO_HOME, PLAIN, ROOT, USER
from jupyterhub_eks.preview.hub.enclosing import programs
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.preview.hub.enclosed import Enclosure, Mount

HOME = "/home/jovyan"
SHARED = "/home/shared"
SETTINGS = "/usr/local/etc/jupyter/jupyter_server_config.json"
_SECONDS = 30.0


def why_not(kind: str) -> str:
    """Return why servers cannot be kept apart in a way here; empty if they can."""
    if sys.platform != "linux":
        return "only Linux can"
    if kind == ROOT and os.geteuid():
        return "needs root"
    flags = ["--mount", "--pid", "--fork", *(["--user", "--map-root-user"] if kind == USER else [])]
    tried = subprocess.run(["unshare", *flags, "true"], capture_output=True, text=True, check=False)
    return tried.stderr.strip()


@pytest.fixture(params=[ROOT, USER])
def kind(request: pytest.FixtureRequest) -> str:
    """Give each way in which this machine can keep servers apart."""
    found: str = request.param
    if why := why_not(found):
        pytest.skip(f"{found}: {why}")
    return found


class House:
    """Folders of homes, and the servers that run in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("homes/alice", "homes/bob", "shared", "root", "files"):
            (folder / name).mkdir(parents=True)
        (folder / "files" / "settings.json").write_text('{"a": 1}')

    def mounts(self, name: str, *, shared_read_only: bool = False) -> list[Mount]:
        """Return the volumes of a user's pod."""
        return [
            {"source": self._at("homes", name), "target": HOME, "read_only": False},
            {"source": self._at("shared"), "target": SHARED, "read_only": shared_read_only},
            {"source": self._at("files", "settings.json"), "target": SETTINGS, "read_only": True},
        ]

    def enclosure(self, kind: str, code: str, **changed: Any) -> Enclosure:
        """Return a server of alice that runs a program."""
        for each in ("homes/alice", "homes/bob", "shared"):
            if kind == ROOT and os.geteuid() == 0:
                os.chown(self.folder / each, 1000, 100)
        made: dict[str, Any] = {
            "argv": [sys.executable, "-c", code],
            "environment": {"PATH": "/usr/bin:/bin", "HOME": HOME},
            "folder": self._at("homes", "alice") if kind == PLAIN else HOME,
            "kind": kind,
            "mounts": self.mounts("alice"),
            "programs": programs(),
            "empty": ["/dev/shm"],  # noqa: S108 - the path of a pod
            "user": 1000,
            "group": 100,
            "place": self._at("root"),
            "patience": 1.0,
        }
        return {**made, **changed}  # type: ignore[typeddict-item]

    def _at(self, *names: str) -> str:
        return str(self.folder.joinpath(*names).resolve())


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def launcher(enclosure: Enclosure, **how: Any) -> subprocess.Popen[str]:
    """Start a server as the hub does."""
    started = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub_eks.preview.hub.enclosed"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(data_root())},
        **how,
    )
    assert started.stdin is not None
    started.stdin.write(json.dumps(enclosure))
    started.stdin.close()
    return started


def run(enclosure: Enclosure) -> tuple[int, str]:
    """Run a server to its end; return how it has ended, and what it has said."""
    with launcher(enclosure) as started:
        assert started.stdout is not None
        said = started.stdout.read()
    return started.returncode, said


@contextmanager
def running(enclosure: Enclosure, marker: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a launcher whose server has said that it runs."""
    started = launcher(enclosure)
    try:
        assert started.stdout is not None
        assert started.stdout.readline().strip() == marker
        yield started
    finally:
        with suppress(ProcessLookupError):
            started.kill()
        started.wait()
        assert started.stdout is not None
        started.stdout.close()


def left(marker: str) -> list[int]:
    """Return the processes of this machine that have a text among their arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if marker in path.read_bytes().decode(errors="replace"):
                found.append(int(path.parent.name))
    return found


def await_both(marker: str) -> None:
    """Wait until a server and what it has started have their arguments, a moment after both run."""
    until = time.monotonic() + _SECONDS
    while len(left(marker)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert len(left(marker)) >= 2


def await_none_left(marker: str) -> None:
    """Wait until no process with a text among its arguments is left."""
    until = time.monotonic() + _SECONDS
    while (found := left(marker)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not found


def test_a_server_sees_its_home_the_shared_folder_and_no_other_home(
    house: House, kind: str
) -> None:
    """What it writes is in its folder; other folders of this machine are not there at all."""
    (house.folder / "homes" / "bob" / "secret").write_text("of bob")
    code = (
        "import os; print(os.getcwd(), os.getuid(), os.getgid());"
        "open('mine', 'w').write('of alice');"
        f"open('{SHARED}/note', 'w').write('for all');"
        f"print(sorted(os.listdir('/home')), os.path.exists({str(house.folder)!r}));"
        f"print(open('{SETTINGS}').read())"
    )

    ended, said = run(house.enclosure(kind, code))

    assert (ended, said.splitlines()) == (
        0,
        [f"{HOME} 1000 100", "['jovyan', 'shared'] False", '{"a": 1}'],
    )
    assert (house.folder / "homes" / "alice" / "mine").read_text() == "of alice"
    assert (house.folder / "shared" / "note").read_text() == "for all"


@pytest.mark.parametrize(
    "path", [f"{SHARED}/x", "/usr/x", "/etc/x", "/x", SETTINGS, "/bin/x", f"{sys.prefix}/x"]
)
def test_what_is_read_only_cannot_be_written(house: House, kind: str, path: str) -> None:
    """Neither the shared folder of a reader, nor programs, nor settings."""
    mounts = house.mounts("alice", shared_read_only=True)
    code = f"open({path!r}, 'a')"

    ended, said = run(house.enclosure(kind, code, mounts=mounts))

    assert ended == 1
    assert "Read-only file system" in said or "Permission denied" in said


def test_a_server_sees_no_process_of_others_and_has_no_rights(house: House, kind: str) -> None:
    """It is the first process of its own, without any capability, and gains none."""
    code = (
        "import os; print(sorted(each for each in os.listdir('/proc') if each.isdigit()));"
        "lines = open('/proc/self/status').read().splitlines();"
        "print([each.split()[1] for each in lines if each.startswith(('CapEff', 'NoNewPrivs'))])"
    )

    assert run(house.enclosure(kind, code)) == (0, "['1']\n['0000000000000000', '1']\n")


def test_a_server_has_terminals_and_an_empty_folder_for_temporary_files(
    house: House, kind: str
) -> None:
    """As in a container: nothing of this machine's own /tmp, and a pseudo-terminal."""
    code = (
        "import os, pty; a, b = pty.openpty(); print(os.ttyname(b).startswith('/dev/pts'));"
        "open('/dev/shm/x', 'w'); open('/tmp/x', 'w');"
        "print(os.path.exists('/tmp/of-this-machine'))"
    )

    assert run(house.enclosure(kind, code)) == (0, "True\nFalse\n")


def test_a_volume_may_lie_in_the_home(house: House, kind: str) -> None:
    """As with a shared folder at /home/jovyan/shared, which is then a folder of the home."""
    mounts = house.mounts("alice")
    mounts[1]["target"] = f"{HOME}/shared"

    ended, said = run(house.enclosure(kind, "open('shared/note', 'w').write('x')", mounts=mounts))

    assert (ended, said) == (0, "")
    assert (house.folder / "shared" / "note").read_text() == "x"


def test_a_link_in_the_home_leads_no_volume_elsewhere(house: House, kind: str) -> None:
    """A user who has put a link where a volume belongs is told so; nothing is mounted there."""
    mounts = house.mounts("alice")
    mounts[1]["target"] = f"{HOME}/shared"
    (house.folder / "homes" / "alice" / "shared").symlink_to("/etc")

    ended, said = run(house.enclosure(kind, "", mounts=mounts))

    assert ended == CANNOT_ENCLOSE
    assert "is a link" in said


def test_a_home_that_cannot_be_written_is_one_message(house: House) -> None:
    """The server does not start; the last line says why."""
    if why := why_not(ROOT):
        pytest.skip(why)
    mounts = house.mounts("alice")
    mounts[0]["read_only"] = True

    ended, said = run(house.enclosure(ROOT, "print('started')", mounts=mounts))

    assert (ended, said) == (NO_HOME, "The home folder cannot be written: Read-only file system.\n")


def test_a_full_disk_is_one_message(house: House) -> None:
    """A file could be made there, but holds nothing."""
    if why := why_not(ROOT):
        pytest.skip(why)
    home = house.folder / "homes" / "alice"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(home)], check=True)
    try:
        ended, said = run(house.enclosure(ROOT, "print('started')"))
    finally:
        subprocess.run(["umount", str(home)], check=True)

    told = "The home folder cannot be written: No space left on device.\n"
    assert (ended, said) == (NO_HOME, told)


# How a server takes the request to end, by how it then has ended.
HEEDS = "lambda *_: sys.exit(0)"
IGNORES = "signal.SIG_IGN"
STAYS = (
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, {how});"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)  # {mark}'],"
    " start_new_session=True); print('{mark}', flush=True); time.sleep(600)"
)


@pytest.mark.parametrize(("how", "ends"), [(HEEDS, 0), (IGNORES, 128 + signal.SIGKILL)])
@pytest.mark.parametrize("each", [ROOT, USER, PLAIN])
def test_nothing_is_left_of_a_server_that_is_asked_to_end(
    house: House, each: str, how: str, ends: int
) -> None:
    """Not even what it has started in a session of its own, and if it does not listen."""
    if why := why_not(each) if each != PLAIN else "":
        pytest.skip(why)
    mark = f"asked-{each}-{ends}-{os.getpid()}"

    with running(house.enclosure(each, STAYS.format(mark=mark, how=how)), mark) as started:
        await_both(mark)
        started.terminate()
        assert started.wait(_SECONDS) == ends
        await_none_left(mark)


@pytest.mark.parametrize("each", [ROOT, USER])
def test_nothing_is_left_if_the_launcher_is_killed(house: House, each: str) -> None:
    """The system ends the server, and with it all that it has started."""
    if why := why_not(each):
        pytest.skip(why)
    mark = f"killed-{each}-{os.getpid()}"

    with running(house.enclosure(each, STAYS.format(mark=mark, how=IGNORES)), mark) as started:
        await_both(mark)
        started.kill()
        await_none_left(mark)


@pytest.mark.parametrize("each", [ROOT, USER, PLAIN])
def test_nothing_is_left_if_the_hub_is_killed(house: House, each: str, tmp_path: Path) -> None:
    """The launcher sees that its parent is gone."""
    if why := why_not(each) if each != PLAIN else "":
        pytest.skip(why)
    mark = f"orphan-{each}-{os.getpid()}"
    told = tmp_path / "enclosure.json"
    told.write_text(json.dumps(house.enclosure(each, STAYS.format(mark=mark, how=HEEDS))))
    # In place of the hub: a shell that starts the launcher and waits.
    script = f'"{sys.executable}" -m jupyterhub_eks.preview.hub.enclosed < "{told}"; true'
    with subprocess.Popen(
        ["/bin/sh", "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(data_root())},
    ) as hub:
        assert hub.stdout is not None
        assert hub.stdout.readline().strip() == mark
        hub.kill()
        await_none_left(mark)
