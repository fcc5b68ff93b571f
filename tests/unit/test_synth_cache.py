"""The hash of a synthesis' input, the cache of its files, and bringing them to a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.errors import DeployerError, StateError
from jupyterhub_eks.synth import Composition, cache, files, synthesize
from jupyterhub_eks.synth.__main__ import main
from jupyterhub_eks.synth.manifest import order, read_stacks

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.synth import Build

STACK = "stacks/{}/cdk.tf.json"


def make_deployment(name: str = "demo") -> Deployment:
    return Deployment(settings=DeploymentFile(name=name), profiles=ProfilesFile())


def make_tree(**dependencies: tuple[str, ...]) -> files.Tree:
    """Return synthesized files of stacks with one resource and one data source each."""
    stacks = {
        name: {
            "dependencies": list(needs),
            "workingDirectory": f"stacks/{name}",
            "synthesizedStackPath": STACK.format(name),
        }
        for name, needs in dependencies.items()
    }
    body = {"resource": {"aws_vpc": {"a": {}}}, "data": {"aws_region": {"b": {}}}}
    tree = {STACK.format(name): json.dumps(body).encode() for name in stacks}
    return {**tree, "manifest.json": json.dumps({"stacks": stacks}).encode()}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder with the code of stacks."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "network.py").write_text("one")
    return folder


def key_of(code: Path, *, name: str = "demo", protect_data: bool = False) -> str:
    return cache.key(make_deployment(name), [code], protect_data=protect_data)


def test_equal_input_has_one_key(code: Path) -> None:
    """The key does not depend on when or in which object the input is given."""
    assert key_of(code) == key_of(code)


def test_the_key_depends_on_the_configuration(code: Path) -> None:
    """Another configuration, or protection of data, is another input."""
    keys = {key_of(code), key_of(code, name="other"), key_of(code, protect_data=True)}
    assert len(keys) == 3


def test_the_key_depends_on_the_code(code: Path) -> None:
    """A changed, an added and a renamed file are each another input."""
    keys = {key_of(code)}
    (code / "network.py").write_text("two")
    keys.add(key_of(code))
    (code / "more.py").touch()
    keys.add(key_of(code))
    (code / "more.py").rename(code / "less.py")
    keys.add(key_of(code))
    assert len(keys) == 4


def test_the_key_ignores_compiled_code(code: Path) -> None:
    """Python's own caches beside the code are no input."""
    before = key_of(code)
    (code / "__pycache__").mkdir()
    (code / "__pycache__" / "network.cpython-311.pyc").write_bytes(b"x")
    assert key_of(code) == before


def test_files_come_back_as_they_were_written(tmp_path: Path) -> None:
    """What is remembered under a key is what is read under it."""
    tree = make_tree(network=())
    cache.write(tmp_path, "k", tree)
    assert cache.read(tmp_path, "k") == tree


def test_a_damaged_cache_file_is_no_answer(tmp_path: Path) -> None:
    """A truncated file counts as not remembered."""
    cache.write(tmp_path, "k", make_tree(network=()))
    path = tmp_path / "synth" / "k.json"
    path.write_bytes(path.read_bytes()[:-5])
    assert cache.read(tmp_path, "k") is None


def test_an_unwritable_cache_is_no_error(tmp_path: Path) -> None:
    """Without a cache the next run is slower, nothing else."""
    (tmp_path / "synth").touch()
    cache.write(tmp_path, "k", make_tree(network=()))
    assert cache.read(tmp_path, "k") is None


def test_the_cache_does_not_grow_without_end(tmp_path: Path) -> None:
    """Old entries go, with their checksums; the latest stays."""
    for number in range(40):
        cache.write(tmp_path, str(number), {})
    assert len(list((tmp_path / "synth").iterdir())) == 32
    assert cache.read(tmp_path, "39") == {}


def test_an_unchanged_file_is_not_touched(tmp_path: Path) -> None:
    """Publishing the same files again leaves the very same files."""
    tree = make_tree(network=())
    files.publish(tree, tmp_path)
    before = {name: (tmp_path / name).stat().st_ino for name in tree}
    files.publish(tree, tmp_path)
    assert {name: (tmp_path / name).stat().st_ino for name in tree} == before


def test_terraforms_own_files_stay(tmp_path: Path) -> None:
    """The lock file, providers and state of earlier runs survive."""
    files.publish(make_tree(network=()), tmp_path)
    kept = [tmp_path / "stacks/network/.terraform.lock.hcl", tmp_path / "state/network.tfstate"]
    for path in kept:
        path.parent.mkdir(exist_ok=True)
        path.write_text("kept")
    files.publish(make_tree(network=(), cluster=("network",)), tmp_path)
    assert [path.read_text() for path in kept] == ["kept", "kept"]


def test_a_stack_that_is_gone_is_removed(tmp_path: Path) -> None:
    """Its folder goes, unless Terraform's files are in it; then only its JSON does."""
    files.publish(make_tree(network=(), identity=(), storage=()), tmp_path)
    lock = tmp_path / "stacks/identity/.terraform.lock.hcl"
    lock.touch()
    files.publish(make_tree(network=()), tmp_path)
    assert not (tmp_path / "stacks/storage").exists()
    assert list((tmp_path / "stacks/identity").iterdir()) == [lock]


def with_chart(tree: files.Tree, digest: str, **contents: str) -> files.Tree:
    """Return ``tree`` with the files of a chart as an asset of stack ``network``."""
    folder = f"stacks/network/assets/NodesChart/{digest}"
    return {**tree, **{f"{folder}/{name}": text.encode() for name, text in contents.items()}}


