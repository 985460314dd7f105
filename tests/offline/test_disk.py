import errno
from pathlib import Path

import pytest

from mv_desktop.offline.disk import DiskFullError, LocalFileError, ReadOnlyError, from_os_error, write_private


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFullError),
        (errno.EROFS, ReadOnlyError),
        (errno.EACCES, ReadOnlyError),
        (errno.EIO, LocalFileError),
    ],
)
def test_failures_of_the_disk_have_names_a_person_understands(number, kind):
    told = from_os_error(OSError(number, "as the system says"), Path("work"))
    assert type(told) is kind
    assert told.remedy


def test_a_file_is_replaced_whole_and_leaves_no_draft(tmp_path):
    path = tmp_path / "key.json"
    write_private(path, b"old")
    write_private(path, b"new")
    assert [item.name for item in tmp_path.iterdir()] == ["key.json"]
    assert path.read_bytes() == b"new"


def test_what_cannot_be_written_leaves_the_old_content(tmp_path):
    path = tmp_path / "key.json"
    path.mkdir()
    (path / "old").touch()
    with pytest.raises(LocalFileError):
        write_private(path, b"new")
    assert [item.name for item in tmp_path.iterdir()] == ["key.json"]
