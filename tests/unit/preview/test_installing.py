"""What a preview needs is installed once, whole or not at all, and says what is in the way."""

from __future__ import annotations

import os
import stat
import threading
import time
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.local.processes import started_at
from jupyterhub_eks.preview import environment, proxy_program
from jupyterhub_eks.preview.environment import (
    ensure_environment,
    environment_folder,
    hub_versions,
    packages_of_all,
)
from jupyterhub_eks.preview.installing import (
    STAMP,
    InstallAwaited,
    Installed,
    follow,
    installing,
    is_whole,
)
from jupyterhub_eks.preview.proxy_program import ensure_proxy

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.preview.installing import InstallEvent


def program(folder: Path, name: str, text: str) -> Path:
    """Write a program for the shell."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_what_is_whole_is_left_alone(tmp_path: Path) -> None:
    """A second command has nothing to do."""
    folder = tmp_path / "thing"
    events: list[InstallEvent] = []
    with installing(folder, "program", "a thing", events.append) as is_missing:
        assert is_missing
        folder.mkdir()
        (folder / STAMP).touch()
        (folder / "program").touch()

    with installing(folder, "program", "a thing", events.append) as is_missing:
        assert not is_missing
    assert is_whole(folder, "program")
    assert events == []


def test_what_was_lost_since_is_installed_again(tmp_path: Path) -> None:
    """Such as an environment whose Python was removed from the machine."""
    folder = tmp_path / "thing"
    folder.mkdir()
    (folder / STAMP).touch()
    (folder / "program").symlink_to(tmp_path / "removed")

    with installing(folder, "program", "a thing", lambda _event: None) as is_missing:
        assert is_missing


def test_another_command_is_waited_for(tmp_path: Path) -> None:
    """It says so, and then finds the work done."""
    folder = tmp_path / "thing"
    events: list[InstallEvent] = []
    found: list[bool] = []

    def second() -> None:
        with installing(folder, "program", "a thing", events.append) as is_missing:
            found.append(is_missing)

    with installing(folder, "program", "a thing", events.append):
        thread = threading.Thread(target=second)
        thread.start()
        while not events:
            time.sleep(0.01)
        folder.mkdir()
        (folder / STAMP).touch()
        (folder / "program").touch()
    thread.join()

    assert events == [InstallAwaited("a thing")]
    assert found == [False]


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """With the variable that names another one."""
    (tmp_path / "cache").write_text("in the way")

    with (
        pytest.raises(ToolError, match="cannot install") as raised,
        installing(tmp_path / "cache" / "thing", "program", "a thing", lambda _event: None),
    ):
        pass
    assert "JHUB_CACHE_DIR" in raised.value.hint


def test_a_cache_that_may_not_be_looked_into_is_said(tmp_path: Path) -> None:
    """A name that is too long is refused to everybody, even root."""
    with (
        pytest.raises(ToolError, match="cannot install into") as raised,
        installing(tmp_path / ("x" * 300) / "thing", "p", "a thing", lambda _event: None),
    ):
        pass
    assert "JHUB_CACHE_DIR" in raised.value.hint


def test_lines_are_handed_on_and_the_last_ones_kept(tmp_path: Path) -> None:
    """Both streams, in their order."""
    lines: list[str] = []
    script = program(tmp_path / "bin", "many", "for n in $(seq 20); do echo $n; done; exit 3")

    code, said = follow([str(script)], cwd=tmp_path, env=os.environ, on_line=lines.append)

    assert (code, len(lines)) == (3, 20)
    assert said.splitlines() == [str(n) for n in range(9, 21)]


def test_an_interrupted_installer_is_ended(tmp_path: Path) -> None:
    """With what it has started."""
    text = "echo $$; sleep 600 & echo $!; wait"
    script = program(tmp_path / "bin", "long", text)
    pids: list[int] = []

    def interrupt(line: str) -> None:
        pids.append(int(line))
        if len(pids) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow([str(script)], cwd=tmp_path, env=os.environ, on_line=interrupt)

    deadline = time.monotonic() + 10
    while any(started_at(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_pip_that_fails_is_quoted(tmp_path: Path) -> None:
    """The environment is not taken for whole, and the next command tries again."""
    lock = tmp_path / "lock.txt"
    lock.write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    folder = environment_folder(tmp_path, lock)
    (folder / "bin").mkdir(parents=True)
    program(folder / "bin", "pip", "")
    program(folder / "bin", "python", "echo Collecting no-such-package==1; echo no network; exit 1")

    with pytest.raises(ToolError, match="pip could not install") as raised:
        ensure_environment(tmp_path, lambda _event: None, lock)

    assert "no network" in raised.value.cause
    assert not is_whole(folder, "bin/python")


def test_a_pip_that_works_makes_it_whole(tmp_path: Path) -> None:
    """Progress is told by packages."""
    lock = tmp_path / "lock.txt"
    lock.write_text("one==1 \\\n    --hash=sha256:0\ntwo==2 ; sys_platform == 'linux' \\\n")
    folder = environment_folder(tmp_path, lock)
    (folder / "bin").mkdir(parents=True)
    program(folder / "bin", "pip", "")
    program(folder / "bin", "python", "echo Collecting one==1; echo Collecting two==2")
    events: list[InstallEvent] = []

    assert ensure_environment(tmp_path, events.append, lock) == folder / "bin" / "python"

    assert is_whole(folder, "bin/python")
    assert [each.done for each in events if isinstance(each, environment.Installing)] == [0, 1, 2]
    assert isinstance(events[-1], Installed)
    assert hub_versions(lock) == {"one": "1", "two": "2"}
    assert packages_of_all(lock) == ("one",)


def test_another_lock_file_is_another_environment(tmp_path: Path) -> None:
    """So two releases use one cache."""
    locks = [tmp_path / "a", tmp_path / "b"]
    for lock in locks:
        lock.write_text(lock.name)

    assert len({environment_folder(tmp_path, lock) for lock in locks}) == 2


def test_the_hub_is_that_of_the_chart() -> None:
    """What is previewed is what is deployed (z2jh 4.4.0)."""
    versions = hub_versions()

    assert versions["jupyterhub"] == "5.5.0"
    assert versions["jupyterhub-kubespawner"] == "7.0.0"
    assert versions["oauthenticator"] == "17.4.0"
    assert versions["jupyterhub-nativeauthenticator"] == "1.3.0"


def no_package() -> None:
    """Have no Node among the Python packages."""


def test_without_node_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is begun."""
    monkeypatch.setattr(proxy_program, "packaged_node", no_package)

    with pytest.raises(ToolError, match="no Node") as raised:
        ensure_proxy(tmp_path, lambda _event: None, {"PATH": str(tmp_path)})
    assert "install Node" in raised.value.hint


