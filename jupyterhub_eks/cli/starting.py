"""``jhub init``: from flags and answers to the two files that are written."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import draw_next
from jupyterhub_eks.cli.console.errors import draw_problem
from jupyterhub_eks.cli.console.places import this_program
from jupyterhub_eks.cli.questions import LENIENT_LOGIN, ask_open
from jupyterhub_eks.config.answers import problems_of
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.schema import write_schemas
from jupyterhub_eks.config.template import InitAnswers, render_jhub_yaml, render_profiles_yaml
from jupyterhub_eks.errors import ConfigError, RefusedError, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.problems import Problem

NAMES: Final = ("jhub.yaml", "profiles.yaml")
_OF_OAUTH: Final = ("auth.provider", "auth.issuer", "auth.client_id")


def refuse_existing(directory: Path, *, force: bool) -> tuple[Path, ...]:
    """Return which of the two files exist and are to be replaced.

    Raises:
        RefusedError: One exists, and ``force`` is not set.
        StateError: The folder cannot be one.
    """
    if directory.exists() and not directory.is_dir():
        raise StateError(
            f"cannot write into {directory}",
            cause="it is a file, not a folder",
            hint="choose another folder (jhub init DIR)",
        )
    existing = tuple(path for name in NAMES if os.path.lexists(path := directory / name))
    if existing and not force:
        raise RefusedError(
            f"{' and '.join(map(str, existing))} would be overwritten",
            hint="choose another folder (jhub init DIR), or overwrite with --force",
        )
    return existing


def complete(screen: Screen, given: Mapping[str, Any]) -> InitAnswers:
    """Check what the flags gave, and ask for the rest where somebody can answer.

    Args:
        screen: Where to ask.
        given: Dotted key to value, for each flag that was given.

    Raises:
        ConfigError: A flag has a value that ``jhub validate`` would refuse.
        InterruptedRunError: A question was not answered.
    """
    asking = screen.terminal.interactive
    login = LENIENT_LOGIN if asking else InitAnswers.auth
    if not given.keys().isdisjoint(_OF_OAUTH):
        given = {"auth.type": "oauth", **given}
    faults = [each for each in problems_of(given, login=login) if each.severity == "error"]
    if faults:
        raise ConfigError([_in_words_of_flags(each) for each in faults])
    known = ask_open(screen, given) if asking else given
    return InitAnswers(
        name=known.get("name", InitAnswers.name),
        region=known.get("region", InitAnswers.region),
        auth=known.get("auth.type", InitAnswers.auth),
        domain=known.get("access.domain"),
        admins=known.get("auth.admins", ()),
        allow_users=known.get("auth.allow.users", ()),
        allow_groups=known.get("auth.allow.groups", ()),
        allow_domains=known.get("auth.allow.domains", ()),
        provider=known.get("auth.provider", InitAnswers.provider),
        issuer=known.get("auth.issuer"),
        client_id=known.get("auth.client_id"),
        authenticator=known.get("auth.authenticator"),
        public_access_cidrs=known.get("cluster.public_access_cidrs", ()),
    )


def _in_words_of_flags(problem: Problem) -> Problem:
    """Return a problem whose remedy names a login by the flags that choose one."""
    hint = problem.hint.replace("`type: ", "`--auth ").replace("`provider: ", "`--provider ")
    return replace(problem, hint=hint)


def write_files(directory: Path, answers: InitAnswers) -> tuple[Path, ...]:
    """Write ``jhub.yaml``, ``profiles.yaml`` and the schemas that they name for editors.

    Each is complete or not there, whatever interrupts; what was there before is replaced.

    Raises:
        StateError: They cannot be written.
    """
    texts = (render_jhub_yaml(answers), render_profiles_yaml(answers))
    paths = tuple(directory / name for name in NAMES)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        write_schemas(directory / answers.schema_dir)
        write_together(dict(zip(paths, texts, strict=True)))
    except OSError as error:
        raise StateError(
            f"cannot write into {directory}",
            cause=str(error),
            hint="choose another folder (jhub init DIR)",
        ) from error
    return paths


def write_together(texts: Mapping[Path, str]) -> None:
    """Write all files beside their places, and only then put them there."""
    staged: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            target = path.resolve()  # a link stays one
            staged[target] = target.with_name(f".{target.name}.{os.getpid()}")
            staged[target].write_text(text, encoding="utf-8")
        for target, temporary in staged.items():
            temporary.replace(target)
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


def still_open(written: tuple[Path, ...]) -> tuple[Problem, ...]:
    """Return the places in the files at which an answer is still owed."""
    try:
        load(ConfigSources(files=written[:1]))
    except ConfigError as error:
        return tuple(each for each in error.problems if each.severity == "error")
    return ()


def draw_written(
    written: tuple[Path, ...], replaced: tuple[Path, ...], left: tuple[Problem, ...] = ()
) -> Iterator[Text]:
    """Yield what was written, what is still open in it, and what comes next."""
    for path in written:
        yield Text.assemble(("replaced " if path in replaced else "wrote ", "green"), str(path))
    if left:
        yield Text("")
        yield Text("Still open, for you to fill in", "bold")
        for problem in left:
            yield from draw_problem(problem)
    jhub = this_program()
    file = "" if str(written[0]) == "jhub.yaml" else f" -f {written[0]}"
    yield from draw_next(
        "",
        [
            (f"{jhub} validate{file}", "check both files"),
            (f"{jhub} preview{file}", "open the hub that they make in a browser, on this machine"),
            (f"{jhub} deploy --local{file}", "try them on the embedded AWS, without an account"),
            (f"{jhub} plan{file}", "see what would be created in your AWS account"),
            (f"{jhub} deploy{file}", "create it"),
        ],
    )
