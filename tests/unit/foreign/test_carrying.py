"""What a foreign profile has besides resources: in keys of ours, or as it is, or listed."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.config.profile_parts import ANY_IMAGE
from jupyterhub_eks.config.profiles import ProfileConfig
from jupyterhub_eks.foreign.importing import Imported, import_list
from jupyterhub_eks.foreign.user_data import Division, division_of
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.releases.labels import alone_on_node
from tests.support.foreign import source, yaml_data


def imported(text: str) -> Imported:
    """Import a bare list."""
    return import_list(source(text), catalog(), "us-west-2")


def one(override: str, *, more: str = "") -> tuple[ProfileConfig, str]:
    """Return the only profile of a list, and all that is listed."""
    found = imported(f"[{{display_name: P, kubespawner_override: {override}{more}}}]")
    (profile,) = found.profiles.profiles
    written = yaml_data(found.text)["profiles"][0]
    assert ProfileConfig.model_validate(_tuples(written)) == profile
    return profile, "\n".join(each.message for each in found.losses)


def _tuples(written: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in written.items()}


@pytest.mark.parametrize(
    ("variables", "ours", "kept"),
    [
        ("{A: b, C: ''}", {"A": "b", "C": ""}, {}),
        ("{A: '{{b}}'}", {"A": "{b}"}, {}),
        ("{A: '{username}'}", {}, {"A": "{username}"}),  # KubeSpawner fills it in, as it did
        ("{A: '${B}'}", {}, {"A": "${B}"}),
        ("{A: '}'}", {}, {"A": "}"}),
        ("{A: 4}", {}, {"A": 4}),
        ("{CPU_LIMIT: '4'}", {}, {"CPU_LIMIT": "4"}),
        ("{A: {valueFrom: {fieldRef: {}}}}", {}, {"A": {"valueFrom": {"fieldRef": {}}}}),
    ],
)
def test_variables(variables: str, ours: dict[str, str], kept: dict[str, Any]) -> None:
    """Plain text stands in `environment`; what only KubeSpawner understands stays its own."""
    profile, _ = one(f"{{environment: {variables}}}")
    assert profile.environment == ours
    assert profile.kubespawner_override.get("environment", {}) == kept


def test_volumes() -> None:
    """Claims, Secrets and ConfigMaps are `volumes`; the rest stays a setting of KubeSpawner."""
    profile, said = one(
        "{volumes: [{name: data, persistentVolumeClaim: {claimName: sets}}, "
        "{name: key, secret: {secretName: s}}, {name: tmp, emptyDir: {}}], "
        "volume_mounts: [{name: data, mountPath: /data, readOnly: true}, "
        "{name: key, mountPath: /key}, {name: tmp, mountPath: /scratch}, "
        "{name: home, mountPath: /home/jovyan}, {name: shm, mountPath: /dev/shm}, "
        "{name: other, mountPath: /other}]}"
    )
    assert [each.model_dump(exclude_defaults=True) for each in profile.volumes] == [
        {"name": "data", "mount": "/data", "claim": "sets", "read_only": True},
        {"name": "key", "mount": "/key", "secret": "s"},
    ]
    assert profile.kubespawner_override == {
        "volumes": {"tmp": {"name": "tmp", "emptyDir": {}}},
        "volume_mounts": {"tmp-2": {"name": "tmp", "mountPath": "/scratch"}},
    }
    assert "`home` at `/home/jovyan` is not carried: home is mounted there" in said
    assert "`shm` at `/dev/shm` is not carried" in said
    assert "`other` at `/other` is not carried: its volume is the hub's" in said
    assert "needs in the hub's namespace: claim `sets`, secret `s`" in said


@pytest.mark.parametrize(
    ("override", "kept"),
    [
        ("{default_url: /tree, args: [a]}", {"default_url": "/tree", "args": ["a"]}),
        ("{mem_limit: 2G, http_timeout: 61}", {"http_timeout": 61}),
        (
            "{extra_pod_config: {hostIPC: true, nodeSelector: {kubernetes.io/arch: amd64}}}",
            {"extra_pod_config": {"hostIPC": True}},
        ),
        (
            "{extra_container_config: {tty: true, resources: {requests: {cpu: 1}}}}",
            {"extra_container_config": {"tty": True}},
        ),
        ("{extra_resource_limits: {a.b/c: 1}}", {
            "extra_resource_limits": {"a.b/c": "1"}, "extra_resource_guarantees": {"a.b/c": "1"},
        }),
        ("{extra_resource_guarantees: {ephemeral-storage: 2Gi}}", {
            "extra_resource_guarantees": {"ephemeral-storage": str(2 << 30)},
        }),
    ],
)  # fmt: skip
def test_the_last_word(override: str, kept: dict[str, Any]) -> None:
    """What no key of a profile says is what it was in `kubespawner_override`."""
    assert one(override)[0].kubespawner_override == kept


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("namespace: other", "`namespace` is not carried: it is the hub's"),
        ("scheduler_name: mine", "`scheduler_name` is not carried: it is the hub's"),
        ("pre_spawn_hook: f", "`pre_spawn_hook` is not carried: it is code"),
        ("mem_limits: 2G", "`mem_limits` is not carried: KubeSpawner has no such setting"),
        ("cmd: !python f", "`cmd` is not carried: it has values that only a program knows"),
        ("extra_labels: [a]", "`extra_labels` is not carried: it takes a mapping"),
        ("extra_pod_config: {nodeName: a}", "`nodeName` of `extra_pod_config` is not carried"),
    ],
)
def test_what_is_not_carried(setting: str, message: str) -> None:
    """Each is listed with the reason, and is not written."""
    found = imported(f"- display_name: P\n  kubespawner_override:\n    {setting}\n")
    assert message in "\n".join(each.message for each in found.losses)
    assert found.profiles.profiles[0].kubespawner_override == {}


ALONE = str(alone_on_node())
ZONE = "{labelSelector: {matchLabels: {app: x}}, topologyKey: topology.kubernetes.io/zone}"


@pytest.mark.parametrize(
    ("terms", "dedicated", "kept"),
    [
        (ALONE, True, 0),
        (f"[{ALONE[1:-1]}, {ZONE}]", True, 2),
        (f"[{ZONE}]", False, 1),
    ],
)
@pytest.mark.parametrize("where", ["{pod_anti_affinity_required: %s}", "pod"])
def test_anti_affinity(terms: str, dedicated: bool, kept: int, where: str) -> None:  # noqa: FBT001
    """A server that keeps away from all others has a pool for that; no term of it is lost."""
    if where == "pod":
        required = "requiredDuringSchedulingIgnoredDuringExecution"
        where = "{extra_pod_config: {affinity: {podAntiAffinity: {" + required + ": %s}}}}"
    found = imported(f"[{{display_name: P, kubespawner_override: {where % terms}}}]")
    (profile,) = found.profiles.profiles
    assert found.profiles.pools[profile.pool].dedicated is dedicated
    assert len(profile.kubespawner_override.get("pod_anti_affinity_required", ())) == kept


def test_anti_affinity_of_all_servers() -> None:
    """Those of the chart's values stand in each profile."""
    found = imported(
        f"singleuser: {{extraPodAntiAffinity: {{required: [{ZONE}]}}, "
        "profileList: [{display_name: P}]}"
    )
    (profile,) = found.profiles.profiles
    assert len(profile.kubespawner_override["pod_anti_affinity_required"]) == 1


