"""The store of answer sheets, S3, for those who hold its key: the worker and the demo.

Desktops never import this: they fetch signed addresses (`download`).
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from mv_desktop.core.errors import NotAllowedError, OfflineError, SetupError, UserError
from mv_desktop.pages.limit import MAX_FILE_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DEFAULT_REGION: Final = "ap-south-1"
MAX_EXPIRY_S: Final = 7 * 24 * 3600
"""The longest life of a signed address that S3 knows."""

_MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound"})
_NO_BUCKET: Final = frozenset({"NoSuchBucket"})
_FORBIDDEN: Final = frozenset({"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"})


class MissingObjectError(UserError):
    """The store does not have this object."""

    code = "missing_object"


class ObjectTooLargeError(UserError):
    """The object is larger than any answer sheet may be; it was not read."""

    code = "object_too_large"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What the store says of an object: its size in bytes, and its MIME type."""

    size: int
    content_type: str


class ObjectStore:
    """One bucket, and others on the same server by name.

    Args:
        endpoint: the server's address; "" for Amazon's own.
        region: for example "ap-south-1".
        access_key, secret_key: "" for what the computer has (an instance role, a profile).
        bucket: the one that is meant when none is named.
    """

    def __init__(self, endpoint: str, region: str, access_key: str, secret_key: str, bucket: str) -> None:
        self.bucket = bucket
        # a session of its own: boto3's default one is shared and not safe between threads
        session = boto3.session.Session(
            aws_access_key_id=access_key or None, aws_secret_access_key=secret_key or None, region_name=region
        )
        self._client: S3Client = session.client("s3", endpoint_url=endpoint or None, config=_config())

    @property
    def endpoint(self) -> str:
        """The address of the server, Amazon's own too."""
        return self._client.meta.endpoint_url

    def put(self, key: str, data: bytes, *, content_type: str, bucket: str = "") -> None:
        """Store an object; the server checks on arrival that every byte came through.

        Raises:
            UserError: it could not be stored.
        """
        digest = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        with _told(key):
            self._client.put_object(
                Bucket=bucket or self.bucket, Key=key, Body=data, ContentType=content_type, ContentMD5=digest
            )

    def get(self, key: str, *, bucket: str = "", max_bytes: int = MAX_FILE_BYTES) -> bytes:
        """An object's bytes.

        Raises:
            MissingObjectError: there is none.
            ObjectTooLargeError: it is larger than `max_bytes`.
            UserError: it could not be read.
        """
        with _told(key):
            answer = self._client.get_object(Bucket=bucket or self.bucket, Key=key)
            with closing(answer["Body"]) as body:
                # one byte more than allowed, whatever length was announced
                data = b"" if answer["ContentLength"] > max_bytes else body.read(max_bytes + 1)
        if max(len(data), answer["ContentLength"]) > max_bytes:
            raise ObjectTooLargeError("This file is larger than an answer sheet may be.")
        if len(data) != answer["ContentLength"]:
            raise OfflineError("The store of answer sheets stopped in the middle of a file.")
        return data

    def look(self, key: str, *, bucket: str = "") -> StoredObject:
        """An object's size and type, without reading it.

        Raises:
            MissingObjectError: there is none.
            UserError: the store could not be asked.
        """
        with _told(key):
            answer = self._client.head_object(Bucket=bucket or self.bucket, Key=key)
        return StoredObject(answer["ContentLength"], answer.get("ContentType", ""))

    def delete(self, key: str, *, bucket: str = "") -> None:
        """Remove an object; nothing happens when there is none.

        Raises:
            UserError: it could not be removed.
        """
        with _told(key):
            self._client.delete_object(Bucket=bucket or self.bucket, Key=key)

    def signed_get(self, key: str, expires_s: int, *, bucket: str = "") -> str:
        """An address under which anybody can fetch the object for `expires_s` seconds. Asks no server.

        Raises:
            SetupError: there is no key to sign with.
        """
        with _told(key):
            return self._client.generate_presigned_url(
                "get_object",
                Params={"Bucket": bucket or self.bucket, "Key": key},
                ExpiresIn=max(1, min(expires_s, MAX_EXPIRY_S)),
            )

    def signed_put(
        self, key: str, expires_s: int, *, size: int, content_type: str, sha256: bytes, md5: bytes, bucket: str = ""
    ) -> str:
        """An address to which exactly one file can be put for `expires_s` seconds. Asks no server.

        Key, size, type and digests are signed: the request must say the same, and the store compares what it gets
        with the digests. Amazon's compares both, others only MD5.

        Raises:
            SetupError: there is no key to sign with.
        """
        with _told(key):
            return self._client.generate_presigned_url(
                "put_object",
                Params={
                    "Bucket": bucket or self.bucket,
                    "Key": key,
                    "ContentLength": size,
                    "ContentType": content_type,
                    "ContentMD5": base64.b64encode(md5).decode(),
                    "ChecksumSHA256": base64.b64encode(sha256).decode(),
                },
                ExpiresIn=max(1, min(expires_s, MAX_EXPIRY_S)),
            )

    def check(self) -> None:
        """Ask whether the bucket is there and may be used.

        Raises:
            SetupError: there is no such bucket.
            UserError: the store could not be asked, or refuses the key.
        """
        try:
            with _told(""):
                self._client.head_bucket(Bucket=self.bucket)
        except MissingObjectError as error:
            raise _no_bucket() from error

    def prepare(self) -> None:
        """Make the bucket where it does not exist. For the demo and the tests: a real bucket has an owner.

        Raises:
            UserError: it could not be made.
        """
        try:
            self.check()
        except SetupError:
            with _told(""):
                self._client.create_bucket(Bucket=self.bucket)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def from_environment(environment: Mapping[str, str] | None = None) -> ObjectStore:
    """The store that ``MV_S3_ENDPOINT``, ``_REGION``, ``_BUCKET``, ``_ACCESS_KEY`` and ``_SECRET_KEY`` name.

    The bucket must be named. Without an endpoint it is Amazon's; without keys, the computer's own are used.

    Raises:
        SetupError: they do not name a store.
    """
    given = os.environ if environment is None else environment
    bucket = given.get("MV_S3_BUCKET", "").strip()
    if not bucket:
        raise SetupError(
            "This computer does not know the store of answer sheets.",
            remedy="Set MV_S3_BUCKET, and MV_S3_ENDPOINT, MV_S3_REGION, MV_S3_ACCESS_KEY, MV_S3_SECRET_KEY as needed.",
        )
    access_key, secret_key = given.get("MV_S3_ACCESS_KEY", ""), given.get("MV_S3_SECRET_KEY", "")
    if bool(access_key) != bool(secret_key):
        raise SetupError("Only one of MV_S3_ACCESS_KEY and MV_S3_SECRET_KEY is set.", remedy="Set both or neither.")
    region = given.get("MV_S3_REGION", "") or DEFAULT_REGION
    try:
        return ObjectStore(given.get("MV_S3_ENDPOINT", ""), region, access_key, secret_key, bucket)
    except (BotoCoreError, ValueError) as error:
        raise SetupError(
            f"The address of the store of answer sheets is not valid: {str(error).rstrip('.')}.",
            remedy=(
                "Set MV_S3_ENDPOINT to an address such as https://s3.example.org, or unset it for Amazon's own, and "
                "MV_S3_REGION to the name of a region."
            ),
        ) from error


