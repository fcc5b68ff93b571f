"""Intent of the values: security, storage, idling, scheduling. Codes name the rule kept."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from ruamel.yaml import YAML

from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.merging import base_values
from jupyterhub_eks.resources import read_text
from tests.support.hub import COGNITO, DOMAIN, NATIVE, OAUTH, values

LOGINS = [
    ({"type": "dummy"}, {}),
    (NATIVE, DOMAIN),
    (COGNITO, DOMAIN),
    (OAUTH, DOMAIN),
]


@pytest.fixture(scope="module")
def default() -> dict[str, Any]:
    """The values of a deployment in which everything is left at its default."""
    return values()


def egress(rendered: dict[str, Any], address: str) -> bool:
    """Return whether a rule of ours lets a notebook reach an address."""
    blocks = [
        to["ipBlock"]
        for rule in rendered["singleuser"]["networkPolicy"]["egress"]
        for to in rule["to"]
    ]
    wanted = ip_address(address)
    return any(
        wanted in ip_network(block["cidr"])
        and not any(wanted in ip_network(closed) for closed in block["except"])
        for block in blocks
    )


def test_d1_home_is_a_folder_of_its_own(default: dict[str, Any]) -> None:
    """A home is the user's folder of the home volume; the shared mount is another volume."""
    storage = default["singleuser"]["storage"]
    assert storage["type"] == "static"
    assert storage["static"] == {"pvcName": "home", "subPath": "{safe_username}"}
    shared = storage["extraVolumes"]["shared"]["persistentVolumeClaim"]["claimName"]
    assert shared == "shared"


def test_d1d_notebook_cannot_speak_nfs() -> None:
    """No address of a VPC is reachable from a notebook, so no mount target is."""
    rendered = values()
    rules = rendered["singleuser"]["networkPolicy"]["egressAllowRules"]
    assert rules["privateIPs"] is False
    assert rules["nonPrivateIPs"] is False
    closed = (
        "10.1.2.3",
        "172.20.0.1",
        "192.168.0.5",
        "100.64.7.7",
        "100.127.255.255",
        "198.19.1.1",
    )
    assert [address for address in closed if egress(rendered, address)] == []
    assert egress(rendered, "151.101.0.223")


@pytest.mark.parametrize(("auth", "access"), LOGINS)
def test_d3_allow_rules_are_written_out(auth: Any, access: Any) -> None:
    """Every login says who may enter, and existing users are no rule by themselves."""
    rules = values(auth=auth, access=access)["hub"]["config"]["Authenticator"]
    assert {"allow_all", "allowed_users", "admin_users"} <= set(rules)
    assert rules["allow_existing_users"] is False