@pytest.mark.parametrize(
    ("regex", "pattern", "message"),
    [
        ("", ANY_IMAGE, "has to be an image with a tag or a digest here"),
        ("^(?:quay[.]io/.+)$", "quay[.]io/.+", ""),
        ("^quay[.]io/.+$", "^quay[.]io/.+$", ""),
        ("quay[.]io/", "quay[.]io/", "has to match as a whole here"),
        ("[", "", "users cannot enter a value of their own"),
        ("a<b", "", "users cannot enter a value of their own"),
    ],
)
def test_images_that_users_enter(regex: str, pattern: str, message: str) -> None:
    """The same references or fewer are taken, and that is said."""
    profile, said = one(
        "{}",
        more=", profile_options: {image: {choices: {a: {display_name: A, kubespawner_override: "
        f"{{image: 'a/a:1'}}}}}}, unlisted_choice: {{enabled: true, validation_regex: '{regex}', "
        "kubespawner_override: {image: '{value}'}}}}",
    )
    assert profile.unlisted_image == pattern
    assert message in said
    assert bool(message) == ("enter" in said)


def test_choices_that_change_more_than_images_are_profiles() -> None:
    """Each has its own settings; none of them is dropped."""
    found = imported(
        "[{display_name: P, default: true, profile_options: {way: {choices: {"
        "a: {display_name: Lab, kubespawner_override: {image: 'a/a:1', default_url: /lab}}, "
        "b: {display_name: Old, default: true, kubespawner_override: {default_url: /tree}}}}}}]"
    )
    assert [
        (each.name, each.default, each.kubespawner_override, list(each.images))
        for each in found.profiles.profiles
    ] == [
        ("P (Lab)", False, {"default_url": "/lab"}, ["Image"]),
        ("P (Old)", True, {"default_url": "/tree"}, []),
    ]


