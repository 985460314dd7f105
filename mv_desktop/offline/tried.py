"""One try of a password, made before everything is there that wants to know how it ends.

A try is made to cost a fifth of a second of one processor, and holds no lock of the interpreter: what opens the file
and shows what is in it can be imported meanwhile. So this module imports little.
"""

from __future__ import annotations

from pathlib import Path

from mv_desktop.offline.disk import LocalFileError
from mv_desktop.offline.home import find_home, home_of
from mv_desktop.offline.key import KeyFileError, wrapping_key
from mv_desktop.offline.key_file import KEY_FILE, read_key_file


class TriedPassword:
    """What a password makes of a person's key file, once.

    Args:
        folder: the program's data folder.
        server_name: the profile's name.
        login: of the server, as `home.find_home` takes it.
        password: what she typed.
    """

    def __init__(self, folder: Path, server_name: str, login: str, password: str) -> None:
        self._made: tuple[bytes, str, bytes] | None = None
        user_id = find_home(folder, server_name, login)
        if user_id is None:
            return
        try:
            data = read_key_file(home_of(folder, server_name, user_id) / KEY_FILE)
            if data is not None:
                self._made = data, password, wrapping_key(data, password)
        except (KeyFileError, LocalFileError):
            return  # whoever opens the file meets the same, and tells her

    def __call__(self, data: bytes, password: str) -> bytes:
        """As `key.wrapping_key`; what was made ahead is given out once, and kept no longer.

        Raises:
            NewerKeyFileError: `data` is of a newer version.
            KeyFileError: `data` is no key file.
        """
        made, self._made = self._made, None
        if made is not None and made[:2] == (data, password):
            return made[2]
        return wrapping_key(data, password)
