"""All commands in the order and groups of ``jhub --help``.

A command's module is imported when the command runs or its own help is asked for;
the list of commands needs none of them.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from jupyterhub_eks import __version__
from jupyterhub_eks.cli.options import expand
from jupyterhub_eks.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer._click import Command, Context, HelpFormatter

LIFE_CYCLE: Final = "Life cycle"
CONFIGURATION: Final = "Configuration"
EMBEDDED_AWS: Final = "Embedded AWS"
COLUMN: Final = 10
_NO_LIMIT: Final = 1000
SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@dataclass(frozen=True)
class Entry:
    """A command: its name, its group in the help, and what it does in one line."""

    name: str
    panel: str
    summary: str


ENTRIES: Final = (
    Entry("init", CONFIGURATION, "Write jhub.yaml and profiles.yaml to start from."),
    Entry("validate", CONFIGURATION, "Check both files and report every problem at once."),
    Entry("auth", CONFIGURATION, "Show what the identity provider needs, and try the login."),
    Entry("profiles", CONFIGURATION, "Show what profiles run on; check and import foreign ones."),
    Entry("data", CONFIGURATION, "Show what is known of EC2's machines and prices, or ask AWS."),
    Entry("cost", CONFIGURATION, "Show what it costs: idle, an hour, a month, at most."),
    Entry("size", CONFIGURATION, "Propose machines for a number of users."),
    Entry("schema", CONFIGURATION, "Print the JSON Schema of a file, for editors."),
    Entry("charts", CONFIGURATION, "Fetch the Helm charts, or show where they are."),
    Entry("render", CONFIGURATION, "Write the values and manifests of all releases, to look at."),
    Entry("preview", CONFIGURATION, "Open the hub that it makes in a browser, on this machine."),
    Entry("plan", LIFE_CYCLE, "Show what a deploy would create, change and remove."),
    Entry("deploy", LIFE_CYCLE, "Create or change everything, stacks in parallel."),
    Entry("upgrade", LIFE_CYCLE, "Check what is out of support, and in which order to move."),
    Entry("status", LIFE_CYCLE, "Show what is deployed."),
    Entry("output", LIFE_CYCLE, "Print the outputs of the deployed stacks."),
    Entry("open", LIFE_CYCLE, "Open the hub in a browser."),
    Entry("users", LIFE_CYCLE, "List, add and remove the users of the hub."),
    Entry("secrets", LIFE_CYCLE, "List the secrets, show a password, or rotate them."),
    Entry("destroy", LIFE_CYCLE, "Remove everything and list what is left."),
    Entry("local", EMBEDDED_AWS, "Start, stop, look at or empty the AWS on this machine."),
    Entry("synth", "Terraform", "Write the stacks as Terraform JSON."),
    Entry("eject", "Terraform", "Write plain Terraform with a README, to go on without jhub."),
    Entry("token", "Other", "Print a token for the API of an EKS cluster."),
    Entry("version", "Other", "Print the versions that matter in a bug report."),
)


class LazyGroup(TyperGroup):
    """A group that imports a command when it is used and lists commands under headings."""

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002
        """Return the command itself, importing its module."""
        return load_command(cmd_name) if cmd_name in self.commands else None

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands by group, in the order of :data:`ENTRIES`."""
        for panel in dict.fromkeys(entry.panel for entry in ENTRIES):
            rows = [
                (f"{entry.name:<{COLUMN}}", entry.summary)
                for entry in ENTRIES
                if entry.panel == panel
            ]
            with formatter.section(panel):
                formatter.write_dl(rows)


class ListingGroup(TyperGroup):
    """A group that says the whole first sentence of each command, on as many lines as it needs."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the commands in the order of their module."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, each.get_short_help_str(_NO_LIMIT)) for name, each in found if each]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def load_command(name: str) -> Command:
    """Import a command's module and return the command."""
    return get_command(_application(name, name))


def _application(name: str, module_name: str) -> typer.Typer:
    module: Any = import_module(f"jupyterhub_eks.cli.commands.{module_name}")
    functions = getattr(module, "COMMANDS", None)
    alone = getattr(module, "ALONE", None)
    summary = next((each.summary for each in ENTRIES if each.name == module_name), module.__doc__)
    about = getattr(module, "ABOUT", None if alone else summary)
    app = new_app(name=name, help=about, no_args_is_help=alone is None, cls=ListingGroup)
    if alone is not None:
        app.callback(invoke_without_command=True)(_if_alone(expand(alone)))
    if functions is None:
        app.command(name)(expand(getattr(module, name)))
    for function in functions or ():
        # A keyword of Python that is the name of a command has an underscore behind it.
        name_of_command = function.__name__.removesuffix("_").replace("_", "-")
        app.command(name_of_command)(expand(function))
    for group, part in getattr(module, "GROUPS", {}).items():
        app.add_typer(_application(group, part), name=group)
    return app


def _if_alone(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` as what a group does when none of its commands follows."""

    @functools.wraps(function)
    def call(*, ctx: typer.Context, **values: Any) -> Any:
        if ctx.invoked_subcommand is None:
            return function(**values)
        if any(_is_typed(ctx, name) for name in values):
            raise UsageError(
                f"options of `{ctx.command_path}` before `{ctx.invoked_subcommand}`",
                hint=f"write them behind it: {ctx.command_path} {ctx.invoked_subcommand} …",
            )
        return None

    keyword = inspect.Parameter.KEYWORD_ONLY
    context = inspect.Parameter("ctx", keyword, annotation=typer.Context)
    own = inspect.signature(function)
    parameters = [context, *own.parameters.values()]
    call.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {each.name: each.annotation for each in parameters}
    return call


def _is_typed(ctx: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line, and is not of the environment."""
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def new_app(**settings: Any) -> typer.Typer:
    """Return an empty application with the settings that all share.

    Typer's coloured help imports most of rich, so it is off.
    """
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
        **{"no_args_is_help": True, **settings},
    )


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the signature of Typer's callbacks
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Deploy JupyterHub on Amazon EKS, or try its whole life cycle on this machine."""


def build_command() -> TyperGroup:
    """Return the group that parses the command line and runs a command."""
    app = new_app(name="jhub", cls=LazyGroup)
    app.callback()(_root)
    group = get_command(app)
    if not isinstance(group, TyperGroup):  # an application with a callback always is one
        raise TypeError(group)
    for entry in ENTRIES:
        group.add_command(TyperCommand(entry.name, help=entry.summary), entry.name)
    return group
