"""The organisation's recovery key: it opens a file whose password nobody knows any more, and sealed exports.

The public half stands in the setting ``recovery_public_key``, so every computer can seal for it and none can open.
The private half is a file of the administrators (`docs/deployment.md`). Sealing is X25519 with a key pair of its own
for each sealing, HKDF-SHA256, and AES-256-GCM.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.offline.disk import from_os_error, write_private
from mv_desktop.offline.key_file import RECOVERY_KEY_FILE

SETTING = "recovery_public_key"
_PREFIX = "mv-recovery-1:"
_CHECK_BYTES = 4
_SCHEMA = 1

_log = logging.getLogger(__name__)


def new_private_key() -> X25519PrivateKey:
    """A fresh recovery key."""
    return X25519PrivateKey.generate()


def private_text(private: X25519PrivateKey, passphrase: str) -> bytes:
    """The private half as the content of a file, encrypted under `passphrase`."""
    protected = BestAvailableEncryption(passphrase.encode())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protected)


def read_private(data: bytes, passphrase: str) -> X25519PrivateKey:
    """The private half out of its file.

    Raises:
        NotAllowedError: the passphrase is another one.
        InvalidError: `data` is no recovery key.
    """
    try:
        private = load_pem_private_key(data, passphrase.encode())
    except (ValueError, TypeError) as error:
        if b"ENCRYPTED PRIVATE KEY" in data and "decrypt" in str(error).lower():
            raise NotAllowedError("The passphrase of the recovery key is wrong.") from None
        raise _no_key() from None
    if not isinstance(private, X25519PrivateKey):
        raise _no_key()
    return private


def public_text(private: X25519PrivateKey) -> str:
    """The public half as it stands in the setting; a slip of the pen in it is noticed."""
    raw = private.public_key().public_bytes_raw()
    return _PREFIX + base64.urlsafe_b64encode(raw + _check(raw)).decode().rstrip("=")


def read_public(text: object) -> X25519PublicKey | None:
    """The public half out of the setting; None when that is no such text."""
    if not isinstance(text, str) or not text.strip().startswith(_PREFIX):
        return None
    encoded = text.strip().removeprefix(_PREFIX)
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    raw, check = data[:-_CHECK_BYTES], data[-_CHECK_BYTES:]
    return X25519PublicKey.from_public_bytes(raw) if len(raw) == 32 and check == _check(raw) else None


def fingerprint(public: X25519PublicKey) -> str:
    """A short name of a recovery key, by which people tell them apart."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


def seal(public: X25519PublicKey, content: bytes, what: bytes) -> dict[str, str]:
    """`content` so that only the private half opens it; `what` it is must be said again to open it."""
    once = X25519PrivateKey.generate()
    nonce = os.urandom(12)
    key = _shared(once.exchange(public), once.public_key(), public)
    return {
        "recipient": fingerprint(public),
        "once": base64.b64encode(once.public_key().public_bytes_raw()).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "sealed": base64.b64encode(AESGCM(key).encrypt(nonce, content, what)).decode(),
    }


def unseal(private: X25519PrivateKey, sealed: Mapping[str, Any], what: bytes) -> bytes:
    """What `seal` sealed.

    Raises:
        NotAllowedError: it was sealed for another key.
        InvalidError: it is damaged, or was something else than `what`.
    """
    try:
        recipient = str(sealed["recipient"])
        once, nonce, content = (base64.b64decode(sealed[name], validate=True) for name in ("once", "nonce", "sealed"))
        key_of_once = X25519PublicKey.from_public_bytes(once)
    except (KeyError, TypeError, ValueError):
        raise _damaged() from None
    public = private.public_key()
    if recipient != fingerprint(public):
        raise NotAllowedError(
            f"It is sealed for the recovery key {recipient}, and this one is {fingerprint(public)}.",
            remedy="Use the key that was in force when it was made.",
        )
    try:
        return AESGCM(_shared(private.exchange(key_of_once), key_of_once, public)).decrypt(nonce, content, what)
    except (InvalidTag, ValueError):
        raise _damaged() from None


# -- The third wrapping of a file's key -----------------------------------------------------------------------


def keep(home: Path, key: bytes, owner: str, setting: str | None) -> None:
    """Have `key` wrapped for the recovery key in force, beside the password's wrapping.

    Args:
        home: the person's folder.
        key: of her file.
        owner: person and server; a wrapping moved to another owner does not open.
        setting: the public half; None takes the wrapping away, nonsense leaves what is there.

    Raises:
        LocalFileError: it could not be written; what was there stands.
    """
    path = home / RECOVERY_KEY_FILE
    if setting is None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise from_os_error(error, home) from error
        return
    public = read_public(setting)
    if public is None:
        _log.warning("the setting %s is no recovery key; nothing changes", SETTING)
    elif _wrapped_for(path) != fingerprint(public):
        document = {"schema": _SCHEMA, **seal(public, key, owner.encode())}
        write_private(path, json.dumps(document, indent=1).encode())


def recovered_key(home: Path, owner: str, private: X25519PrivateKey) -> bytes:
    """The key of the file in `home`, by the recovery key.

    Raises:
        NotAllowedError: it is wrapped for another recovery key.
        InvalidError: there is no such wrapping, or it is damaged.
    """
    try:
        document = json.loads((home / RECOVERY_KEY_FILE).read_bytes())
    except FileNotFoundError:
        raise InvalidError(
            f"The work in {home} was never wrapped for a recovery key.",
            remedy="It opens with its password only.",
        ) from None
    except (OSError, ValueError):
        raise _damaged() from None
    if not isinstance(document, dict):
        raise _damaged()
    return unseal(private, document, owner.encode())


# -- private -------------------------------------------------------------------------------------------------


def _wrapped_for(path: Path) -> str | None:
    try:
        document = json.loads(path.read_bytes())
        return str(document["recipient"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _shared(secret: bytes, once: X25519PublicKey, public: X25519PublicKey) -> bytes:
    info = b"mathvidya recovery 1" + once.public_bytes_raw() + public.public_bytes_raw()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(secret)


def _check(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()[:_CHECK_BYTES]


def _no_key() -> InvalidError:
    return InvalidError("This file is no recovery key.", remedy="It is made by “mv-desktop offline recovery-key”.")


def _damaged() -> InvalidError:
    return InvalidError("It is damaged, or belongs to something else.", kept="Nothing was changed.")
