"""Opens an older file and dies at a step. Run by `test_upgrade`. Arguments: folder, person, step."""

import os
import sys
from pathlib import Path
from uuid import UUID

from mv_desktop.domain.identifier import UserId
from mv_desktop.offline import layout
from mv_desktop.offline.key import WrapCost
from mv_desktop.offline.vault import Vault
from tests.factories.local import NoKeyring


def main() -> None:
    folder, step = Path(sys.argv[1]), sys.argv[3]
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if step == "before the copy":
            os._exit(9)
        result = rename(self, target)
        if step == "after the copy":
            os._exit(9)
        return result

    Path.replace = replace  # type: ignore[method-assign]
    if step == "in the middle":
        half = "CREATE TABLE half (a);"
        layout.VERSIONS = (*layout.VERSIONS[:-1], f"{layout.VERSIONS[-1]}{half}SELECT die();")  # type: ignore[misc]
        run = layout._run

        def dying(connection, version):
            if connection.execute("PRAGMA database_list").fetchone()[2]:
                connection.create_function("die", 0, lambda: os._exit(9))
            run(connection, version)

        layout._run = dying
    Vault.open(
        folder,
        UserId(UUID(sys.argv[2])),
        "School server",
        "right",
        password_verified=False,
        keyring=NoKeyring(),
        cost=WrapCost(1, 64, 1),
    )
    os._exit(7)


main()
