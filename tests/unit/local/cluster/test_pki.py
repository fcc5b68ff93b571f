"""Certificates: whom they name, how long they last, who may read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jupyterhub_eks.local.cluster import pki

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with certificates made at NOW."""
    found = tmp_path / "pki"
    assert pki.ensure_pki(found, NOW)
    return found


def load(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pki.certificate(folder, name).read_bytes())


def subject(certificate: x509.Certificate, part: x509.ObjectIdentifier) -> list[str]:
    return [str(each.value) for each in certificate.subject.get_attributes_for_oid(part)]


def test_files_are_private(folder: Path) -> None:
    """Nobody but the owner may read a key, or even list them."""
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_no_key_of_an_authority_is_kept(folder: Path) -> None:
    """Nobody can issue a certificate for this cluster afterwards."""
    for name in pki.AUTHORITIES:
        assert pki.certificate(folder, name).exists()
        assert not pki.private_key(folder, name).exists()


def test_everything_ends_within_a_month(folder: Path) -> None:
    """A forgotten kubeconfig opens nothing for long."""
    for identity in pki.IDENTITIES:
        assert load(folder, identity.name).not_valid_after_utc == NOW + timedelta(days=30)


@pytest.mark.parametrize("identity", pki.IDENTITIES, ids=lambda each: each.name)
def test_each_is_signed_by_its_own_authority(folder: Path, identity: pki.Identity) -> None:
    """A certificate of one authority is nothing to the others."""
    found = load(folder, identity.name)
    for name in pki.AUTHORITIES:
        authority = load(folder, name)
        if name == identity.authority:
            found.verify_directly_issued_by(authority)
        else:
            with pytest.raises(ValueError, match="Issuer"):
                found.verify_directly_issued_by(authority)


def test_only_administrators_are_masters(folder: Path) -> None:
    """Components have the rights that Kubernetes gives them by name, and no more."""
    masters = {
        each.name
        for each in pki.IDENTITIES
        if "system:masters" in subject(load(folder, each.name), NameOID.ORGANIZATION_NAME)
    }

    assert masters == {"admin", "kwok"}
    scheduler = load(folder, "scheduler")
    assert subject(scheduler, NameOID.COMMON_NAME) == ["system:kube-scheduler"]


def test_the_server_may_only_be_reached_on_this_machine(folder: Path) -> None:
    """Its certificate names loopback and the service, and it is no client's."""
    server = load(folder, "apiserver")
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(each) for each in names.get_values_for_type(x509.IPAddress)}
    purposes = server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert addresses == {"127.0.0.1", "172.20.0.1"}
    assert "kubernetes.default.svc" in names.get_values_for_type(x509.DNSName)
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_a_second_start_keeps_them(folder: Path) -> None:
    """Nothing is made again while it lasts."""
    before = {path: path.read_bytes() for path in folder.iterdir()}

    assert not pki.ensure_pki(folder, NOW + timedelta(days=19))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("lost", ["admin.key", "etcd.crt", "api-ca.crt", "complete"])
def test_a_lost_file_makes_all_new(folder: Path, lost: str) -> None:
    """A run that was interrupted leaves no half set behind."""
    before = pki.certificate(folder, "apiserver").read_bytes()
    (folder / lost).unlink()

    assert pki.ensure_pki(folder, NOW)
    assert pki.certificate(folder, "apiserver").read_bytes() != before


def test_they_are_renewed_in_time_and_tokens_stay_valid(folder: Path) -> None:
    """Near their end all are new, except the key that service-account tokens are signed with."""
    accounts = pki.private_key(folder, pki.ACCOUNTS).read_bytes()
    later = NOW + timedelta(days=21)

    assert pki.ensure_pki(folder, later)
    assert load(folder, "admin").not_valid_after_utc == later + timedelta(days=30)
    assert pki.private_key(folder, pki.ACCOUNTS).read_bytes() == accounts
