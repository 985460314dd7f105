"""What is imported when the first window is painted (`docs/decisions/003-late-imports.md`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

_HEAVY = (
    "sqlalchemy",
    "psycopg",
    "boto3",
    "botocore",
    "pymupdf",
    "alembic",
    "ziamath",
    "pydantic",
    "PIL",
    "zxcvbn",
    "procrastinate",
    "logging.handlers",
    "mv_desktop.offline.office",
    "mv_desktop.domain.insight",
)
_UNUSED = ("StandardPixmap", "WizardButton")
"""Names of `QStyle`, and of a widget that the program has not: PySide makes hundreds at once when it is asked for a
style, or for a widget that was not made in Python."""
_SCRIPT = f"""
import enum, json, sys, time
made, create = [], enum.EnumMeta._create_
enum.EnumMeta._create_ = lambda of, name, *rest, **more: made.append(name) or create(of, name, *rest, **more)
from mv_desktop import app

qt = app.make_qt()
application = app.Application(qt)
application.open()
application.window.repaint()
stages = [[name for name in {_HEAVY} if name in sys.modules] + [name for name in {_UNUSED} if name in made]]
end = time.monotonic() + 60
for last in ("mv_desktop.ui.shell.workspace", "mv_desktop.services.sign_in"):
    while last not in sys.modules and time.monotonic() < end:
        qt.processEvents()
    stages.append([name for name in {_HEAVY} if name in sys.modules])
application.window.close()
while application.window.isVisible():
    qt.processEvents()
print(json.dumps(stages))
"""


def test_nothing_heavy_is_imported_until_the_sign_in_window_is_painted(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "MV_DATABASE_URL": "postgresql://127.0.0.1:1/mathvidya",
        "MV_DATA_DIR": str(tmp_path / "data"),
        "MV_CONFIG_DIR": str(tmp_path / "config"),
    }
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    painted, workspace, ahead = json.loads(done.stdout)
    assert painted == []
    assert workspace == ["pydantic"], "what the queue needs, and nothing of what speaks to the server"
    assert "sqlalchemy" in ahead, "while the password is typed, the rest is imported"