def test_without_npm_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Node alone cannot install it."""
    monkeypatch.setattr(proxy_program, "packaged_npm", no_package)

    with pytest.raises(ToolError, match="no npm"):
        ensure_proxy(tmp_path, lambda _event: None, {"PATH": str(tmp_path)})


def test_an_npm_that_fails_is_quoted(tmp_path: Path) -> None:
    """Half an installation is not left."""
    tools = tmp_path / "bin"
    program(tools, "node", "")
    program(tools, "npm", "echo getaddrinfo ENOTFOUND >&2; exit 1")

    with pytest.raises(ToolError, match="npm could not install") as raised:
        ensure_proxy(tmp_path / "cache", lambda _event: None, {"PATH": f"{tools}:/bin:/usr/bin"})

    assert "ENOTFOUND" in raised.value.cause
    left = [each.name for each in (tmp_path / "cache" / "preview").iterdir()]
    assert [each for each in left if not each.endswith(".lock")] == []


def test_an_npm_that_works_makes_it_whole(tmp_path: Path) -> None:
    """It works from the lock file, and runs no scripts of packages."""
    tools = tmp_path / "bin"
    program(tools, "node", "")
    script = "node_modules/configurable-http-proxy/bin"
    program(
        tools,
        "npm",
        f"test -f package-lock.json || exit 9\necho $@ > told\nmkdir -p {script}\n"
        f"touch {script}/configurable-http-proxy",
    )
    env = {"PATH": f"{tools}:/bin:/usr/bin"}

    made = ensure_proxy(tmp_path / "cache", lambda _event: None, env)

    assert made.script.is_file()
    told = (made.script.parents[3] / "told").read_text().split()
    assert (told[0], "--ignore-scripts" in told) == ("ci", True)
    assert ensure_proxy(tmp_path / "cache", lambda _event: pytest.fail("again"), env) == made


def test_jupyterlab_offers_no_news(tmp_path: Path) -> None:
    """A preview asks nobody elsewhere: what its pages are told."""
    environment._finish(tmp_path)

    told = (tmp_path / "share/jupyter/lab/settings/overrides.json").read_text(encoding="utf-8")
    assert '"fetchNews": "false"' in told
    assert is_whole(tmp_path, "etc/jupyter/jupyter_server_config.json")