def test_a_size_that_cannot_start_is_left_out_alone() -> None:
    """The others stay sizes of their profile."""
    found = imported(
        "[{display_name: P, profile_options: {size: {choices: {"
        "a: {display_name: S, kubespawner_override: {mem_limit: 1G}}, "
        "b: {display_name: M, kubespawner_override: {mem_limit: 2G}}, "
        "c: {display_name: L, kubespawner_override: {mem_limit: 90T}}, "
        "d: {display_name: XL, kubespawner_override: {mem_limit: 3 GB}}}}}}]"
    )
    (profile,) = found.profiles.profiles
    assert list(profile.options) == ["S", "M"]
    out = [each.message for each in found.losses if "is left out" in each.message]
    assert {each.partition(" is left")[0] for each in out} == {"`P (L)`", "`P (XL)`"}


SETTINGS = (
    "image_pull_secrets", "service_account", "volumes", "volume_mounts", "environment",
    "extra_pod_config", "extra_container_config", "pod_anti_affinity_required",
    "extra_containers", "init_containers", "args",
)  # fmt: skip


def test_values_of_any_kind() -> None:
    """A setting with a value that is none for it ends no import."""
    values = ("1", "null", "[]", "{}", "x", "true", "[1, {a: b}]", ".nan")
    text = "".join(
        f"- display_name: P{setting}{number}\n  kubespawner_override: {{{setting}: {value}}}\n"
        for setting in SETTINGS
        for number, value in enumerate(values)
    )
    found = imported(f"{text}- display_name: Q\n")
    assert found.profiles.profiles[-1].name == "Q"
    names = {each.name for each in found.profiles.profiles}
    # Null is as if nothing were said, but for lists that KubeSpawner cannot do without.
    lists = {"image_pull_secrets", "extra_containers", "init_containers", "args"}
    out = {f"P{setting}1" for setting in lists}
    assert {f"P{setting}1" for setting in SETTINGS} - out <= names
    assert not out & names
    assert all(any(name in each.message for each in found.losses) for name in out)


def test_more_choices_than_are_carried() -> None:
    """Those that are not are told of."""
    options = [
        f"o{index}: {{choices: {{"
        + ", ".join(
            f"c{n}: {{display_name: {index}-{n}, kubespawner_override: {{cpu_limit: {n + 1}}}}}"
            for n in range(6)
        )
        + "}}"
        for index in range(4)
    ]
    found = imported(f"[{{display_name: P, profile_options: {{{', '.join(options)}}}}}]")
    assert any("of 1296 ways to choose those are carried" in e.message for e in found.losses)
    assert len(found.profiles.profiles[0].options) == 21


NVIDIA = "[settings.kubelet-device-plugins.nvidia"


@pytest.mark.parametrize(
    ("text", "division"),
    [
        ("", Division()),
        ("#!/bin/bash\necho [", Division()),
        ("[settings]\nkubelet-device-plugins = 1", Division()),
        (
            (
                f'{NVIDIA}]\ndevice-partitioning-strategy = "mig"\n'
                f'{NVIDIA}.mig.profile]\n"a100.40gb" = "1g.5gb"\nb = 1'
            ),
            Division(partition=(("a100.40gb", "1g.5gb"),)),
        ),
        (
            (f'{NVIDIA}]\ndevice-sharing-strategy = "time-slicing"\ntime-slicing.replicas = 3'),
            Division(replicas=3),
        ),
    ],
)
def test_how_nodes_divide_gpus(text: str, division: Division) -> None:
    """Only settings of Bottlerocket say so."""
    assert division_of(text) == division
