"""How fast the hub is seen, what it takes, and how long its page of a hundred profiles takes.

``python benchmarks/preview.py [REPEATS]`` (default 3; the best of them counts). What a preview
needs is installed first, if need be; that is not measured. Beside them stands the bare start of
Python in the same run: on a machine that is busy or slow both are.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterhub_eks.local.processes import resident_mib
from jupyterhub_eks.preview.environment import ensure_environment
from jupyterhub_eks.preview.files import PreviewFiles, preview_files
from jupyterhub_eks.preview.proxy_program import ensure_proxy
from jupyterhub_eks.preview.serving import answer
from jupyterhub_eks.tools.port_forward import free_port
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PROFILES, VISITS = 100, 10
MOST_SECONDS, MOST_MIB, MOST_MILLISECONDS = 6.0, 350.0, 300.0
_PATIENCE_SECONDS = 120.0
_SPAWN = re.compile(r"200 GET /hub/spawn\S* \(\S+\) ([0-9.]+)ms")


def configure(folder: Path) -> None:
    """Write a hub with one password and many profiles, each with two sizes and two images."""
    (folder / "jhub.yaml").write_text("name: bench\nauth: {type: dummy}\n", encoding="utf-8")
    lines = ["pools:", "  cpu: {instances: [m7i.4xlarge]}", "profiles:"]
    for index in range(PROFILES):
        lines += [
            f"- name: Profile {index}",
            f"  description: For course {index}, with the scientific Python stack.",
            f"  default: {'true' if index == 0 else 'false'}",
            "  pool: cpu",
            "  memory: 4G",
            "  images:",
            "    SciPy: quay.io/jupyter/scipy-notebook:2025-11-10",
            "    R: quay.io/jupyter/r-notebook:2025-11-10",
            "  options: {Small: {cpu: 1}, Large: {cpu: 4}}",
        ]
    (folder / "profiles.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@contextmanager
def running(folder: Path, port: int) -> Iterator[float]:
    """Run a preview; yield the seconds from the start of the command to a login page."""
    started = time.perf_counter()
    command = ("-m", "jupyterhub_eks", "preview", "--no-browser", "--port", str(port))
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CI": "1"},
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            while answer(port).status != http.client.OK:
                if process.poll() is not None or time.perf_counter() - started > _PATIENCE_SECONDS:
                    sys.exit("the preview did not start")
                time.sleep(0.02)
            yield time.perf_counter() - started
        finally:
            process.send_signal(signal.SIGINT)


def memory(files: PreviewFiles) -> float:
    """Return what hub and proxy take, MiB."""
    record = json.loads(files.record.read_text())
    return sum(resident_mib(each["pid"]) for each in record["children"])


def page(files: PreviewFiles, port: int) -> float:
    """Return how long the hub takes for the server page, as it says itself; the best, in ms."""
    browser = _Browser(port)
    browser.get("/hub/login")
    password = json.loads((files.home / "login.json").read_text())["JHUB_USER_PASSWORD"]
    browser.log_in("bench", password)
    log = files.log("hub")
    before = log.stat().st_size
    for _ in range(VISITS + 1):  # what is said of the last may not be written yet
        browser.get("/hub/spawn/bench")
    with log.open("rb") as file:
        file.seek(before)
        found = [float(each) for each in _SPAWN.findall(file.read().decode())]
    if len(found) < VISITS:
        sys.exit(f"the server page was answered {len(found)} times of {VISITS}")
    return min(found)


class _Browser:
    """As much of a browser as a login needs: cookies, and the token against forgery."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> None:
        """Open a page."""
        self._ask("GET", path, None)

    def log_in(self, name: str, password: str) -> None:
        """Send the form of the login page."""
        form = {"username": name, "password": password, "_xsrf": self._cookies.get("_xsrf", "")}
        self._ask("POST", "/hub/login?next=", urllib.parse.urlencode(form))

    def _ask(self, method: str, path: str, body: str | None) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Mode": "navigate",
        }
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
        for text in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(text).items():
                self._cookies[name] = morsel.coded_value
        connection.close()


def bare() -> float:
    """Return how long Python itself takes to start and end, in seconds."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - started


def main(repeats: int) -> None:
    """Print the table."""
    ensure_proxy(cache_dir(), print)
    ensure_environment(cache_dir(), print)
    seconds, mib, milliseconds = [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configure(folder)
        for _ in range(repeats):
            port = free_port()
            files = preview_files(folder / ".jhub", port)
            with running(folder, port) as taken:
                seconds.append(taken)
                milliseconds.append(page(files, port))
                mib.append(memory(files))
    print(f"{'python':28} {min(bare() for _ in range(repeats)):7.2f} s")
    print(f"{'command to login page':28} {min(seconds):7.2f} s    at most {MOST_SECONDS:g} s")
    print(f"{'memory of hub and proxy':28} {min(mib):7.0f} MiB  at most {MOST_MIB:g} MiB")
    print(
        f"{f'page of {PROFILES} profiles':28} {min(milliseconds):7.1f} ms"
        f"   at most {MOST_MILLISECONDS:g} ms"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
