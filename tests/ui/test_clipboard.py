"""A program that has copied something ends as every other."""

import subprocess
import sys

import pytest

_COPIES = """
import sys
from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QGuiApplication
from mv_desktop.app import make_qt
qt = make_qt()
data = QMimeData()
data.setText("2")
QGuiApplication.clipboard().setMimeData(data)
QTimer.singleShot(0, qt.quit)
sys.exit(qt.exec())
"""


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there the system keeps what was copied")
def test_a_program_that_has_copied_something_ends_as_every_other():
    done = subprocess.run([sys.executable, "-c", _COPIES], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
