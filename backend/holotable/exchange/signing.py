"""Ed25519 signatures (RFC 8032) of what leaves the house, and the keys they are made with.

A key's id is the SHA-256 of its public half as DER SubjectPublicKeyInfo (RFC 8410), in hex.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from holotable.errors import SigningKeyMissing

SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """The public half."""

    key: Ed25519PublicKey

    @property
    def id(self) -> str:
        """SHA-256 of the DER, hex."""
        return sha256(
            self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        ).hexdigest()

    @property
    def pem(self) -> bytes:
        """As PEM (RFC 7468), which has one form."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Whether the private half made this signature of this content."""
        try:
            self.key.verify(signature, content)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half. Never printed, never logged, never in a packet."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> VerifyKey:
        """What anybody may know of it."""
        return VerifyKey(self.key.public_key())

    def sign(self, content: bytes) -> bytes:
        """64 bytes."""
        return self.key.sign(content)

    def __repr__(self) -> str:
        return f"SigningKey({self.public.id[:16]})"


def read_public(pem: bytes) -> VerifyKey | None:
    """A public key from its PEM; None when it is none of Ed25519."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return VerifyKey(key) if isinstance(key, Ed25519PublicKey) else None


def read_private(file: Path) -> SigningKey:
    """The key that an operator supplies, as PKCS #8 PEM without a password.

    raises: SigningKeyMissing, which names the file and never what stands in it.
    """
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as problem:
        raise SigningKeyMissing(
            f"The signing key {file} cannot be read: {problem.strerror}."
        ) from (problem)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise SigningKeyMissing(f"{file} holds no unencrypted private key.") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyMissing(f"{file} holds a private key that is not of Ed25519.")
    return SigningKey(key)


def kept_key(file: Path) -> SigningKey:
    """This installation's own key, made once, readable by its own user only (mode 0600).

    raises: SigningKeyMissing when the file is there and holds none, or cannot be made.
    """
    if not file.exists():
        made = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        part = file.with_name(f"{file.name}.{os.getpid()}.part")
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(made)
                opened.flush()
                os.fsync(opened.fileno())
            try:
                os.link(part, file)  # complete or absent, and never over another process's
            except FileExistsError:
                return read_private(file)
            finally:
                part.unlink(missing_ok=True)
        except OSError as problem:
            raise SigningKeyMissing(
                f"No signing key can be written to {file}: {problem.strerror}."
            ) from problem
    return read_private(file)