def test_charts_of_a_stack_come_along(tmp_path: Path) -> None:
    """What cdktf put beside the stack is collected and published, folders and all."""
    tree = with_chart(make_tree(network=()), "abc", Chart="name: nodes", values="a: 1")
    files.publish(tree, tmp_path / "one")
    assert files.collect(tmp_path / "one") == tree


def test_a_chart_that_changed_replaces_the_former(tmp_path: Path) -> None:
    """Only the chart that the stack refers to stays, and no empty folder."""
    base = make_tree(network=())
    files.publish(with_chart(base, "abc", Chart="1", gone="x"), tmp_path)
    files.publish(with_chart(base, "def", Chart="2"), tmp_path)
    assert files.collect(tmp_path) == with_chart(base, "def", Chart="2")
    assert [path.name for path in tmp_path.glob("stacks/network/assets/*/*")] == ["def"]


def test_charts_of_a_stack_that_is_gone_are_removed(tmp_path: Path) -> None:
    """Nothing of a stack stays that is no longer configured."""
    files.publish(with_chart(make_tree(network=()), "abc", Chart="1"), tmp_path)
    files.publish(make_tree(storage=()), tmp_path)
    assert not (tmp_path / "stacks/network").exists()


def test_a_chart_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """The cache keeps text, so an archive inside a chart is a bug of a stack."""
    path = tmp_path / "stacks/network/assets/NodesChart/abc/charts/more.tgz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x1f\x8b\xff")
    with pytest.raises(RuntimeError, match="not text"):
        files.collect(tmp_path)


def test_an_unwritable_folder_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    """Where the output cannot be written, the folder is named."""
    (tmp_path / "out").touch()
    with pytest.raises(StateError, match="out") as caught:
        files.publish(make_tree(network=()), tmp_path / "out")
    assert caught.value.hint


@pytest.mark.parametrize("name", ["stacks/network/key.pem", "extra.json", "assets/key.pem"])
def test_a_file_that_would_be_lost_is_refused(tmp_path: Path, name: str) -> None:
    """What synthesis writes and nobody would bring along is a bug of a stack."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()
    with pytest.raises(RuntimeError, match=name):
        files.collect(tmp_path)


def test_a_path_of_the_machine_is_refused(tmp_path: Path) -> None:
    """The temporary folder must not be named in the output."""
    (tmp_path / "manifest.json").write_text(f'{{"outdir": "{tmp_path}"}}')
    with pytest.raises(RuntimeError, match="names the folder"):
        files.collect(tmp_path)


def test_upstream_stacks_come_first() -> None:
    """Dependencies decide, then the alphabet, so the order is always the same."""
    needs = {"storage": ("network",), "cluster": ("network",), "network": (), "identity": ()}
    assert order(needs) == ("identity", "network", "cluster", "storage")


def test_a_circle_is_refused_and_spelled_out() -> None:
    """The message walks along the dependencies."""
    with pytest.raises(DeployerError, match=r"circle: (a -> b -> a|b -> a -> b)"):
        order({"a": ("b",), "b": ("a",)})


def test_a_dependency_on_nothing_is_refused() -> None:
    """A manifest that names an unknown stack cannot be ordered."""
    with pytest.raises(DeployerError, match="'a' depends on 'ghost'"):
        order({"a": ("ghost",)})


def test_data_sources_are_not_counted(tmp_path: Path) -> None:
    """The number of resources is that of resource blocks."""
    (stack,) = read_stacks(make_tree(network=()), tmp_path)
    assert (stack.resources, stack.directory) == (1, tmp_path / "stacks/network")


def refuse_to_load() -> Build:
    raise AssertionError("the code of the stacks was loaded")


def test_the_cache_answers_without_loading_the_stacks(
    tmp_path: Path, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When nothing changed, neither the stacks' code nor cdktf is imported."""
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    tree = make_tree(network=(), cluster=("network",))
    cache.write(tmp_path / "cache", key_of(code), tree)
    result = synthesize(
        make_deployment(),
        tmp_path / "out",
        protect_data=False,
        composition=Composition(load=refuse_to_load, sources=(code,)),
    )
    assert result.cached
    assert [(s.name, s.depends_on) for s in result.stacks] == [
        ("network", ()),
        ("cluster", ("network",)),
    ]
    assert {name: (tmp_path / "out" / name).read_bytes() for name in tree} == tree


@pytest.mark.parametrize(
    ("environment", "expected"), [({}, "cdktf.out"), ({"CDKTF_OUTDIR": "elsewhere"}, "elsewhere")]
)
def test_the_cdktf_command_line_finds_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    """``python -m jupyterhub_eks.synth`` reads jhub.yaml and writes where cdktf looks."""
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "jhub.yaml").write_text("name: from-file\nauth: {type: dummy}\n")
    key = cache.key(make_deployment("from-file"), Composition().sources, protect_data=True)
    cache.write(tmp_path / "cache", key, make_tree(network=()))
    main(environment, tmp_path)
    assert (tmp_path / expected / "manifest.json").is_file()


def test_listed_files_are_read_in_place_of_jhub_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``JHUB_CONFIG`` names the files; a later one lies over an earlier."""
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    base, over = tmp_path / "base.yaml", tmp_path / "over.yaml"
    base.write_text("name: base\n")
    over.write_text("name: over\n")
    key = cache.key(make_deployment("over"), Composition().sources, protect_data=True)
    cache.write(tmp_path / "cache", key, make_tree(network=()))
    main({"JHUB_CONFIG": f"{base}:{over}"}, tmp_path)
    assert (tmp_path / "cdktf.out" / "stacks/network/cdk.tf.json").is_file()
