"""Loading: sources, precedence, positions, defaults."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config import load as load_module
from jupyterhub_eks.config.load import Check, ConfigSources, LoadedConfig, load
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.rules import Finding
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from jupyterhub_eks.problems import Problem


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(*files: Path, profiles: Path | None = None, **overrides: Any) -> tuple[Problem, ...]:
    flags = {key.replace("__", "."): value for key, value in overrides.items()}
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(files=files, profiles=profiles, overrides=flags))
    return caught.value.problems


def loaded(*files: Path, **overrides: Any) -> LoadedConfig:
    flags = {key.replace("__", "."): value for key, value in overrides.items()}
    return load(ConfigSources(files=files, overrides=flags))


def test_without_files_everything_has_a_default() -> None:
    """No file at all is a valid trial deployment with the dummy login."""
    config = loaded()
    assert config.files == ()
    assert config.deployment.name == "jupyterhub-on-eks"
    assert isinstance(config.deployment.settings.auth, DummyAuth)
    assert config.deployment.settings.access.effective_visibility == "port-forward"
    assert [profile.default for profile in config.deployment.profiles.profiles] == [True]


def test_dummy_from_a_flag_alone() -> None:
    """``--auth dummy`` needs no file."""
    assert isinstance(loaded(auth__type="dummy").deployment.settings.auth, DummyAuth)


def test_cognito_from_flags_alone_is_closed() -> None:
    """``--auth cognito --domain …`` lets in two groups that are empty at first."""
    auth = loaded(auth__type="cognito", access__domain="hub.example.org").deployment.settings.auth
    assert isinstance(auth, CognitoAuth)
    assert auth.allow.groups == ("users",)
    assert auth.admin_groups == ("admins",)
    assert not auth.allow.everyone
    assert not auth.self_sign_up


def test_cognito_from_a_flag_without_domain_names_the_flag() -> None:
    """The problem has no file, and the hint says what to type."""
    (problem,) = [p for p in refused(auth__type="cognito") if p.severity == "error"]
    assert problem.location == "command line"
    assert "--domain hub.example.org" in problem.hint


def test_flag_not_given_changes_nothing(tmp_path: Path) -> None:
    """``None`` in the overrides stands for a flag that was not given."""
    path = write(tmp_path, "jhub.yaml", "name: lab\n")
    assert loaded(path, name=None, region=None).deployment.name == "lab"


def test_flag_wins_over_file(tmp_path: Path) -> None:
    """Flags have the last word."""
    path = write(tmp_path, "jhub.yaml", "name: lab\nregion: eu-west-1\n")
    settings = loaded(path, region="us-east-2").deployment.settings
    assert (settings.name, settings.region) == ("lab", "us-east-2")


def test_bad_flag_is_reported_at_the_flag(tmp_path: Path) -> None:
    """A wrong flag is not blamed on the file it overrides, and reads as it was typed."""
    path = write(tmp_path, "jhub.yaml", "region: eu-west-1\n")
    (problem,) = refused(path, region="us-wset-2")
    assert (problem.path, problem.location) == ("region", "--region")
    assert problem.message == "`--region us-wset-2` is not an AWS region"
    assert problem.hint == "did you mean `--region us-west-2`?"


def test_a_misspelt_login_reads_alike_in_file_and_flag(tmp_path: Path) -> None:
    """Place, cause and remedy, without a word of the validation library."""
    path = write(tmp_path, "jhub.yaml", "auth: {type: cogito}\n")
    (in_file,) = refused(path)
    (in_flag,) = refused(auth__type="cogito")
    assert in_file.message == "`type: cogito` is not one of dummy, cognito, oauth, native, custom"
    assert in_file.hint == "did you mean `type: cognito`?"
    assert in_flag.location == "--auth"
    assert in_flag.message == "`--auth cogito` is not one of dummy, cognito, oauth, native, custom"
    assert in_flag.hint == "did you mean `--auth cognito`?"


@pytest.mark.parametrize(
    ("login", "missing"),
    [
        ("cognito", {"access.domain"}),
        ("oauth", {"auth.client_id", "auth.issuer", "auth.admins", "auth.allow", "access.domain"}),
        ("native", {"auth.admins", "auth.allow"}),
        ("custom", {"auth.authenticator"}),
    ],
)
def test_login_by_flag_alone_says_what_it_lacks(login: str, missing: set[str]) -> None:
    """All of it at once, each with what to write; a login that needs no more is deployed."""
    found = refused(auth__type=login)
    assert {problem.path for problem in found} == missing
    assert all(problem.hint for problem in found)
    if login == "cognito":
        assert loaded(auth__type=login, access__domain="hub.example.org")


def test_flag_that_changes_the_login_drops_keys_of_the_other(tmp_path: Path) -> None:
    """Trying the dummy login on a Cognito file works, and says what is ignored."""
    path = write(tmp_path, "jhub.yaml", "auth:\n  type: cognito\n  mfa: required\n  admins: []\n")
    config = loaded(path, auth__type="dummy")
    assert isinstance(config.deployment.settings.auth, DummyAuth)
    (warning,) = [w for w in config.warnings if w.path == "auth.mfa"]
    assert (warning.severity, warning.line, warning.column) == ("warning", 3, 3)
    assert "the command line sets auth.type to `dummy`" in warning.message


def test_overlay_rule(tmp_path: Path) -> None:
    """Mappings merge, lists and values replace, null restores the default."""
    base = write(
        tmp_path,
        "base.yaml",
        "tags: {a: '1', b: '2'}\n"
        "cluster:\n"
        "  public_access_cidrs: [203.0.113.0/24, 198.51.100.0/24]\n"
        "  prefix_delegation: true\n"
        "storage: {backup_days: 90}\n"
        "hub_values: {hub: {a: 1, b: 2}}\n",
    )
    over = write(
        tmp_path,
        "prod.yaml",
        "tags: {b: '3'}\n"
        "cluster: {public_access_cidrs: [192.0.2.0/24]}\n"
        "storage: {backup_days: null}\n"
        "hub_values: {hub: {b: null}}\n",
    )
    config = loaded(base, over)
    settings = config.deployment.settings
    assert settings.tags == {"a": "1", "b": "3"}
    assert settings.cluster.public_access_cidrs == ("192.0.2.0/24",)
    assert settings.cluster.prefix_delegation is True
    assert settings.storage.backup_days == 35
    assert settings.hub_values == {"hub": {"a": 1, "b": None}}
    assert config.files == (base, over)


def test_problem_is_placed_where_the_value_was_set_last(tmp_path: Path) -> None:
    """A wrong value of an overlay is reported in the overlay, others in the base."""
    base = write(tmp_path, "base.yaml", "network: {zones: 3}\nidle: {server_minutes: 1}\n")
    over = write(tmp_path, "over.yaml", "\nnetwork:\n  zones: 2\n")
    places = {p.path: p.location for p in refused(base, over) if p.severity == "error"}
    assert places == {
        "network.zones": f"{over}:3:10",
        "idle.server_minutes": f"{base}:2:24",
    }


def test_missing_key_is_placed_at_its_section(tmp_path: Path) -> None:
    """A key that is not there is reported at the key of the mapping it belongs to."""
    path = write(
        tmp_path, "jhub.yaml", "name: lab\nnetwork:\n  existing:\n    vpc_id: vpc-12345678\n"
    )
    problem = next(p for p in refused(path) if p.severity == "error")
    assert problem.path == "network.existing.private_subnet_ids"
    assert (problem.line, problem.column) == (3, 3)


def test_profiles_beside_the_first_file(tmp_path: Path) -> None:
    """profiles.yaml is found beside the first file, and an explicit one wins."""
    text = (
        "pools: {{cpu: {{instances: [{}]}}}}\nprofiles: [{{name: A, default: true, pool: cpu}}]\n"
    )
    path = write(tmp_path, "jhub.yaml", "")
    beside = write(tmp_path, "profiles.yaml", text.format("m7i"))
    other = write(tmp_path, "other.yaml", text.format("c7i"))

    found = load(ConfigSources(files=(path,)))
    assert found.files == (path, beside)
    assert found.deployment.profiles.pools["cpu"].instances == ("m7i",)

    explicit = load(ConfigSources(files=(path,), profiles=other))
    assert explicit.files == (path, other)
    assert explicit.deployment.profiles.pools["cpu"].instances == ("c7i",)


def test_problems_of_both_files_come_at_once(tmp_path: Path) -> None:
    """Wrong values and broken rules of both files are in one error."""
    path = write(tmp_path, "jhub.yaml", "nmae: x\nnetwork: {cidr: 10.1.2.0/16}\n")
    write(tmp_path, "profiles.yaml", "pools: {cpu: {instances: [m7i]}}\nprofiles: [{name: A}]\n")
    paths = {p.path for p in refused(path) if p.severity == "error"}
    assert paths == {"nmae", "network.cidr", "profiles[0].pool"}


def test_unreadable_profiles_do_not_hide_problems_of_the_other_file(tmp_path: Path) -> None:
    """A syntax error in one file leaves the other one checked, without guesses across."""
    path = write(tmp_path, "jhub.yaml", "network: {cidr: 10.1.2.0/16}\n")
    broken = write(tmp_path, "profiles.yaml", "profiles: [\n")
    errors = [p for p in refused(path) if p.severity == "error"]
    assert {p.file for p in errors} == {str(path), str(broken)}
    assert len(errors) == 2


def test_unreadable_file_yields_no_conclusions(tmp_path: Path) -> None:
    """What a broken file would have said is not guessed from defaults."""
    path = write(tmp_path, "jhub.yaml", "auth: {type: cognito\naccess: {domain: a.example.org}\n")
    assert [p.file for p in refused(path, auth__type="cognito")] == [str(path)]


def test_groups_of_profiles_must_exist_in_the_pool(tmp_path: Path) -> None:
    """A profile for a group that Cognito will not have is refused with both remedies."""
    path = write(
        tmp_path,
        "jhub.yaml",
        "auth: {type: cognito, groups: [ml]}\naccess: {domain: h.example.org}\n",
    )
    write(
        tmp_path,
        "profiles.yaml",
        "pools: {cpu: {instances: [m7i]}}\n"
        "profiles: [{name: A, default: true, pool: cpu, groups: [ml, mls]}]\n",
    )
    (problem,) = [p for p in refused(path) if p.severity == "error"]
    assert problem.path == "profiles[0].groups[1]"
    assert "did you mean `ml`" in problem.hint
    assert "groups: [ml, mls]" in problem.hint


def test_forty_one_tags_are_too_many(tmp_path: Path) -> None:
    """AWS takes 50 tags, of which the deployment needs ten."""
    tags = "\n".join(f"  tag{index}: x" for index in range(41))
    path = write(tmp_path, "jhub.yaml", f"tags:\n{tags}\n")
    (problem,) = [p for p in refused(path) if p.severity == "error"]
    assert (problem.path, problem.hint) == ("tags", "keep at most 40")


def test_forty_one_public_networks_are_too_many(tmp_path: Path) -> None:
    """EKS takes 40 networks."""
    cidrs = ", ".join(f"203.0.{index}.0/24" for index in range(41))
    path = write(tmp_path, "jhub.yaml", f"cluster: {{public_access_cidrs: [{cidrs}]}}\n")
    assert "at most 40" in next(p for p in refused(path)).message


def test_the_defaults_are_no_reason_for_a_warning() -> None:
    """Also not that the cluster's API is private: the summary of `validate` says it calmly."""
    assert loaded().warnings == ()


