"""Make the certificates of one authority; its key lives only while this runs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jupyterhub_eks.local.cluster.pki import certificate, private_key, public_key
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyterhub_eks.local.cluster.pki import Identity

# Clocks of one machine agree, but a virtual machine may be set back after a pause.
_BACKDATED: Final = timedelta(minutes=10)
_RSA_BITS: Final = 2048


@dataclass(frozen=True)
class _Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    begin: datetime
    until: datetime

    def builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey
    ) -> x509.CertificateBuilder:
        """Begin a certificate that this authority will sign."""
        return _builder(subject, self.certificate.subject, key, self.begin, self.until)


def issue_all(
    folder: Path, name: str, identities: Iterable[Identity], now: datetime, until: datetime
) -> None:
    """Make an authority and a key and certificate for each identity, files of mode 600.

    Args:
        folder: Where they are written.
        name: Name of the authority.
        identities: Whom it vouches for.
        now: The time.
        until: When all of them end.

    Raises:
        OSError: The folder cannot be written.
    """
    authority = _new_authority(name, now - _BACKDATED, until)
    replace_file(certificate(folder, name), _pem(authority.certificate))
    for identity in identities:
        _issue(folder, identity, authority)


def make_signing_key(folder: Path, name: str) -> None:
    """Make the key pair that signs service-account tokens.

    Raises:
        OSError: The folder cannot be written.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    replace_file(public_key(folder, name), public)
    replace_file(private_key(folder, name), _private_pem(key))


def _new_authority(name: str, begin: datetime, until: datetime) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"jhub-{name}")])
    built = (
        _builder(subject, subject, key.public_key(), begin, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Authority(built, key, begin, until)


def _issue(folder: Path, identity: Identity, authority: _Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, identity.user)]
    if identity.group:
        attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, identity.group))
    purposes = [ExtendedKeyUsageOID.CLIENT_AUTH] if identity.client else []
    if identity.hosts:
        purposes.append(ExtendedKeyUsageOID.SERVER_AUTH)
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = (
        authority.builder(x509.Name(attributes), key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(signer, critical=False)
    )
    if identity.hosts:
        names = [_alternative(host) for host in identity.hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    built = builder.sign(authority.key, hashes.SHA256())
    replace_file(private_key(folder, identity.name), _private_pem(key))
    replace_file(certificate(folder, identity.name), _pem(built))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    begin: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(until)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(built: x509.Certificate) -> bytes:
    return built.public_bytes(serialization.Encoding.PEM)


def _private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
