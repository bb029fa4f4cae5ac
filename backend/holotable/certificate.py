"""A certificate for this machine's names and addresses: WebXR needs HTTPS on a LAN.

An authority of this installation's own signs it. Whoever trusts the authority once is not asked
again when the certificate is renewed or the machine gets another address; what it may sign is
limited to this machine's names, `.local` and private networks, so that trusting it risks little.
"""

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME: Final = timedelta(days=397)  # the longest that browsers take without complaint
RENEW_BEFORE: Final = timedelta(days=7)
AUTHORITY_LIFETIME: Final = timedelta(days=3650)
AUTHORITY_RENEW_BEFORE: Final = timedelta(days=400)  # it outlasts what it signs
CLOCK_SKEW: Final = timedelta(days=1)  # for desks and headsets whose clock is behind
PRIVATE_NETWORKS: Final = (  # RFC 1918, RFC 3927, loopback: what a LAN may call this machine
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
)  # fmt: skip

_Pair: TypeAlias = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


@dataclass(frozen=True, slots=True)
class Names:
    """What other machines may call this one."""

    hosts: tuple[str, ...]
    addresses: tuple[str, ...]  # IPv4, as text

    @property
    def all(self) -> frozenset[str]:
        """Every name and address."""
        return frozenset(self.hosts + self.addresses)


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files, and the SHA-256 fingerprints that browsers show (AA:BB:…)."""

    certificate_file: Path
    key_file: Path
    fingerprint: str
    authority_file: Path | None = None  # what people may install; None: the operator's own
    authority_fingerprint: str = ""


def local_names(hostname: str | None = None) -> Names:
    """The names of this machine: host name, its .local twin (mDNS), localhost, IPv4 addresses."""
    host = (hostname or socket.gethostname()).lower()
    label = host.split(".")[0]
    hosts = dict.fromkeys((host, f"{label}.local", "localhost"))
    return Names(tuple(hosts), (*lan_addresses(), "127.0.0.1"))


def lan_addresses() -> tuple[str, ...]:
    """This machine's IPv4 addresses on the networks it reaches, the default route's first.

    A UDP socket is connected, which sends nothing, and asked which address it would send from;
    one target per private range finds the address on each such network.
    """
    found: dict[str, None] = {}
    for target in ("192.0.2.1", "192.168.255.254", "172.31.255.254", "10.255.255.254"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
            except OSError:  # no route there: not one of our networks
                continue
            address = str(probe.getsockname()[0])
        if not ipaddress.ip_address(address).is_loopback:
            found[address] = None
    return tuple(found)


def certificate_for(names: Names, directory: Path, *, now: datetime) -> Certificate:
    """The certificate kept in `directory` if it covers the names and lasts, else a new one there.

    now: aware UTC. The same files are kept as long as they can be: people told browsers to trust
    them. Keys are readable by their owner only.
    """
    directory.mkdir(0o700, parents=True, exist_ok=True)
    authority_file, authority_key_file = (
        directory / "authority.pem",
        directory / "authority-key.pem",
    )
    authority = _read(authority_file, authority_key_file)
    if (
        authority is None
        or not _permits(authority[0], names)
        or authority[0].not_valid_after_utc - now < AUTHORITY_RENEW_BEFORE
    ):
        authority = _make_authority(names, now)
        _keep(authority, authority_file, authority_key_file)
    certificate_file, key_file = directory / "certificate.pem", directory / "key.pem"
    kept = _read(certificate_file, key_file)
    if (
        kept is None
        or not _covers(kept[0], names)
        or not _signed_by(kept[0], authority[0])
        or kept[0].not_valid_after_utc - now < RENEW_BEFORE
    ):
        kept = _make(names, authority, now)
        _keep(kept, certificate_file, key_file)
    return Certificate(
        certificate_file,
        key_file,
        _fingerprint(kept[0]),
        authority_file,
        _fingerprint(authority[0]),
    )


def _read(certificate_file: Path, key_file: Path) -> _Pair | None:
    if not (certificate_file.is_file() and key_file.is_file()):
        return None
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except ValueError:  # cut short by a full disk: make it anew
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    encoding = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    mine = certificate.public_key().public_bytes(*encoding) == key.public_key().public_bytes(
        *encoding
    )
    return (certificate, key) if mine else None


def _covers(certificate: x509.Certificate, names: Names) -> bool:
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = set(extension.get_values_for_type(x509.DNSName))
    covered |= {str(address) for address in extension.get_values_for_type(x509.IPAddress)}
    return names.all <= covered


def _signed_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _permits(authority: x509.Certificate, names: Names) -> bool:
    try:
        limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return False
    permitted = limits.permitted_subtrees or []
    hosts = [one.value for one in permitted if isinstance(one, x509.DNSName)]
    networks = [one.value for one in permitted if isinstance(one, x509.IPAddress)]
    return all(
        any(name == host or name.endswith(f".{host}") for host in hosts) for name in names.hosts
    ) and all(
        any(
            isinstance(network, ipaddress.IPv4Network) and ipaddress.ip_address(address) in network
            for network in networks
        )
        for address in names.addresses
    )


def _make_authority(names: Names, now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(f"Holotable on {names.hosts[0]}")
    outside = [
        f"{address}/32"
        for address in names.addresses
        if not any(
            ipaddress.ip_address(address) in ipaddress.ip_network(network)
            for network in PRIVATE_NETWORKS
        )
    ]
    permitted: list[x509.GeneralName] = [
        *(x509.DNSName(host) for host in dict.fromkeys(("local", *names.hosts))),
        *(x509.IPAddress(ipaddress.ip_network(one)) for one in (*PRIVATE_NETWORKS, *outside)),
    ]
    made = (
        _builder(subject, subject, key, now, AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made, key


def _make(names: Names, authority: _Pair, now: datetime) -> _Pair:
    issuer, issuer_key = authority
    key = ec.generate_private_key(ec.SECP256R1())
    alternatives = [
        *(x509.DNSName(host) for host in names.hosts),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in names.addresses),
    ]
    made = (
        _builder(_subject(names.hosts[0]), issuer.subject, key, now, LIFETIME)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return made, key


def _subject(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Holotable, made on this machine"),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now - CLOCK_SKEW + lifetime)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _keep(pair: _Pair, certificate_file: Path, key_file: Path) -> None:
    certificate, key = pair
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(key_file, secret, 0o600)
    _write(certificate_file, certificate.public_bytes(pem), 0o644)


def _write(file: Path, content: bytes, mode: int) -> None:
    """Replace a file at once; nobody ever reads half of it, nor may others read a key."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    fresh.replace(file)


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