def test_texts_from_the_file_cannot_command_the_terminal(tmp_path: Path) -> None:
    """Control codes in keys are shown escaped, and endless ones are cut."""
    path = write(tmp_path, "jhub.yaml", f'name: lab\n"a\\e[2J\\nb": 1\n{"k" * 1000}: 1\n')
    first, second = (p for p in refused(path) if p.severity == "error")
    assert first.message == "unknown key `a\\x1b[2J\\nb`"
    assert len(second.message) < 700


def test_config_imports_nothing_heavy() -> None:
    """The package uses pydantic and ruamel.yaml only, so that `validate` starts at once."""
    folder = Path(load_module.__file__).parent
    allowed = {*sys.stdlib_module_names, "pydantic", "pydantic_core", "ruamel", "yaml"}
    allowed.add("jupyterhub_eks")
    imported = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    assert "pydantic" in imported
    assert imported <= allowed


def _told(folder: Path, text: str, check: Check) -> list[str]:
    (folder / "jhub.yaml").write_text(text)
    try:
        found = load(ConfigSources(files=(folder / "jhub.yaml",)), [check]).warnings
    except ConfigError as error:
        found = error.problems
    return [f"{each.line}:{each.column} {each.path}" for each in found]


def test_further_checks_are_reported_with_all_else_and_in_place(tmp_path: Path) -> None:
    """One that needs other keys than the faulty ones runs beside them; a key is pointed at."""
    finding = Finding(path=("tags", "a"), message="no", at_key=True)
    check = Check(find=lambda _: [finding], needs=frozenset({"tags"}))
    assert _told(tmp_path, "zones: 4\ntags: {a: b}\n", check) == ["1:1 zones", "2:8 tags.a"]


def test_a_check_without_its_ground_is_not_run(tmp_path: Path) -> None:
    """It would judge defaults that stand in for what is wrong."""
    finding = Finding(path=(), message="no")
    needy = Check(find=lambda _: [finding], needs=frozenset({"zones"}))
    assert _told(tmp_path, "zones: 4\n", needy) == ["1:1 zones"]
    assert _told(tmp_path, "zones: 4\n", Check(find=lambda _: [finding])) == ["1:1 zones"]
    assert _told(tmp_path, "name: demo\n", Check(find=lambda _: [finding])) == ["1:1 "]
