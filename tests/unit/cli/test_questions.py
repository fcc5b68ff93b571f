"""The questions of ``jhub init``: what `jhub validate` would refuse is refused at once."""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.terminal import this_terminal
from jupyterhub_eks.cli.starting import complete, write_files
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.template import InitAnswers
from jupyterhub_eks.errors import ConfigError, InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ask = Callable[..., InitAnswers]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Answer the questions with lines; more questions than lines are an end of input."""

    def answered(*lines: str, **flags: Any) -> InitAnswers:
        given = {key.replace("__", "."): value for key, value in flags.items()}
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        terminal = dataclasses.replace(this_terminal(), interactive=True)
        return complete(Screen(terminal=terminal), given)

    return answered


def faults(file: Path) -> set[str]:
    """Return what is wrong with a configuration file."""
    try:
        load(ConfigSources(files=(file,)))
    except ConfigError as error:
        return {problem.message for problem in error.problems}
    return set()


def test_empty_answers_take_the_defaults(ask: Ask) -> None:
    """Return on every question gives a trial deployment."""
    assert ask("", "", "", "") == InitAnswers()


def test_answers_land_in_the_files(ask: Ask) -> None:
    """Each in its place."""
    answers = ask("lab", "eu-west-1", "native", "hub.example.org", "ann, bob", "203.0.113.0/24")

    assert (answers.name, answers.region, answers.auth) == ("lab", "eu-west-1", "native")
    assert (answers.domain, answers.admins) == ("hub.example.org", ("ann", "bob"))
    assert answers.public_access_cidrs == ("203.0.113.0/24",)


def test_flags_are_not_asked_again(ask: Ask) -> None:
    """Only what is open is a question, also where a flag gives the default."""
    answers = ask(
        "",
        name="jupyterhub-on-eks",
        region="eu-west-1",
        cluster__public_access_cidrs=("203.0.113.0/24",),
    )
    assert (answers.name, answers.region) == ("jupyterhub-on-eks", "eu-west-1")


def test_each_refused_answer_is_asked_again(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """With cause and remedy in the words of the question."""
    answers = ask(
        *("My_Hub", "my-hub"),
        *("us-wset-2", "us-west-1", "us-west-2"),
        *("ldap", "cognito"),
        *("https://hub.example.org", "hub.example.org"),
        *("alice", "alice@example.org"),
        *("10.0.0.0/8", "203.0.113.7", "0.0.0.0/0", "203.0.113.7/32"),
    )

    assert (answers.name, answers.region, answers.auth) == ("my-hub", "us-west-2", "cognito")
    assert answers.admins == ("alice@example.org",)
    assert answers.public_access_cidrs == ("203.0.113.7/32",)
    err = capsys.readouterr().err
    for line in (
        "  `My_Hub` is not a name for a deployment\n  do:    write e.g. `my-hub`; allowed: ",
        "  `us-wset-2` is not an AWS region\n  do:    did you mean `us-west-2`?\n",
        "  `us-west-1` offers 2 zones to EKS; 3 are wanted\n",
        "  `ldap` is not one of dummy, cognito, oauth, native, custom\n",
        "  `https://hub.example.org` is not a host name\n  do:    write `hub.example.org`\n",
        "  `alice` is not an e-mail address; users of Cognito are known by it\n",
        "  `10.0.0.0/8` is private; EKS takes public addresses only\n",
        "  `203.0.113.7` is an address, not a block\n  do:    write e.g. `203.0.113.7/32`\n",
        "  `0.0.0.0/0` opens the cluster API to (nearly) everyone\n",
    ):
        assert line in err
    assert "--name" not in err


@pytest.mark.parametrize("login", ["dummy", "cognito", "oauth", "native", "custom"])
def test_what_was_answered_is_what_validate_accepts(ask: Ask, login: str, tmp_path: Path) -> None:
    """After any sequence of refused answers the files hold no problem but what is still owed."""
    host = ["localhost", "hub.example.org"] if login != "dummy" else []
    about = {
        "oauth": ["gihub", "okta", "http://x.okta.com", "https://x.okta.com", "TODO", "0oa1"],
        "custom": ["desk", "front.desk.Desk"],
    }
    admins = {
        "cognito": ["alice", "ann@example.org"],
        "oauth": ["<you>", "ann@example.org", "@example.org", "example.org"],
        "native": ["ann"],
        "custom": ["a/b", "ann", "TODO", "bob"],
    }
    lines = ["-", "hub-1", "Paris", "eu-west-3", login, *about.get(login, ()), *host]
    lines += admins.get(login, ())
    written = write_files(tmp_path, ask(*lines, "203.0.113.0", "203.0.113.0/24"))

    assert faults(written[0]) <= {"still holds the placeholder CHANGEME"}


def test_a_provider_is_asked_for_what_it_needs(ask: Ask) -> None:
    """GitHub has an issuer that is known and no domains; its users are known by plain names."""
    answers = ask(
        *("", "", "oauth", "github", "Iv1.0", "hub.example.org"),
        *("ann@example.org", "ann", "my-org other-org", ""),
    )
    assert (answers.provider, answers.issuer, answers.client_id) == ("github", None, "Iv1.0")
    assert (answers.admins, answers.allow_groups) == (("ann",), ("my-org", "other-org"))


@pytest.mark.parametrize(
    ("provider", "issuer", "person", "rule"),
    [
        ("github", "", "alice", "organisations whose members"),
        ("gitlab", "", "alice", "groups whose members"),
        ("keycloak", "https://login.example.org/realms/main", "alice", "groups whose members"),
        ("okta", "https://e.okta.com/oauth2/default", "alice@example.org", "groups whose members"),
        ("google", "", "alice@example.org", "e-mail domains whose users"),
        ("oidc", "https://login.example.org", "alice@example.org", "e-mail domains whose users"),
    ],
)
def test_people_are_asked_for_as_the_provider_names_them(
    provider: str,
    issuer: str,
    person: str,
    rule: str,
    ask: Ask,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Domains are asked for only where addresses are user names."""
    about = [issuer] if issuer else []
    ask("", "", "oauth", provider, *about, "hub", "hub.example.org", person, "", "")

    said = capsys.readouterr().err
    assert f"hub administrators, e.g. {person}, " in said
    assert rule in said
    assert said.count("whose") == 1


