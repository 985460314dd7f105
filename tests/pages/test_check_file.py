"""``mv-desktop check-file``: whatever it is pointed at, one line each and no surprise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mv_desktop.pages.check_file import check_files
from tests.factories import sheet

ROOT = Path(__file__).parents[2]


def run(*arguments: str | bytes) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "mv_desktop", "check-file", *arguments], capture_output=True, cwd=ROOT, check=False
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def one(path: Path | str) -> dict[str, Any]:
    (answer,) = check_files([str(path)])
    return answer


def test_good_files_give_their_pages_and_status_0(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(sheet.jpeg(orientation=6))
    (tmp_path / "scan.pdf").write_bytes(sheet.pdf_of_photos(2))
    status, lines, errors = run(str(tmp_path / "photo.jpg"), str(tmp_path / "scan.pdf"))
    assert (status, errors) == (0, "")
    photo = {"width": 876, "height": 620, "source": "image"}
    page = {"width": 620, "height": 876, "source": "pdf-image"}
    assert lines == [
        {"file": str(tmp_path / "photo.jpg"), "ok": True, "pages": [photo], "error": None},
        {"file": str(tmp_path / "scan.pdf"), "ok": True, "pages": [page, page], "error": None},
    ]


def test_one_bad_file_gives_status_1_and_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(sheet.jpeg()[:5000])
    (tmp_path / "good.jpg").write_bytes(sheet.jpeg())
    status, lines, errors = run(str(tmp_path / "bad.jpg"), str(tmp_path / "no such"), str(tmp_path / "good.jpg"))
    assert (status, errors) == (1, "")
    assert [line["ok"] for line in lines] == [False, False, True]
    assert lines[0]["error"].startswith("This picture is incomplete")
    assert lines[1]["error"] == "There is no such file."


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names there are always text")
def test_a_name_that_is_no_text_is_no_matter(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff\xfe \xe0\xa4.jpg"
    Path(os.fsdecode(name)).write_bytes(sheet.jpeg())
    status, (line,), errors = run(name)
    assert (status, line["ok"], errors) == (0, True, "")
    assert os.fsencode(line["file"]) == name


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert one(tmp_path)["error"] == "This is a folder, not a file."


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    started = time.monotonic()
    for path in (tmp_path / "pipe", "/dev/zero", "/dev/stdin", "/dev/null"):
        answer = one(path)
        assert not answer["ok"]
        assert answer["error"] in {"This is not an ordinary file.", "This file is empty.", "There is no such file."}
    assert time.monotonic() - started < 2


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in ("", "a\0b", "x" * 5000, tmp_path / "loop", tmp_path / "gone" / "x"):
        answer = one(path)
        assert not answer["ok"]
        assert answer["error"] in {"There is no such file.", "This file could not be read."}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(sheet.jpeg())
    (tmp_path / "secret.jpg").chmod(0)
    assert one(tmp_path / "secret.jpg")["error"] == "This file could not be read."


def test_an_enormous_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "huge.pdf").open("wb") as file:
        file.truncate(50 << 30)  # takes no space
    started = time.monotonic()
    assert "larger than 5 MB" in one(tmp_path / "huge.pdf")["error"]
    assert time.monotonic() - started < 1


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    assert one(tmp_path / "empty.pdf")["error"] == "This file is empty."


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("scan.pdf", sheet.jpeg()),
        ("scan.jpg", sheet.png()),
        ("scan.png", sheet.pdf_of_text()),
        ("scan.gif", sheet.jpeg()),
        ("setup.exe", sheet.jpeg()),
        ("scan.jpg.gz", sheet.jpeg()),
    ],
    ids=["a JPEG", "a PNG", "a PDF", "a GIF", "a program", "packed"],  # a PDF has an id that is never the same twice
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    (answer,) = check_files([str(path)])
    assert answer["ok"] is False
    assert "not what its name says" in answer["error"]


@pytest.mark.parametrize(
    ("name", "data"),
    [("SCAN.JPEG", sheet.jpeg()), ("scan.jfif", sheet.jpeg()), ("scan", sheet.png())],
    ids=["capitals", "another name", "none"],
)
def test_endings_are_read_without_regard_to_case_and_may_be_missing(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    (answer,) = check_files([str(path)])
    assert answer["ok"] is True


@pytest.mark.parametrize("name", ["scan.v2", "Asha K. Rao", "page.1", "upload.3f2a", ".hidden", "data:x,y.old"])
def test_endings_that_promise_no_kind_of_file_are_no_lies(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(sheet.jpeg())
    (answer,) = check_files([str(path)])
    assert (answer["ok"], answer["error"]) == (True, None)
