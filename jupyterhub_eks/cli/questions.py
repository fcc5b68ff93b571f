"""The questions of ``jhub init``: each answer is checked at once, and asked again if refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from jupyterhub_eks.config.answers import problems_of
from jupyterhub_eks.config.flags import FLAG_OF
from jupyterhub_eks.config.logins.presets import PRESETS, user_example
from jupyterhub_eks.config.template import InitAnswers
from jupyterhub_eks.errors import InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.problems import Problem

# The login that asks least of the other answers: what it refuses, every login refuses.
LENIENT_LOGIN: Final = "native"
_LATER: Final = "fill in later"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        key: Dotted key that the answer sets.
        text: What is asked.
        default: What an empty answer means.
        empty: What stands in brackets where an empty answer sets nothing.
        many: Whether several values may be given, separated by commas or spaces.
    """

    key: str
    text: str
    default: str = ""
    empty: str = "none"
    many: bool = False

    @property
    def prompt(self) -> str:
        """The question with the meaning of an empty answer."""
        return f"{self.text} [{self.default or self.empty}]:"

    def value(self, line: str) -> Any:
        """Return what was answered; nothing for an empty answer without default."""
        if self.many:
            return tuple(line.replace(",", " ").split())
        return line.strip() or self.default


def ask_open(screen: Screen, given: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for every key that is not given, and return all of them.

    Raises:
        InterruptedRunError: Ctrl-C or Ctrl-D instead of an answer.
    """
    screen.notes("An empty answer takes what stands in brackets; both files can be edited later.")
    known = dict(given)
    for question in _questions(known):
        if question.key not in known and (value := _answer(screen, question, known)):
            known[question.key] = value
    return known


def _questions(known: Mapping[str, Any]) -> Iterator[Question]:
    """Yield the questions; the later ones depend on what is known by then."""
    yield Question(key="name", text="name of the deployment", default=InitAnswers.name)
    yield Question(key="region", text="AWS region", default=InitAnswers.region)
    yield Question(
        key="auth.type",
        text="login: dummy, cognito, oauth, native, custom",
        default="cognito" if "access.domain" in known else InitAnswers.auth,
    )
    login = known["auth.type"]
    if login == "oauth":
        yield from _provider(known)
    elif login == "custom":
        yield Question(
            key="auth.authenticator", text="path of the class, package.module.Class", empty=_LATER
        )
    if login != "dummy":
        yield Question(
            key="access.domain",
            text="host name of the hub, e.g. hub.example.org",
            empty="none" if login == "native" else _LATER,
        )
        yield Question(
            key="auth.admins",
            text=f"hub administrators, e.g. {_user(known)}, separated by commas",
            empty="none" if login == "cognito" else _LATER,
            many=True,
        )
    if login in ("oauth", "custom"):
        yield _allowed(known)
    yield Question(
        key="cluster.public_access_cidrs",
        text="networks that may reach the Kubernetes API, e.g. 203.0.113.0/24",
        many=True,
    )


def _provider(known: Mapping[str, Any]) -> Iterator[Question]:
    yield Question(
        key="auth.provider", text=f"provider: {', '.join(PRESETS)}", default=InitAnswers.provider
    )
    if example := PRESETS[known["auth.provider"]].issuer:
        yield Question(key="auth.issuer", text=f"its issuer, e.g. {example}", empty=_LATER)
    yield Question(key="auth.client_id", text="client id that it issued", empty=_LATER)


def _user(known: Mapping[str, Any]) -> str:
    return user_example(known["auth.type"], known.get("auth.provider"))


def _allowed(known: Mapping[str, Any]) -> Question:
    if known["auth.type"] == "custom":
        key, what = "auth.allow.users", f"users who may log in, e.g. {_user(known)}"
    elif PRESETS[known["auth.provider"]].names == "address":
        key, what = "auth.allow.domains", "e-mail domains whose users may log in, e.g. example.org"
    elif known["auth.provider"] == "github":
        key, what = "auth.allow.groups", "organisations whose members may log in"
    else:
        key, what = "auth.allow.groups", "groups whose members may log in, e.g. students"
    return Question(key=key, text=f"{what}, separated by commas", empty=_LATER, many=True)


def _answer(screen: Screen, question: Question, known: Mapping[str, Any]) -> Any:
    while True:
        line = _line(screen, question)
        if line is None:
            continue
        value = question.value(line)
        if not value:
            return value
        problems = problems_of({**known, question.key: value}, login=LENIENT_LOGIN)
        refused = any(problem.severity == "error" for problem in problems)
        for problem in problems:
            if problem.severity == "error" or _is_about(problem, question.key):
                screen.info(*_draw(problem, question.key))
        if not refused:
            return value


def _line(screen: Screen, question: Question) -> str | None:
    """Return the answer, or nothing if it is no text that can be shown."""
    try:
        line = screen.ask(question.prompt)
    except (KeyboardInterrupt, EOFError):
        screen.info("")  # the question's line is still open
        raise InterruptedRunError("stopped at a question; no file was written") from None
    except UnicodeDecodeError:
        line = "\0"
    if line.strip().isprintable():
        return line
    screen.notes("  that holds characters that are not text; please type it again")
    return None


def _is_about(problem: Problem, key: str) -> bool:
    return problem.path.partition("[")[0] == key


def _draw(problem: Problem, asked: str) -> Iterator[Text]:
    """Yield a problem in the words of the question, or of another key's flag."""
    about_asked = _is_about(problem, asked)
    flag = FLAG_OF.get(asked, "")
    message, hint = (
        text.replace(f"`{flag} ", "`") if about_asked and flag else text
        for text in (problem.message, problem.hint)
    )
    where = "" if about_asked else f"{problem.location}  "
    warning = "warning: " if problem.severity == "warning" else ""
    yield Text.assemble(f"  {where}", (warning, "yellow"), message)
    yield Text.assemble("  do:    ", (hint, "green"))