def _config() -> Config:
    """What works with Amazon's S3 and with every other."""
    return Config(
        signature_version="s3v4",  # addresses on other servers would get the older one
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        max_pool_connections=16,
        retries={"max_attempts": 3, "mode": "standard"},
        connect_timeout=5,
        read_timeout=30,
    )


@contextmanager
def _told(key: str) -> Iterator[None]:
    """Turn boto3's errors into ours. The key is not in any message: it may hold an exam's number."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _NO_BUCKET:
            raise _no_bucket() from error
        if code in _MISSING:
            raise MissingObjectError(
                "The store of answer sheets does not have this file." if key else "The store has no such bucket."
            ) from error
        if code in _FORBIDDEN:
            raise NotAllowedError(
                "The store of answer sheets refuses the worker's key.", remedy="Check MV_S3_ACCESS_KEY and its rights."
            ) from error
        raise OfflineError(
            f"The store of answer sheets cannot answer now ({code}).",
            remedy="Try again in a minute; if it stays so, ask whoever runs the store.",
        ) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise SetupError(
            "This computer has no key of the store of answer sheets.",
            remedy="Set MV_S3_ACCESS_KEY and MV_S3_SECRET_KEY, or give it a role.",
        ) from error
    except (BotoCoreError, OSError) as error:
        raise OfflineError(
            "The store of answer sheets could not be reached.",
            remedy="Check the network, MV_S3_ENDPOINT and MV_S3_REGION.",
        ) from error


def _no_bucket() -> SetupError:
    return SetupError(
        "The store of answer sheets has no bucket of this name.", remedy="Check MV_S3_BUCKET and MV_S3_ENDPOINT."
    )
