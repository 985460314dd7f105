"""The key of a person's file: random, wrapped under the password, and kept in the desktop's keyring too."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Protocol

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
KEYRING_SERVICE = "Mathvidya workstation"
KEYRING_SECONDS = 3.0
"""A locked keyring asks its owner and may never answer; the program goes on without it after this long."""

Derive = Callable[[bytes, str], bytes]
"""As `wrapping_key`."""

_SCHEMA = 1
# bounds for what a key file may ask of this computer: a damaged one must not take all memory
_MAX_MEMORY_KIB = 1 << 20
_MAX_TIME_COST = 16


@dataclass(frozen=True, slots=True)
class WrapCost:
    """What one try of a password costs with Argon2id; the default takes about 0.15 s."""

    time_cost: int = 2
    memory_kib: int = 64 * 1024
    parallelism: int = 1


class WrongPasswordError(Exception):
    """The password does not open the wrapped key, or the wrapping was tampered with."""


class KeyFileError(Exception):
    """The wrapped key cannot be read."""


class NewerKeyFileError(KeyFileError):
    """The key file was written by a newer version of the program."""


class KeyStore(Protocol):
    """A place of the desktop where a secret is kept between sessions."""

    def get(self, name: str) -> bytes | None:
        """The secret of that name; None when there is none or the place does not answer."""
        ...

    def put(self, name: str, secret: bytes) -> bool:
        """Keep a secret, instead of another of that name; False when it could not be kept."""
        ...


def new_key() -> bytes:
    """A fresh random key."""
    return os.urandom(KEY_BYTES)


def wrap(key: bytes, password: str, owner: str, cost: WrapCost) -> bytes:
    """`key` sealed under `password`, as the bytes of a key file.

    Args:
        key: what is sealed.
        password: the person's password.
        owner: person and server; a key file moved to another owner does not open.
        cost: stored beside it, so that later versions may ask for more.
    """
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_derive(password, salt, cost)).encrypt(nonce, key, owner.encode())
    document = {
        "schema": _SCHEMA,
        "kdf": "argon2id",
        **asdict(cost),
        "salt": base64.b64encode(salt).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "key": base64.b64encode(sealed).decode(),
    }
    return json.dumps(document, indent=1).encode()


def wrapping_key(data: bytes, password: str) -> bytes:
    """What opens the key file `data` if `password` is right: all that a try costs, and without the interpreter's lock.

    Raises:
        NewerKeyFileError: `data` is of a newer version.
        KeyFileError: `data` is no key file.
    """
    cost, salt, _nonce, _sealed = _read(data)
    return _derive(password, salt, cost)


def unwrap(data: bytes, password: str, owner: str, derive: Derive = wrapping_key) -> bytes:
    """The key that `wrap` sealed.

    Args:
        data: the key file.
        password: the person's password.
        owner: as `wrap` took it.
        derive: `wrapping_key`, or what knows its answer already.

    Raises:
        WrongPasswordError: the password is another one.
        NewerKeyFileError: `data` is of a newer version.
        KeyFileError: `data` is no key file.
    """
    _cost, _salt, nonce, sealed = _read(data)
    try:
        return AESGCM(derive(data, password)).decrypt(nonce, sealed, owner.encode())
    except InvalidTag:
        raise WrongPasswordError from None


def derived_key(key: bytes, purpose: str) -> bytes:
    """A key of its own for `purpose`, made from the file's key."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"mathvidya {purpose} 1".encode()).derive(key)


class DesktopKeyring:
    """The keyring of the desktop, when there is one."""

    def get(self, name: str) -> bytes | None:
        """The secret of that name; None when there is none, no keyring, or no answer in time."""
        text = _within_time(lambda keyring: keyring.get_password(KEYRING_SERVICE, name))
        try:
            return base64.b64decode(text, validate=True) if isinstance(text, str) else None
        except ValueError:
            return None

    def put(self, name: str, secret: bytes) -> bool:
        """Keep a secret, unless it is there; False when there is no keyring, or no answer in time."""
        text = base64.b64encode(secret).decode()

        def keep(keyring: ModuleType) -> bool:
            if keyring.get_password(KEYRING_SERVICE, name) == text:
                return True
            keyring.set_password(KEYRING_SERVICE, name, text)
            return bool(keyring.get_password(KEYRING_SERVICE, name) == text)

        return _within_time(keep) is True

    def forget(self, name: str) -> None:
        """Forget the secret of that name; no keyring, and no answer in time, leave it."""
        _within_time(lambda keyring: keyring.delete_password(KEYRING_SERVICE, name))


def _within_time(call: Callable[[ModuleType], object]) -> object:
    """What `call` returns when given the keyring module; None when it fails or takes too long."""
    answer: list[object] = []

    def ask() -> None:
        import keyring
        from keyring.errors import KeyringError

        try:
            answer.append(call(keyring))
        except (KeyringError, OSError, RuntimeError, ValueError):
            # without a keyring the password alone opens the file, which is always possible
            return

    thread = threading.Thread(target=ask, name="keyring", daemon=True)
    thread.start()
    thread.join(KEYRING_SECONDS)
    return answer[0] if answer else None


def _derive(password: str, salt: bytes, cost: WrapCost) -> bytes:
    return hash_secret_raw(
        password.encode(), salt, cost.time_cost, cost.memory_kib, cost.parallelism, KEY_BYTES, Type.ID
    )


def _read(data: bytes) -> tuple[WrapCost, bytes, bytes, bytes]:
    try:
        document = json.loads(data)
        if int(document["schema"]) > _SCHEMA:
            raise NewerKeyFileError("a key file of a newer version")
        if document["kdf"] != "argon2id":
            raise KeyFileError("a key file of an unknown kind")
        cost = WrapCost(int(document["time_cost"]), int(document["memory_kib"]), int(document["parallelism"]))
        if not (0 < cost.time_cost <= _MAX_TIME_COST and 0 < cost.memory_kib <= _MAX_MEMORY_KIB):
            raise KeyFileError("a key file with impossible costs")
        salt, nonce, sealed = (base64.b64decode(document[name], validate=True) for name in ("salt", "nonce", "key"))
    except (KeyError, TypeError, ValueError) as error:
        raise KeyFileError("not a key file") from error
    return cost, salt, nonce, sealed
