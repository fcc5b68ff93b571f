"""``jhub init``: the questions, and the two files that are written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, get_args

from rich.text import Text

from jupyterhub_eks.cli.console.errors import draw_problem
from jupyterhub_eks.cli.console.summaries import draw_next
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.schema import write_schemas
from jupyterhub_eks.config.template import (
    AuthType,
    InitAnswers,
    render_jhub_yaml,
    render_profiles_yaml,
)
from jupyterhub_eks.errors import ConfigError, RefusedError, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen

AUTH_TYPES: Final[tuple[AuthType, ...]] = get_args(AuthType)


def complete(screen: Screen, given: InitAnswers) -> InitAnswers:
    """Ask for what the flags left at its default, where somebody can answer."""
    if not screen.terminal.interactive:
        return given
    screen.notes("An empty answer takes what stands in brackets; both files can be edited later.")
    name = _ask(screen, "name of the deployment", given.name, InitAnswers.name)
    region = _ask(screen, "AWS region", given.region, InitAnswers.region)
    auth = _ask_auth(screen, given)
    domain, admins = given.domain, given.admins
    if auth != "dummy":
        question = "host name of the hub, e.g. hub.example.org [none]:"
        domain = domain or screen.ask(question).strip() or None
        admins = admins or _listed(screen.ask("hub administrators, separated by commas [none]:"))
    question = "networks that may reach the Kubernetes API, e.g. 203.0.113.0/24 [none]:"
    return replace(
        given,
        name=name,
        region=region,
        auth=auth,
        domain=domain,
        admins=admins,
        public_access_cidrs=given.public_access_cidrs or _listed(screen.ask(question)),
    )


def _ask(screen: Screen, what: str, value: str, default: str) -> str:
    return screen.ask(f"{what} [{default}]:").strip() or default if value == default else value


def _ask_auth(screen: Screen, given: InitAnswers) -> AuthType:
    if given.auth != InitAnswers.auth:
        return given.auth
    while True:
        answer = screen.ask(f"login: {', '.join(AUTH_TYPES)} [{given.auth}]:").strip()
        for known in AUTH_TYPES:
            if answer == known:
                return known
        if not answer:
            return given.auth
        screen.notes(f"{answer!r} is none of them")


def _listed(answer: str) -> tuple[str, ...]:
    return tuple(answer.replace(",", " ").split())


def write_files(directory: Path, answers: InitAnswers, *, force: bool) -> tuple[Path, ...]:
    """Write ``jhub.yaml``, ``profiles.yaml`` and the schemas that they name for editors.

    Raises:
        RefusedError: One exists already, and ``force`` is not set.
        StateError: They cannot be written.
    """
    texts = {
        directory / "jhub.yaml": render_jhub_yaml(answers),
        directory / "profiles.yaml": render_profiles_yaml(answers),
    }
    existing = [str(path) for path in texts if path.exists()]
    if existing and not force:
        raise RefusedError(
            f"{' and '.join(existing)} would be overwritten",
            hint="choose another folder (jhub init DIR), or overwrite with --force",
        )
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        write_schemas(directory / answers.schema_dir)
    except OSError as error:
        raise StateError(
            f"cannot write into {directory}",
            cause=str(error),
            hint="choose another folder (jhub init DIR)",
        ) from error
    return tuple(texts)


def draw_written(written: tuple[Path, ...]) -> Iterator[Text]:
    """Yield what was written, what is still open in it, and what comes next."""
    for path in written:
        yield Text.assemble(("wrote ", "green"), str(path))
    try:
        load(ConfigSources(files=written[:1]))
    except ConfigError as error:
        yield Text("")
        yield Text("Still open, for you to fill in", "bold")
        for problem in error.problems:
            if problem.severity == "error":
                yield from draw_problem(problem)
    file = "" if str(written[0]) == "jhub.yaml" else f" -f {written[0]}"
    yield from draw_next(
        "",
        [
            (f"jhub validate{file}", "check both files"),
            (f"jhub deploy --local{file}", "try them on the embedded AWS, without an account"),
            (f"jhub plan{file}", "see what would be created in your AWS account"),
            (f"jhub deploy{file}", "create it"),
        ],
    )
