"""Brings a file of questions in, and waits before the end until somebody kills it."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from uuid import uuid4

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.domain.question_column import match
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.import_history import kept_import
from mv_desktop.services.question_import import perform_import, plan_import
from mv_desktop.services.table_reader import read_table, source_file


def main(url: str, path: Path) -> None:
    engine, import_id = make_engine(url, application_name="import child"), uuid4()
    connect = partial(open_session, engine)
    with connect() as session:
        found = plan_import(session, read_table(path, match).table)
    with kept_import(connect, import_id, "question", source_file(path), "killed") as session:
        perform_import(session, path.name, found, import_id, id_source(SystemClock()), "killed")
        print("written", flush=True)
        time.sleep(600)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
