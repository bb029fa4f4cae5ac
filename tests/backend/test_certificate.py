"""The certificate and its authority: for every name, kept while it holds, made anew when not."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from holotable.certificate import Names, certificate_for, lan_addresses, local_names

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
HERE = Names(("review", "review.local", "localhost"), ("192.168.1.5", "127.0.0.1"))


def test_it_names_every_host_and_address_and_its_key_is_private(tmp_path: Path) -> None:
    made = certificate_for(HERE, tmp_path / "tls", now=NOW)
    certificate = x509.load_pem_x509_certificate(made.certificate_file.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.DNSName)) == set(HERE.hosts)
    assert {str(a) for a in names.get_values_for_type(x509.IPAddress)} == set(HERE.addresses)
    assert stat.S_IMODE(made.key_file.stat().st_mode) == 0o600
    assert len(made.fingerprint.split(":")) == 32
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate_file, made.key_file)


def test_it_is_kept_while_it_covers_the_names_and_lasts(tmp_path: Path) -> None:
    first = certificate_for(HERE, tmp_path, now=NOW)
    fewer = Names(HERE.hosts, HERE.addresses[1:])
    assert certificate_for(fewer, tmp_path, now=NOW + timedelta(days=380)) == first


def test_a_new_address_or_an_end_in_sight_makes_a_new_one(tmp_path: Path) -> None:
    prints = {certificate_for(HERE, tmp_path, now=NOW).fingerprint}
    moved = Names(HERE.hosts, ("10.0.0.9", *HERE.addresses))
    prints.add(certificate_for(moved, tmp_path, now=NOW).fingerprint)
    prints.add(certificate_for(moved, tmp_path, now=NOW + timedelta(days=392)).fingerprint)
    assert len(prints) == 3


def test_a_damaged_file_or_a_foreign_key_is_replaced(tmp_path: Path) -> None:
    first = certificate_for(HERE, tmp_path, now=NOW)
    first.certificate_file.write_text("-----BEGIN CERTIFICATE-----\n")
    second = certificate_for(HERE, tmp_path, now=NOW)
    elsewhere = certificate_for(HERE, tmp_path / "other", now=NOW)
    second.key_file.write_bytes(elsewhere.key_file.read_bytes())
    third = certificate_for(HERE, tmp_path, now=NOW)
    assert len({first.fingerprint, second.fingerprint, third.fingerprint}) == 3


def test_the_names_of_a_machine_include_its_mdns_twin() -> None:
    names = local_names("Review.corp.example")
    assert names.hosts == ("review.corp.example", "review.local", "localhost")
    assert names.addresses[-1] == "127.0.0.1"
    assert "127.0.0.1" not in lan_addresses()


def test_the_authority_stays_when_the_certificate_changes(tmp_path: Path) -> None:
    first = certificate_for(HERE, tmp_path, now=NOW)
    moved = Names(HERE.hosts, ("10.0.0.9", *HERE.addresses))
    second = certificate_for(moved, tmp_path, now=NOW + timedelta(days=392))
    assert second.fingerprint != first.fingerprint
    assert second.authority_fingerprint == first.authority_fingerprint
    third = certificate_for(moved, tmp_path, now=NOW + timedelta(days=3300))
    assert third.authority_fingerprint != first.authority_fingerprint


def test_the_authority_may_sign_for_this_machine_and_private_networks_alone(
    tmp_path: Path,
) -> None:
    first = certificate_for(HERE, tmp_path, now=NOW)
    assert first.authority_file is not None
    authority = x509.load_pem_x509_certificate(first.authority_file.read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    hosts = [
        one.value for one in limits.value.permitted_subtrees or [] if isinstance(one, x509.DNSName)
    ]
    assert hosts == ["local", "review", "review.local", "localhost"]
    assert stat.S_IMODE((tmp_path / "authority-key.pem").stat().st_mode) == 0o600
    elsewhere = Names(("review", "localhost"), ("203.0.113.7", "127.0.0.1"))
    public = certificate_for(elsewhere, tmp_path, now=NOW)  # it was not allowed before
    assert public.authority_fingerprint != first.authority_fingerprint


def test_a_certificate_that_signed_itself_is_replaced(tmp_path: Path) -> None:
    made = certificate_for(HERE, tmp_path, now=NOW)
    (tmp_path / "authority.pem").unlink()
    again = certificate_for(HERE, tmp_path, now=NOW)
    assert again.fingerprint != made.fingerprint
    assert again.authority_fingerprint != made.authority_fingerprint