def test_d9_users_are_not_root(default: dict[str, Any]) -> None:
    """Uid 1000, group 100, no way to more, no capability, no sudo."""
    singleuser = default["singleuser"]
    assert (singleuser["uid"], singleuser["fsGid"]) == (1000, 100)
    assert singleuser["allowPrivilegeEscalation"] is False
    context = default["hub"]["config"]["KubeSpawner"]["container_security_context"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["runAsNonRoot"] is True
    assert "GRANT_SUDO" not in str(default)
    assert "cmd" not in singleuser


def test_d10_network_policy_is_enforced(default: dict[str, Any]) -> None:
    """The chart's policies are on, and the network add-on is told to enforce them."""
    for part in (default["hub"], default["proxy"]["chp"], default["singleuser"]):
        assert part["networkPolicy"].get("enabled", True) is True
    assert base_values("addons/vpc-cni")["enableNetworkPolicy"] == "true"


def test_d11_metrics_need_a_token(default: dict[str, Any]) -> None:
    """Nobody reads the hub's metrics, which name users, without a token."""
    assert default["hub"]["authenticatePrometheus"] is True


def test_d13_metadata_is_guarded_without_a_privileged_container(default: dict[str, Any]) -> None:
    """No iptables container, and the policy closes instance metadata by itself."""
    singleuser = default["singleuser"]
    assert singleuser["cloudMetadata"]["blockWithIptables"] is False
    assert not egress(default, "169.254.169.254")
    for part in (default["hub"], default["proxy"]["chp"], singleuser):
        assert part["networkPolicy"]["egressAllowRules"]["cloudMetadataServer"] is False


def test_d20_sessions_are_not_disrupted(default: dict[str, Any]) -> None:
    """A user's pod carries Karpenter's annotation from its creation."""
    assert default["singleuser"]["extraAnnotations"][labels.DO_NOT_DISRUPT] == "true"


def test_d31_names_of_homes_do_not_depend_on_the_scheme(default: dict[str, Any]) -> None:
    """The folder's template is written out and means the same under every slug scheme."""
    assert default["singleuser"]["storage"]["static"]["subPath"] == "{safe_username}"
    assert default["hub"]["config"]["KubeSpawner"]["slug_scheme"] == "safe"


def test_d35_hub_installs_nothing_when_it_starts() -> None:
    """No code of ours in the hub calls a package installer."""
    rendered = values(auth=COGNITO, access=DOMAIN)
    code = "\n".join(rendered["hub"]["extraConfig"].values())
    assert "pip" not in code
    assert "subprocess" not in code


def test_d38_defaults_that_people_look_for(default: dict[str, Any]) -> None:
    """JupyterLab opens, and idle servers are culled."""
    assert default["singleuser"]["defaultUrl"] == "/lab"
    assert default["cull"]["enabled"] is True


def test_p13_a_cold_accelerator_has_time(default: dict[str, Any]) -> None:
    """A server may take 20 minutes to start."""
    assert default["singleuser"]["startTimeout"] == 1200
    assert default["hub"]["config"]["KubeSpawner"]["http_timeout"] == 120


def test_p20_idle_times_follow_the_configuration() -> None:
    """Minutes and hours of the configuration become the culler's and the server's seconds."""
    rendered = values(idle={"server_minutes": 90, "kernel_minutes": 20, "max_age_hours": 12})
    assert rendered["cull"] == {"enabled": True, "every": 300, "timeout": 5400, "maxAge": 43200}
    server = rendered["singleuser"]["extraFiles"]["jupyter_server_config.json"]["data"]
    kernels = server["MappingKernelManager"]
    assert kernels["cull_idle_timeout"] == 1200
    assert kernels["cull_connected"] is True
    assert kernels["cull_busy"] is False
    assert server["ServerApp"]["shutdown_no_activity_timeout"] == 5400


def test_p26_hub_database_names_its_class(default: dict[str, Any]) -> None:
    """The hub's claim asks for the class that the platform makes."""
    assert default["hub"]["db"]["type"] == "sqlite-pvc"
    assert default["hub"]["db"]["pvc"]["storageClassName"] == labels.STORAGE_CLASS


def test_p27_scheduling_is_that_of_the_cluster(default: dict[str, Any]) -> None:
    """No scheduler and no pullers of the chart; both kinds of pods demand their nodes."""
    scheduling = default["scheduling"]
    assert scheduling["userScheduler"]["enabled"] is False
    assert scheduling["userPlaceholder"]["enabled"] is False
    assert scheduling["podPriority"]["enabled"] is True
    for pods in ("corePods", "userPods"):
        assert scheduling[pods]["nodeAffinity"]["matchNodePurpose"] == "require"
    assert default["prePuller"]["hook"]["enabled"] is False
    assert default["prePuller"]["continuous"]["enabled"] is False


def test_databases_of_a_session_are_not_on_nfs(default: dict[str, Any]) -> None:
    """History, signatures, file ids and collaboration write outside the home."""
    files = default["singleuser"]["extraFiles"]
    server = files["jupyter_server_config.json"]["data"]
    places = [
        files["ipython_config.json"]["data"]["HistoryManager"]["hist_file"],
        server["NotebookNotary"]["db_file"],
        server["BaseFileIdManager"]["db_path"],
        server["SQLiteYStore"]["db_path"],
    ]
    assert [place for place in places if not place.startswith(("/tmp/", ":memory:"))] == []  # noqa: S108


def test_shared_memory_is_large_and_counted(default: dict[str, Any]) -> None:
    """Shared memory is a volume in memory, which the server's own limit bounds."""
    storage = default["singleuser"]["storage"]
    assert storage["extraVolumes"]["shm"]["emptyDir"] == {"medium": "Memory"}
    assert storage["extraVolumeMounts"]["shm"]["mountPath"] == "/dev/shm"  # noqa: S108


def test_mounts_follow_the_configuration() -> None:
    """Both folders are mounted where the configuration says."""
    rendered = values(storage={"home": {"mount": "/work"}, "shared": {"mount": "/data"}})
    storage = rendered["singleuser"]["storage"]
    assert storage["homeMountPath"] == "/work"
    assert storage["extraVolumeMounts"]["shared"]["mountPath"] == "/data"


@pytest.mark.parametrize(
    ("write", "read_only", "hooked"),
    [("everyone", False, False), ("admins", True, True), ("nobody", True, False)],
)
def test_shared_folder_is_closed_where_it_says_so(
    write: str,
    read_only: bool,  # noqa: FBT001 - a table of cases
    hooked: bool,  # noqa: FBT001 - a table of cases
) -> None:
    """Closed is the state without any hook; only `admins` has one that opens it."""
    rendered = values(storage={"shared": {"write": write}})
    mount = rendered["singleuser"]["storage"]["extraVolumeMounts"]["shared"]
    assert mount["readOnly"] is read_only
    assert ("shared_folder" in rendered["hub"]["extraConfig"]) is hooked


def test_hub_values_have_the_last_word() -> None:
    """What the user writes under `hub_values` beats the file and everything computed."""
    rendered = values(
        hub_values={
            "cull": {"timeout": 1},
            "singleuser": {"defaultUrl": "/tree", "extraAnnotations": {"mine": "yes"}},
            "scheduling": {"podPriority": {"enabled": False}},
            "prePuller": None,
        }
    )
    assert rendered["cull"]["timeout"] == 1
    assert rendered["cull"]["every"] == 300
    assert rendered["singleuser"]["defaultUrl"] == "/tree"
    assert rendered["singleuser"]["extraAnnotations"] == {
        "mine": "yes",
        labels.DO_NOT_DISRUPT: "true",
    }
    assert rendered["scheduling"]["podPriority"]["enabled"] is False
    assert rendered["prePuller"] is None


def test_base_values_repeat_nothing_that_is_computed(default: dict[str, Any]) -> None:
    """A value stands either in the file or in code, never in both."""
    file = YAML(typ="safe", pure=True).load(read_text("helm_values/jupyterhub.yaml"))
    assert "timeout" not in file["cull"]
    assert "profileList" not in file["singleuser"]
    assert set(file["proxy"]) == {"chp"}
    assert set(default["singleuser"]) >= set(file["singleuser"])
