"""The store, against a real S3 server."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from mv_desktop.core.errors import NotAllowedError, OfflineError, SetupError
from mv_desktop.pages.download import MissingFileError, fetch
from mv_desktop.pages.part import Part
from mv_desktop.pages.problem import AddressExpiredError
from mv_desktop.pages.storage import (
    DEFAULT_REGION,
    MissingObjectError,
    ObjectStore,
    ObjectTooLargeError,
    from_environment,
)
from mv_desktop.pages.web import Connections
from tests.factories import sheet
from tests.fakes.server import TestStore
from tests.fakes.web import answer, serving


@pytest.fixture
def store(s3: TestStore) -> Iterator[ObjectStore]:
    made = s3.store()
    yield made
    made.close()


@pytest.fixture
def key() -> str:
    """A name of the test's own, with what names may hold."""
    return f"test/{uuid4()}/page 1 (प्रश्न) +&%.jpg"


def test_what_was_put_can_be_got_looked_at_and_deleted(store: ObjectStore, key: str) -> None:
    data = sheet.jpeg()
    store.put(key, data, content_type="image/jpeg")
    assert store.get(key) == data
    found = store.look(key)
    assert (found.size, found.content_type) == (len(data), "image/jpeg")
    store.put(key, b"", content_type="image/jpeg")
    assert store.get(key) == b""
    store.delete(key)
    store.delete(key)
    with pytest.raises(MissingObjectError):
        store.get(key)
    with pytest.raises(MissingObjectError):
        store.look(key)


