"""Every hint about a wrong value holds a line that can be pasted, and is then accepted."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.document import MapNode, Place, dotted, from_plain, to_plain
from jupyterhub_eks.config.forms import FORMS, deployment_name
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.lookup import AUTH_MODELS, element, field_at, unwrap
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.config.reader import read_text
from jupyterhub_eks.config.repair import check_model
from jupyterhub_eks.config.samples import sample
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterhub_eks.config.document import KeyPath
    from jupyterhub_eks.problems import Problem

WRONG: dict[str, Any] = {
    "text": "two",
    "quoted number": "7",
    "number": 7,
    "fraction": 2.5,
    "huge": 10**30,
    "negative": -1,
    "truth": True,
    "list": ["a", "b"],
    "list of lists": [["a"]],
    "mapping": {"a": 1},
    "empty text": "",
    "empty list": [],
    "empty mapping": {},
}
WORDS_OF_PYDANTIC = re.compile(r"[Ii]nput should|discriminator|valid (string|integer|list)|union")


def paths(model: type[Section], prefix: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of every key of ``model`` and of the sections below it."""
    for name, info in model.model_fields.items():
        path = (*prefix, name)
        yield path
        if path == ("auth",):
            continue  # its keys depend on the login
        annotation = unwrap(info.annotation)
        inner = element(annotation)
        if isinstance(annotation, type) and issubclass(annotation, Section):
            yield from paths(annotation, path)
        elif isinstance(inner, type) and issubclass(inner, Section):
            yield from paths(inner, (*path, 0 if "tuple" in str(annotation) else "cpu"))


def every_path() -> list[tuple[str, KeyPath]]:
    """Return login and path of each key of both files."""
    found = [("dummy", path) for model in (DeploymentFile, ProfilesFile) for path in paths(model)]
    for login, model in AUTH_MODELS.items():
        found += [(login, path) for path in paths(model, ("auth",)) if path[-1] != "type"]
    return found


def document(path: KeyPath, value: object, login: str) -> dict[str, Any]:
    """Return the smallest file that holds ``value`` at ``path``."""
    for key in reversed(path):
        value = [value] if isinstance(key, int) else {key: value}
    assert isinstance(value, dict)
    if path[0] == "auth" and len(path) > 1:
        value["auth"]["type"] = login
    return value


def problems_at(path: KeyPath, value: object, login: str) -> list[Problem]:
    """Return what the models say about ``value`` at ``path``."""
    model = ProfilesFile if path[0] in ProfilesFile.model_fields else DeploymentFile
    tree = from_plain(document(path, value, login), Place("file.yaml", 1, 1))
    assert isinstance(tree, MapNode)
    return [each for each in check_model(model, tree).problems if each.path == dotted(path)]


def pasted(hint: str, path: KeyPath) -> Any:
    """Return the value in the first line that a hint offers for ``path``."""
    for line in re.findall(r"`([^`]+)`", hint):
        read = read_text(line, "hint").entries.get(str(path[-1])) if ": " in line else None
        if read is not None:
            return to_plain(read.value)
    pytest.fail(f"{dotted(path)}: no line to paste in: {hint}")


@pytest.mark.parametrize("kind", WRONG)
def test_the_hint_of_a_wrong_type_is_accepted_when_pasted(kind: str) -> None:
    """For every key there is, and no word of the validation library is shown."""
    for login, path in every_path():
        for problem in problems_at(path, WRONG[kind], login):
            assert not WORDS_OF_PYDANTIC.search(problem.message + problem.hint), problem
            value = pasted(problem.hint, path)
            assert problems_at(path, value, login) == [], problem


def test_every_example_is_valid(tmp_path: Path) -> None:
    """What a hint or an editor offers keeps the rules across keys, too."""
    for login, path in every_path():
        value = sample(path, login)
        assert value is not None, path
        file = tmp_path / "jhub.yaml"
        file.write_text(json.dumps(document(path, value, login)))
        is_profiles = path[0] in ProfilesFile.model_fields
        sources = ConfigSources(profiles=file) if is_profiles else ConfigSources(files=(file,))
        assert [each for each in refusals(sources) if belongs(each, path)] == []


