"""Changes the password of a person's file and dies at a step. Run by `test_password`.

Arguments: folder, person, step. The "server" is a file with the password that it knows.
"""

import os
import sys
from pathlib import Path
from uuid import UUID

from mv_desktop.domain.identifier import UserId
from mv_desktop.offline.key import WrapCost
from mv_desktop.offline.vault import Vault
from tests.factories.local import NoKeyring


def main() -> None:
    folder, step = Path(sys.argv[1]), sys.argv[3]
    vault = Vault.open(
        folder,
        UserId(UUID(sys.argv[2])),
        "School server",
        "right",
        password_verified=False,
        keyring=NoKeyring(),
        cost=WrapCost(1, 64, 1),
    )
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if step == f"before {Path(target).name}":
            os._exit(9)
        result = rename(self, target)
        if step == f"after {Path(target).name}":
            os._exit(9)
        return result

    def tell_server() -> None:
        if step == "before the server":
            os._exit(9)
        (folder / "server").write_text("new one", encoding="utf-8")
        if step == "after the server":
            os._exit(9)

    Path.replace = replace  # type: ignore[method-assign]
    vault.change_password("right", "new one", tell_server)
    os._exit(7)


main()
