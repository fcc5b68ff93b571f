"""The options that commands share, each declared once.

A command takes a group of them as one parameter; :func:`expand` turns the group's
fields into options of the command, so that a command's own signature stays short.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

Files = Annotated[
    list[Path] | None,
    typer.Option("--file", "-f", metavar="FILE", help="Configuration file; later ones lay over."),
]
Profiles = Annotated[
    Path | None,
    typer.Option("--profiles", metavar="FILE", help="Node pools and notebook profiles."),
]
Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help="Name of the deployment.")]
Region = Annotated[str | None, typer.Option("--region", metavar="REGION", help="AWS region.")]
# Any text: what it may be is checked with the rest of the configuration, in the same words.
Auth = Annotated[
    str | None,
    typer.Option("--auth", metavar="TYPE", help="Login: dummy, cognito, oauth, native or custom."),
]
Domain = Annotated[
    str | None, typer.Option("--domain", metavar="HOST", help="Host name of the hub.")
]
Local = Annotated[bool, typer.Option("--local", help="Use the embedded AWS of this machine.")]
Stacks = Annotated[
    list[str] | None, typer.Option("--stack", metavar="STACK", help="Only this stack; repeatable.")
]
Changed = Annotated[
    bool,
    typer.Option(
        "--changed",
        help="Only stacks whose files have changed since they were applied, and those after "
        "them; what was changed by hand elsewhere is not looked for.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
WorkDir = Annotated[
    Path | None,
    typer.Option(
        "--work-dir",
        metavar="DIR",
        envvar="JHUB_WORK_DIR",
        show_envvar=False,
        help="Work folder; default JHUB_WORK_DIR or .jhub.",
    ),
]
Parallelism = Annotated[
    int,
    typer.Option(
        "--parallelism",
        metavar="N",
        min=1,
        max=64,
        show_default=False,
        help="Stacks worked on at the same time; default 8.",
    ),
]
ChartDirs = Annotated[
    list[Path] | None,
    typer.Option(
        "--chart-dir",
        metavar="DIR",
        exists=True,
        file_okay=False,
        resolve_path=True,
        help="Folder with packaged charts; repeatable, the first that has one wins.",
    ),
]
KubeContext = Annotated[
    str | None,
    typer.Option(
        "--kube-context",
        metavar="NAME",
        help="With --local: the cluster of this kubeconfig context as Kubernetes.",
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", help="A line for every resource.")]


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where the configuration comes from."""

    file: Files = None
    profiles: Profiles = None
    name: Name = None
    region: Region = None
    auth: Auth = None
    domain: Domain = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which target is meant and where its files lie."""

    local: Local = False
    work_dir: WorkDir = None


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which stacks a run is about."""

    stack: Stacks = None
    changed: Changed = False


@dataclass(frozen=True, kw_only=True)
class ClusterOptions:
    """What the Kubernetes half is made of."""

    chart_dir: ChartDirs = None
    kube_context: KubeContext = None


@dataclass(frozen=True, kw_only=True)
class Output:
    """How the command reports."""

    json: Json = False


@dataclass(frozen=True, kw_only=True)
class RunOutput(Output):
    """How a command that runs Terraform works and reports."""

    verbose: Verbose = False
    parallelism: Parallelism = 8


def expand(function: Callable[..., Result]) -> Callable[..., Result]:
    """Return ``function`` with each group parameter replaced by the group's options.

    Typer reads signatures only, so the returned function carries a made one.
    """
    hints = get_type_hints(function, include_extras=True)
    groups: dict[str, Any] = {
        name: kind for name, kind in hints.items() if dataclasses.is_dataclass(kind)
    }
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in groups:
            parameters += _options(groups[parameter.name])
        else:
            parameters.append(
                parameter.replace(
                    annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY
                )
            )

    @functools.wraps(function)
    def call(**values: Any) -> Result:
        for name, group in groups.items():
            own = {field.name: values.pop(field.name) for field in dataclasses.fields(group)}
            values[name] = group(**own)
        return function(**values)

    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {each.name: each.annotation for each in parameters}
    return call


def _options(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            # Without one the option has to be given.
            default=inspect.Parameter.empty
            if field.default is dataclasses.MISSING
            else field.default,
            annotation=hints[field.name],
        )
        for field in dataclasses.fields(group)
    ]