def test_an_address_where_names_are_known_is_doubted(
    ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    """A realm of Keycloak may have addresses as user names, so it is taken."""
    issuer = "https://login.example.org/realms/main"
    answers = ask(
        *("", "", "oauth", "keycloak", issuer, "hub", "hub.example.org", "bob@uni.example", "", "")
    )
    assert answers.admins == ("bob@uni.example",)
    assert "warning: `bob@uni.example` is an e-mail address" in capsys.readouterr().err


def test_an_answer_that_is_left_open_stands_in_the_file(ask: Ask, tmp_path: Path) -> None:
    """Whoever has no client yet gets a file that says where its id belongs."""
    written = write_files(tmp_path, ask("", "", "oauth", "", "", "", "", "", "", ""))
    assert "client_id: CHANGEME" in written[0].read_text(encoding="utf-8")
    assert faults(written[0]) == {"still holds the placeholder CHANGEME"}


def test_a_new_region_is_taken_with_a_warning(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said once, at its own question, and not asked again."""
    assert ask("", "ap-southeast-7", "cognito", "", "", "").region == "ap-southeast-7"
    assert capsys.readouterr().err.count("ap-southeast-7") == 1


def test_the_login_has_to_fit_the_flags(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """A hub with a domain is public, so the shared password is refused at its question."""
    answers = ask("", "", "dummy", "cognito", "", "", access__domain="hub.example.org")

    assert answers.auth == "cognito"
    assert "--domain  `type: dummy` has one password for everybody" in capsys.readouterr().err


def test_a_bad_flag_is_refused_before_the_first_question(
    ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody answers six questions in vain."""
    with pytest.raises(ConfigError) as caught:
        ask(name="My_Hub", access__domain="hub.example.org")

    assert [problem.location for problem in caught.value.problems] == ["--name"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("line", ["\x1b[A", "caf\udce9", "a\x00b", "a\tb\x07"])
def test_keys_that_are_no_text_are_asked_again(ask: Ask, line: str) -> None:
    """Arrow keys, and bytes that are not UTF-8."""
    assert ask(line, "lab", "", "", "").name == "lab"


def test_the_placeholder_is_no_answer(ask: Ask) -> None:
    """It would be refused in the file."""
    assert ask("changeme", "lab", "", "", "").name == "lab"


class _Interrupting(io.StringIO):
    """A terminal on which Ctrl-C is pressed."""

    def readline(self, *_: Any) -> str:
        """Stop instead of answering."""
        raise KeyboardInterrupt


class _Undecodable(io.StringIO):
    """A terminal that sends bytes of another encoding first."""

    sent = False

    def readline(self, *_: Any) -> str:
        """Fail once as the decoder of a stream does, then answer nothing."""
        if not self.sent:
            self.sent = True
            raise UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid")
        return "\n"


@pytest.mark.parametrize("stdin", [io.StringIO(""), _Interrupting()])
def test_leaving_at_a_question_says_that_nothing_was_written(
    stdin: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-D and Ctrl-C end calmly."""
    monkeypatch.setattr("sys.stdin", stdin)
    terminal = dataclasses.replace(this_terminal(), interactive=True)

    with pytest.raises(InterruptedRunError, match="no file was written"):
        complete(Screen(terminal=terminal), {})


def test_bytes_of_another_encoding_are_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A strict terminal raises where a lenient one gives half characters."""
    monkeypatch.setattr("sys.stdin", _Undecodable())
    terminal = dataclasses.replace(this_terminal(), interactive=True)

    assert complete(Screen(terminal=terminal), {}) == InitAnswers()