def refusals(sources: ConfigSources) -> list[Problem]:
    """Return the errors in ``sources``."""
    try:
        load(sources)
    except ConfigError as error:
        return [each for each in error.problems if each.severity == "error"]
    return []


def belongs(problem: Problem, path: KeyPath) -> bool:
    """Whether a problem is about this value itself, and not about what is missing beside it."""
    needs_others = (
        "exposed",
        "needs a domain",
        "belongs to `sharing",
        "no machine of the pool",
        "there is no pool",
        "does not exist in the user pool",
        "needs machines with NVIDIA",
        "needs a bucket",
        "knows no",
        "would be",
    )
    own = problem.path == dotted(path) or problem.path.startswith(f"{dotted(path)}[")
    return own and not any(words in problem.message for words in needs_others)


def with_pattern() -> list[tuple[str, KeyPath]]:
    """Return the keys whose text must have a certain form."""
    found = []
    for login, path in every_path():
        info = field_at(path, login)
        if info and any(getattr(item, "pattern", None) for item in info.metadata):
            found.append((login, path))
    return found


def test_every_form_is_said_in_words() -> None:
    """A pattern without its words would be shown as a riddle."""
    keys = {str(path[-1]) for _, path in with_pattern()}
    assert keys == set(FORMS)


@given(text=st.text(max_size=30), key=st.sampled_from(with_pattern()))
def test_a_corrected_form_is_accepted(text: str, key: tuple[str, KeyPath]) -> None:
    """Whatever was typed, what is proposed instead has the right form."""
    login, path = key
    for problem in problems_at(path, text, login):
        if "CHANGEME" not in problem.message:
            assert problems_at(path, pasted(problem.hint, path), login) == [], problem


@pytest.mark.parametrize(
    ("path", "text", "meant"),
    [
        ("name", "My_Hub", "my-hub"),
        ("name", "Zürich Hub!", "zurich-hub"),
        ("name", "2026-class", "hub-2026-class"),
        ("name", "x", "hub-x"),
        ("region", "us-west-2a", "us-west-2"),
        ("region", "EU_Central_1", "eu-central-1"),
        ("account", "1234-5678-9012", '"123456789012"'),
        ("account", "arn:aws:iam::123456789012:root", '"123456789012"'),
        ("state.bucket", "My_Bucket.state", "my-bucket-state"),
        ("auth.domain_prefix", "My Hub", "my-hub"),
        (
            "auth.existing.user_pool_id",
            "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_AbCd123",
            "us-west-2_AbCd123",
        ),
        ("network.existing.vpc_id", "VPC-0A1B2C3D", "vpc-0a1b2c3d"),
        ("network.existing.vpc_id", "0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f60718"),
        ("storage.home.mount", "home/my folder", "/home/my-folder"),
        ("pools.cpu.gpu.profile", "1G.24GB", "1g.24gb"),
        ("pools.cpu.gpu.profile", "1x24", "1g.24gb"),
    ],
)
def test_what_was_probably_meant_is_proposed(path: str, text: str, meant: str) -> None:
    """And the message says in words what is allowed."""
    keys = tuple(path.split("."))
    (problem,) = problems_at(keys, text, "cognito")
    assert f"`{keys[-1]}: {meant}`" in problem.hint
    assert "pattern" not in problem.message + problem.hint


def test_a_number_of_the_wrong_kind_is_answered_with_a_number() -> None:
    """The remedy is within bounds, also where the number that was meant is not."""
    (word,) = problems_at(("network", "zones"), "two", "dummy")
    (quoted,) = problems_at(("network", "zones"), "2", "dummy")
    assert word.hint == "write a whole number from 3 to 6, e.g. `zones: 3`"
    assert quoted.hint == "write a whole number from 3 to 6, e.g. `zones: 3`"


@given(text=st.text(max_size=120))
def test_a_deployment_name_made_of_anything_keeps_every_rule(text: str) -> None:
    """Also those that are not in the pattern: no `sg-` in front, no two hyphens."""
    assert refusals(ConfigSources(overrides={"name": deployment_name(text)})) == []
