"""Sealing at rest: a key per concern, wrapped by the master key, so that erasing one key erases all.

AES-256-GCM. A sealed value is: format byte, key-id byte, 12-byte nonce, ciphertext with tag. The
context (table, column, row) is authenticated with it, so a sealed value cannot be moved elsewhere.
Source for the format: NIST SP 800-38D; for derivation: RFC 5869.
"""

import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ivr.domain.errors import SealBrokenError

KEY_BYTES: Final = 32
_FORMAT: Final = 1
_NONCE_BYTES: Final = 12
_HEADER_BYTES: Final = 2
_HASH_BYTES: Final = 16


def new_key() -> bytes:
    """Draw a key of 32 bytes."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def seal(key: bytes, plain: bytes, context: str, *, key_id: int = 0) -> bytes:
    """Return the bytes sealed with this key for this place only."""
    nonce = os.urandom(_NONCE_BYTES)
    header = bytes((_FORMAT, key_id))
    return header + nonce + AESGCM(key).encrypt(nonce, plain, header + context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """Return what was sealed.

    Raises:
        SealBrokenError: another key, another place, or changed bytes.
    """
    header, nonce = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES]
    try:
        return AESGCM(key).decrypt(nonce, sealed[_HEADER_BYTES + _NONCE_BYTES :], header + context.encode())
    except (InvalidTag, ValueError):
        raise SealBrokenError from None


class Keys:
    """The master key, and what is derived from it: one key for each purpose."""

    def __init__(self, master: bytes) -> None:
        self._master = master
        self._wrapping = _derive(master, "wrap keys")
        self._lookup = _derive(master, "look up by keyed hash")

    def wrap(self, key: bytes, owner: str) -> bytes:
        """Seal a key for the row that owns it."""
        return seal(self._wrapping, key, f"key:{owner}", key_id=_key_id(self._wrapping))

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        """Open a wrapped key.

        Raises:
            SealBrokenError: another master key sealed it.
        """
        return unseal(self._wrapping, wrapped, f"key:{owner}")

    def keyed_hash(self, value: str, purpose: str) -> bytes:
        """Return 16 bytes by which a value is found again without being readable."""
        text = f"{purpose}\0{value}".encode()
        return hashlib.blake2b(text, key=self._lookup, digest_size=_HASH_BYTES).digest()

    def derived(self, purpose: str) -> bytes:
        """Return a 32-byte key for one purpose, the same in every process."""
        return _derive(self._master, purpose)


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"peerline {purpose}".encode()).derive(master)


def _key_id(wrapping: bytes) -> int:
    return hashlib.sha256(b"key id" + wrapping).digest()[0]
