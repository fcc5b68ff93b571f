"""Command lines of the components: what they listen on, whom they trust, what they write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.local.cluster import pki
from jupyterhub_eks.local.cluster.components import DATA, components
from jupyterhub_eks.local.cluster.files import plane_files, planes
from jupyterhub_eks.local.cluster.plan import API, AUTHENTICATOR, NAMES, PORT_NAMES, TIERS, Plan
from jupyterhub_eks.local.cluster.preparing import PlaneRecord, prepare
from jupyterhub_eks.local.cluster.programs import Build

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = ("--cluster=demo", "--region=us-west-2", "--work-dir=/work")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A prepared control plane with an authenticator."""
    files = plane_files(tmp_path, "demo")
    files.home.mkdir(parents=True)
    return prepare(files, "demo", Build(tmp_path / "build"), TOKENS)


def flags(plan: Plan, name: str) -> dict[str, str]:
    """Flags of a component, without the hyphens."""
    (found,) = [each for each in components(plan) if each.name == name]
    pairs = [each.removeprefix("--").split("=", 1) for each in found.argv if "=" in each]
    return dict(pairs)


def test_components_start_in_the_order_of_their_needs(plan: Plan) -> None:
    """The API needs etcd and the authenticator; the others need the API."""
    assert tuple(each.name for each in components(plan)) == NAMES
    assert [API in tier for tier in TIERS] == [False, True, False]


def test_everything_listens_on_loopback(plan: Plan) -> None:
    """No component can be reached from another machine."""
    for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        assert flags(plan, name)["bind-address"] == "127.0.0.1"
    assert flags(plan, "etcd")["listen-client-urls"].startswith("https://127.0.0.1:")
    assert flags(plan, "etcd")["listen-peer-urls"].startswith("https://127.0.0.1:")
    assert flags(plan, "kwok")["server-address"].startswith("127.0.0.1:")


def test_etcd_is_opened_by_its_own_authority_only(plan: Plan) -> None:
    """Else every user of the API could go past it."""
    etcd = flags(plan, "etcd")

    assert (etcd["client-cert-auth"], etcd["peer-client-cert-auth"]) == ("true", "true")
    assert etcd["trusted-ca-file"] == str(pki.certificate(plan.files.pki, pki.ETCD_CA))
    assert flags(plan, API)["client-ca-file"] == str(pki.certificate(plan.files.pki, pki.API_CA))


def test_the_api_authorizes_as_eks_does(plan: Plan) -> None:
    """Nodes and RBAC; nothing is allowed by default."""
    assert flags(plan, API)["authorization-mode"] == "Node,RBAC"


def test_the_api_writes_an_audit_log(plan: Plan) -> None:
    """Tests read the order of a destroy from it."""
    api = flags(plan, API)

    assert api["audit-policy-file"] == str(DATA / "audit-policy.yaml")
    assert api["audit-log-path"] == str(plan.files.audit)


def test_tokens_are_asked_about_only_with_an_authenticator(plan: Plan, tmp_path: Path) -> None:
    """Without a region there is no cluster of the embedded EKS to ask about."""
    assert flags(plan, API)["authentication-token-webhook-config-file"] == str(plan.webhook)

    files = plane_files(tmp_path, "plain")
    files.home.mkdir(parents=True)
    plain = prepare(files, "plain", plan.build, ())
    assert "authentication-token-webhook-config-file" not in flags(plain, API)
    assert AUTHENTICATOR not in {each.name for each in components(plain)}


def test_a_second_preparation_changes_nothing(plan: Plan) -> None:
    """What runs is recognised by its fingerprint, so that has to stay."""
    before = [each.fingerprint for each in components(plan)]

    again = prepare(plan.files, "demo", plan.build, TOKENS)

    assert [each.fingerprint for each in components(again)] == before


def test_new_certificates_ask_for_a_restart_of_all(plan: Plan) -> None:
    """Nobody goes on with a certificate of an authority that is gone."""
    before = {each.name: each.fingerprint for each in components(plan)}
    (plan.files.pki / pki.COMPLETE).unlink()
    (plan.files.pki / "admin.key").unlink()

    after = {
        each.name: each.fingerprint
        for each in components(prepare(plan.files, "demo", plan.build, TOKENS))
    }

    assert all(before[name] != after[name] for name in NAMES)


def test_the_record_brings_back_the_plan(plan: Plan) -> None:
    """The next command finds ports, programs and settings in it."""
    record = PlaneRecord.read(plan.files)

    assert record is not None
    assert record.plan(plan.files) == plan
    assert set(record.ports) == set(PORT_NAMES)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"deployment": "demo"}', '{"ports": 1}'])
def test_a_damaged_record_is_none(plan: Plan, text: str) -> None:
    """Then the next start makes a new one."""
    plan.files.record.write_text(text)

    assert PlaneRecord.read(plan.files) is None


def test_the_kubeconfig_is_whole_and_private(plan: Plan) -> None:
    """It can be copied anywhere, because it names no other file."""
    document = json.loads(plan.files.kubeconfig.read_text())
    (cluster,) = document["clusters"]

    assert plan.files.kubeconfig.stat().st_mode & 0o777 == 0o600
    assert cluster["cluster"]["server"] == plan.url(API)
    assert "certificate-authority-data" in cluster["cluster"]
    assert set(document["users"][0]["user"]) == {"client-certificate-data", "client-key-data"}
    assert document["current-context"] == "demo"


def test_control_planes_are_told_by_their_records(plan: Plan, tmp_path: Path) -> None:
    """A folder without a record is none, and deployments lie elsewhere."""
    (tmp_path / "local-cluster" / "empty").mkdir()

    assert planes(tmp_path) == ("demo",)
    assert not (tmp_path / "local").exists()


def test_a_name_stays_in_its_folder(tmp_path: Path) -> None:
    """A name that would lead elsewhere is refused."""
    for name in ("../other", "", "a/b", ".", "a" * 101):
        with pytest.raises(Exception, match="no name of a cluster"):
            plane_files(tmp_path, name)
