"""Keys: made once with mode 0600, read back, refused by name; signatures after RFC 8032."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from result_builders import KEY, OTHER_KEY

from holotable.errors import SigningKeyMissing
from holotable.exchange.signing import SigningKey, kept_key, read_private, read_public


def test_the_first_test_vector_of_rfc_8032_is_signed_as_it_says() -> None:
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    key = SigningKey(Ed25519PrivateKey.from_private_bytes(secret))
    signature = key.sign(b"")
    assert signature.hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065")
    assert key.public.verifies(signature, b"")
    assert not key.public.verifies(signature, b"x")
    assert not OTHER_KEY.public.verifies(signature, b"")
    assert not key.public.verifies(b"short", b"")


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "signing" / "ed25519.pem"
    made = kept_key(file)
    assert kept_key(file).public.id == made.public.id
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["ed25519.pem"]


def test_a_public_key_has_one_form_and_its_id_is_the_hash_of_its_der() -> None:
    read = read_public(KEY.public.pem)
    assert read is not None
    assert (read.id, read.pem) == (KEY.public.id, KEY.public.pem)
    assert len(KEY.public.id) == 64
    assert read_public(b"no key") is None


def test_a_key_that_is_missing_or_of_another_kind_is_refused_and_never_printed(
    tmp_path: Path,
) -> None:
    other = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    (tmp_path / "ec.pem").write_bytes(other)
    (tmp_path / "text.pem").write_text("secret words")
    for name in ("ec.pem", "text.pem", "nothing.pem"):
        with pytest.raises(SigningKeyMissing) as refused:
            read_private(tmp_path / name)
        assert name in refused.value.detail
        assert "secret words" not in refused.value.detail
    assert "PRIVATE" not in repr(KEY)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "signing").write_text("a file, not a folder")
    with pytest.raises(SigningKeyMissing, match=r"ed25519\.pem"):
        kept_key(tmp_path / "signing" / "ed25519.pem")
