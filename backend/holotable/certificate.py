"""A self-signed certificate for this machine's names and addresses: WebXR needs HTTPS on a LAN."""

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME: Final = timedelta(days=397)  # the longest that browsers take without complaint
RENEW_BEFORE: Final = timedelta(days=7)


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
    """PEM files, and the SHA-256 fingerprint that browsers show (AA:BB:…)."""

    certificate_file: Path
    key_file: Path
    fingerprint: str


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

    now: aware UTC. The same file is kept as long as it can be: people told browsers to trust it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    certificate_file, key_file = directory / "certificate.pem", directory / "key.pem"
    kept = _read(certificate_file, key_file)
    if kept is None or not _covers(kept, names) or kept.not_valid_after_utc - now < RENEW_BEFORE:
        kept = _make(names, certificate_file, key_file, now)
    return Certificate(certificate_file, key_file, _fingerprint(kept))


def _read(certificate_file: Path, key_file: Path) -> x509.Certificate | None:
    if not (certificate_file.is_file() and key_file.is_file()):
        return None
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except ValueError:  # cut short by a full disk: make it anew
        return None
    encoding = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    mine = certificate.public_key().public_bytes(*encoding) == key.public_key().public_bytes(
        *encoding
    )
    return certificate if mine else None


def _covers(certificate: x509.Certificate, names: Names) -> bool:
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = set(extension.get_values_for_type(x509.DNSName))
    covered |= {str(address) for address in extension.get_values_for_type(x509.IPAddress)}
    return names.all <= covered


def _make(names: Names, certificate_file: Path, key_file: Path, now: datetime) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, names.hosts[0][:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Holotable, made on this machine"),
        ]
    )
    alternatives = [
        *(x509.DNSName(host) for host in names.hosts),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in names.addresses),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # for desks whose clock is behind
        .not_valid_after(now - timedelta(days=1) + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(key_file, secret, 0o600)
    _write(certificate_file, certificate.public_bytes(pem), 0o644)
    return certificate


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