def test_a_download_from_the_real_store_goes_on_where_it_broke_off(store: ObjectStore, key: str) -> None:
    data = sheet.jpeg(quality=95)
    store.put(key, data, content_type="image/jpeg")
    part, connections = Part(), Connections(2)
    digest = hashlib.sha256(data).hexdigest()
    try:
        assert fetch(store.signed_get(key, 60), connections=connections) == data
        part.data += data[: len(data) // 2]
        address = store.signed_get(key, 60)
        assert fetch(address, expected_sha256=digest, part=part, connections=connections) == data
        part.data[:] = bytes(1000)  # of another file
        assert fetch(address, expected_sha256=digest, part=part, connections=connections) == data
    finally:
        connections.close()


def test_a_signed_address_serves_those_who_hold_no_key(store: ObjectStore, key: str) -> None:
    data = sheet.jpeg()
    store.put(key, data, content_type="image/jpeg")
    address = store.signed_get(key, 60)
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in address
    assert "X-Amz-Expires=60" in address
    assert fetch(address, expected_bytes=len(data)) == data


def test_an_address_that_was_tampered_with_or_is_too_old_is_refused(store: ObjectStore, key: str) -> None:
    other = f"{key}.other"
    for each in (key, other):
        store.put(each, sheet.jpeg(), content_type="image/jpeg")
    signed, foreign = store.signed_get(key, 1), store.signed_get(other, 60)
    moved = foreign.partition("?")[0] + "?" + signed.partition("?")[2]
    with pytest.raises(AddressExpiredError):
        fetch(moved)
    with pytest.raises(AddressExpiredError):
        fetch(signed.partition("?")[0])
    time.sleep(2.1)
    with pytest.raises(AddressExpiredError):
        fetch(signed)


def test_an_address_of_nothing_is_missing(store: ObjectStore, key: str) -> None:
    with pytest.raises(MissingFileError):
        fetch(store.signed_get(key, 60))


def test_an_object_larger_than_allowed_is_not_read(store: ObjectStore, key: str) -> None:
    store.put(key, bytes(1000), content_type="image/jpeg")
    assert len(store.get(key, max_bytes=1000)) == 1000
    with pytest.raises(ObjectTooLargeError):
        store.get(key, max_bytes=999)


def test_bytes_that_changed_on_the_way_are_refused(
    store: ObjectStore, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = http.client.HTTPConnection.send

    def flip(self: http.client.HTTPConnection, data: object) -> None:
        send(self, b"Page oNe" if data == b"page one" or getattr(data, "read", None) else data)

    monkeypatch.setattr(http.client.HTTPConnection, "send", flip)
    with pytest.raises(OfflineError, match=r"Digest|SHA256"):
        store.put(key, b"page one", content_type="image/jpeg")
    monkeypatch.undo()
    with pytest.raises(MissingObjectError):
        store.look(key)


def test_the_bucket_is_checked_and_made(s3: TestStore) -> None:
    server = s3.server
    name = f"bucket-{uuid4()}"
    with_new = ObjectStore(server.endpoint, server.region, server.access_key, server.secret_key, name)
    with pytest.raises(SetupError, match="no bucket"):
        with_new.check()
    with pytest.raises(SetupError, match="no bucket"):
        with_new.put("x", b"x", content_type="image/jpeg")
    with_new.prepare()
    with_new.prepare()
    with_new.check()
    with_new.put("x", b"x", content_type="image/jpeg")
    assert with_new.get("x") == b"x"
    with_new.close()


def test_a_wrong_key_is_refused(s3: TestStore) -> None:
    server = s3.server
    for access, secret in ((server.access_key, "wrong"), ("wrong", server.secret_key)):
        store = ObjectStore(server.endpoint, server.region, access, secret, server.bucket)
        with pytest.raises(NotAllowedError, match="refuses"):
            store.get("x")
        with pytest.raises(NotAllowedError, match="refuses"):
            store.check()
        store.close()


def test_a_store_that_cannot_be_reached_is_offline() -> None:
    with serving(answer(b"", status="503 Slow Down")) as web:
        endpoint = f"http://127.0.0.1:{web.port}"
        store = ObjectStore(endpoint, "x", "a", "b", "bucket")
        with pytest.raises(OfflineError):
            store.get("x")
        store.close()
    store = ObjectStore(endpoint, "x", "a", "b", "bucket")  # nobody is there any more
    with pytest.raises(OfflineError):
        store.get("x")
    store.close()


def test_signing_needs_no_server() -> None:
    store = ObjectStore("", "ap-south-1", "access", "secret", "mathvidya-sheets")
    address = store.signed_get("exams/1/page-1.jpg", 900)
    assert address.startswith("https://s3.ap-south-1.amazonaws.com/mathvidya-sheets/exams/1/page-1.jpg?")
    assert "secret" not in address
    assert "X-Amz-Expires=604800" in store.signed_get("x", 10**9)
    store.close()


def test_the_store_is_named_by_the_environment(s3: TestStore) -> None:
    server = s3.server
    environment = {
        "MV_S3_ENDPOINT": server.endpoint,
        "MV_S3_REGION": server.region,
        "MV_S3_BUCKET": server.bucket,
        "MV_S3_ACCESS_KEY": server.access_key,
        "MV_S3_SECRET_KEY": server.secret_key,
    }
    store = from_environment(environment)
    store.check()
    store.close()
    plain = from_environment({"MV_S3_BUCKET": "b", "MV_S3_ACCESS_KEY": "a", "MV_S3_SECRET_KEY": "s"})
    assert f"s3.{DEFAULT_REGION}.amazonaws.com/b/x?" in plain.signed_get("x", 60)
    plain.close()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"MV_S3_BUCKET": " "},
        {"MV_S3_BUCKET": "b", "MV_S3_ACCESS_KEY": "a"},
        {"MV_S3_BUCKET": "b", "MV_S3_SECRET_KEY": "s"},
        {"MV_S3_BUCKET": "b", "MV_S3_ENDPOINT": "no address"},
    ],
)
def test_an_environment_that_names_no_store_is_told(environment: dict[str, str]) -> None:
    with pytest.raises(SetupError):
        from_environment(environment)


def test_a_computer_without_any_key_cannot_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    store = from_environment({"MV_S3_BUCKET": "b"})
    with pytest.raises(SetupError, match="key"):
        store.signed_get("x", 60)
    store.close()
