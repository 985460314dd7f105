"""The tables of a person's local file, and how an older file becomes a newer one.

`script` holds one row a script: what the server said of it, and beside that the columns the queue shows (`state`,
`marked`, `unsent`), which are kept up with every change.

Marks, ink, reading and flags stand twice, told apart by `layer`: ``mirror`` is what the server has, ``view`` is
what the teacher sees, which is the mirror and the operations that the server has not answered yet.

`journal` is append-only but for the columns after `body`: where the operation goes next and what was answered.
"""

from __future__ import annotations

from typing import Final

from mv_desktop.offline import cipher

_FIRST: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE script (
  evaluation_id TEXT PRIMARY KEY,
  exam_instance_id TEXT NOT NULL,
  script_code TEXT NOT NULL,
  assignment_version INTEGER NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0,
  deadline TEXT NOT NULL,
  received_at TEXT NOT NULL,
  sla_hours INTEGER NOT NULL,
  breached INTEGER NOT NULL,
  title TEXT NOT NULL,
  class_name TEXT NOT NULL,
  exam_type TEXT NOT NULL,
  total_marks INTEGER NOT NULL,
  declared TEXT NOT NULL,
  snapshot BLOB NOT NULL,
  written INTEGER NOT NULL,
  changed_at TEXT NOT NULL,
  stale INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('new', 'started', 'submitted', 'completed', 'moved')),
  reason TEXT NOT NULL DEFAULT '',
  marked INTEGER NOT NULL DEFAULT 0,
  unsent INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX script_deadline ON script (deadline, received_at, script_code);

CREATE TABLE question (
  evaluation_id TEXT NOT NULL,
  question_number INTEGER NOT NULL,
  alternative TEXT NOT NULL,
  declared INTEGER NOT NULL,
  marked INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (evaluation_id, question_number, alternative)
) WITHOUT ROWID;

CREATE TABLE mark (
  evaluation_id TEXT NOT NULL,
  layer TEXT NOT NULL CHECK (layer IN ('mirror', 'view')),
  question_number INTEGER NOT NULL,
  alternative TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('follows_stamps', 'marked', 'not_attempted')),
  marks TEXT,
  comment TEXT NOT NULL,
  PRIMARY KEY (evaluation_id, layer, question_number, alternative)
) WITHOUT ROWID;

CREATE TABLE ink (
  evaluation_id TEXT NOT NULL,
  layer TEXT NOT NULL CHECK (layer IN ('mirror', 'view')),
  annotation_id TEXT NOT NULL,
  placed INTEGER NOT NULL,
  page_number INTEGER NOT NULL,
  pdf_page INTEGER NOT NULL,
  question_number INTEGER,
  alternative TEXT,
  carries INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (evaluation_id, layer, annotation_id)
);
CREATE INDEX ink_order ON ink (evaluation_id, layer, placed);
CREATE INDEX ink_question ON ink (evaluation_id, layer, question_number) WHERE carries = 1;

CREATE TABLE reading (
  evaluation_id TEXT NOT NULL,
  layer TEXT NOT NULL CHECK (layer IN ('mirror', 'view')),
  page_number INTEGER NOT NULL,
  pdf_page INTEGER NOT NULL,
  seconds REAL,
  largest_share REAL,
  question_numbers TEXT,
  PRIMARY KEY (evaluation_id, layer, page_number, pdf_page)
) WITHOUT ROWID;

CREATE TABLE flag (
  evaluation_id TEXT NOT NULL,
  layer TEXT NOT NULL CHECK (layer IN ('mirror', 'view')),
  flag_id TEXT NOT NULL,
  page_number INTEGER,
  pdf_page INTEGER,
  reason TEXT NOT NULL,
  PRIMARY KEY (evaluation_id, layer, flag_id)
) WITHOUT ROWID;

CREATE TABLE stream (stream_id TEXT PRIMARY KEY, next_seq INTEGER NOT NULL, current INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE journal (
  entry INTEGER PRIMARY KEY AUTOINCREMENT,
  op_id TEXT NOT NULL UNIQUE,
  evaluation_id TEXT NOT NULL,
  assignment_version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  inverse TEXT NOT NULL,
  undoes TEXT,
  recorded_at TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  body TEXT NOT NULL,
  stream_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'set_aside', 'answered')),
  verdict TEXT,
  reason TEXT,
  detail TEXT,
  version INTEGER,
  answered_at TEXT,
  UNIQUE (stream_id, seq)
);
CREATE INDEX journal_waiting ON journal (entry) WHERE state <> 'answered';
CREATE INDEX journal_script ON journal (evaluation_id, entry);

CREATE TABLE message (
  message_id INTEGER PRIMARY KEY AUTOINCREMENT,
  op_id TEXT UNIQUE,
  evaluation_id TEXT,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  questions TEXT NOT NULL DEFAULT '[]',
  made_at TEXT NOT NULL,
  dismissed INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE page_file (
  upload_id TEXT PRIMARY KEY,
  evaluation_id TEXT NOT NULL,
  page_number INTEGER NOT NULL,
  mime_type TEXT NOT NULL,
  bytes INTEGER,
  sha256 TEXT,
  questions TEXT NOT NULL,
  pages TEXT NOT NULL,
  page_count INTEGER NOT NULL,
  problem TEXT NOT NULL DEFAULT '',
  here INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX page_file_script ON page_file (evaluation_id, page_number);

CREATE TABLE held_submission (
  evaluation_id TEXT PRIMARY KEY,
  payload TEXT NOT NULL,
  until TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE place (
  evaluation_id TEXT PRIMARY KEY,
  page_number INTEGER NOT NULL,
  pdf_page INTEGER NOT NULL,
  fraction REAL NOT NULL,
  zoom REAL NOT NULL
) WITHOUT ROWID;
"""

_NEWER_PROGRAM: Final = """
ALTER TABLE script ADD COLUMN newer_program TEXT;
"""

_LOOK: Final = """
ALTER TABLE place ADD COLUMN turns TEXT NOT NULL DEFAULT '[]';
ALTER TABLE place ADD COLUMN brightness INTEGER NOT NULL DEFAULT 0;
"""

_BANK: Final = """
CREATE TABLE bank_comment (
  comment_id TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_by_name TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  version INTEGER NOT NULL,
  uses INTEGER NOT NULL DEFAULT 0,
  all_uses INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE bank_change (
  entry INTEGER PRIMARY KEY AUTOINCREMENT,
  change_id TEXT NOT NULL UNIQUE,
  comment_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('put', 'use')),
  payload TEXT NOT NULL,
  base_version INTEGER NOT NULL,
  made_at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'refused', 'answered')),
  answer TEXT,
  answered_at TEXT
);
CREATE INDEX bank_change_waiting ON bank_change (entry) WHERE state <> 'answered';
"""
"""The comment bank: what the server last said of each comment, and the changes made here, never deleted."""

_FLOW: Final = """
ALTER TABLE flag ADD COLUMN comment TEXT NOT NULL DEFAULT '';
ALTER TABLE flag ADD COLUMN x REAL;
ALTER TABLE flag ADD COLUMN y REAL;
ALTER TABLE flag ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flag ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE script ADD COLUMN handed_back INTEGER NOT NULL DEFAULT 0;
ALTER TABLE script ADD COLUMN completed_at TEXT;
ALTER TABLE held_submission ADD COLUMN kind TEXT NOT NULL DEFAULT 'evaluation.submit';

CREATE INDEX journal_hand_back ON journal (evaluation_id) WHERE kind = 'evaluation.hand_back';

CREATE TABLE finished (
  evaluation_id TEXT PRIMARY KEY,
  exam_instance_id TEXT NOT NULL,
  script_code TEXT NOT NULL,
  completed_at TEXT NOT NULL,
  deadline TEXT NOT NULL,
  received_at TEXT NOT NULL,
  sla_hours INTEGER NOT NULL,
  breached INTEGER NOT NULL,
  title TEXT NOT NULL,
  class_name TEXT NOT NULL,
  exam_type TEXT NOT NULL,
  total_marks INTEGER NOT NULL,
  written INTEGER NOT NULL,
  pages INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX finished_order ON finished (completed_at DESC, evaluation_id DESC);
CREATE INDEX script_finished ON script (evaluation_id) WHERE state = 'completed';

CREATE TABLE time_spent (evaluation_id TEXT PRIMARY KEY, seconds REAL NOT NULL) WITHOUT ROWID;
"""
"""Handed-back scripts, all of a flag, the list of what is finished, and the time a script took."""

_PACE: Final = """
DROP TABLE time_spent;
CREATE TABLE time_spent (evaluation_id TEXT PRIMARY KEY, kind TEXT NOT NULL, seconds REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX time_spent_kind ON time_spent (kind);
"""
"""Of which kind of paper a script is that time was spent on; before this version nothing was counted."""

_FIT: Final = """
ALTER TABLE place ADD COLUMN fit TEXT NOT NULL DEFAULT 'width' CHECK (fit IN ('width', 'page'));
"""
"""What fits the window where `place.zoom` is 0; before, a page that fitted was kept as a number."""

_RETURNED: Final = """
ALTER TABLE script ADD COLUMN returned TEXT;
UPDATE script SET stale = 1 WHERE status = 'in_progress' AND NOT gone;
"""
"""What of a script is to be marked again after it was completed; what came before is asked for anew."""

_SENT: Final = """
ALTER TABLE journal ADD COLUMN sent_at TEXT;
"""
"""When an operation last went out; told apart from an answer, which may be on its way or lost."""

_TAKEN: Final = """
CREATE TABLE taken_along (
  evaluation_id TEXT PRIMARY KEY,
  taken_at TEXT NOT NULL,
  told INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""
"""Scripts whose pages stay on this computer because the teacher asked for them; `told`: that all of it is here."""

_DELIVERY: Final = """
CREATE INDEX journal_taken ON journal (stream_id, seq)
  WHERE state = 'answered' AND verdict NOT IN ('held', 'superseded');
"""
"""What each run asks the server about: how far it is in every stream."""

_CONFLICT: Final = """
ALTER TABLE mark ADD COLUMN op_id TEXT;
ALTER TABLE ink ADD COLUMN op_id TEXT;

CREATE TABLE conflict (
  evaluation_id TEXT NOT NULL,
  layer TEXT NOT NULL CHECK (layer IN ('mirror', 'view')),
  held_op TEXT NOT NULL,
  question_number INTEGER NOT NULL,
  alternative TEXT NOT NULL,
  state TEXT NOT NULL,
  marks TEXT,
  comment TEXT NOT NULL,
  version INTEGER NOT NULL,
  open INTEGER NOT NULL,
  made_at TEXT,
  kept_op TEXT,
  kept_at TEXT,
  PRIMARY KEY (evaluation_id, layer, held_op)
) WITHOUT ROWID;
"""
"""Questions marked otherwise on another computer of hers. `op_id`: her own operation that the server's word does not
contain yet; the next one on the same question or annotation says that it replaces it.
"""

_PRUNING: Final = """
CREATE INDEX journal_answered ON journal (answered_at);
CREATE INDEX journal_aside ON journal (verdict) WHERE verdict IN ('kept', 'refused');
"""
"""What is old enough to go, and what the bottom line counts, without reading a month of work."""

_NOTICES: Final = """
CREATE TABLE notice (
  notice_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at TEXT NOT NULL,
  read_at TEXT,
  to_send INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX notice_order ON notice (created_at DESC, notice_id DESC);
CREATE INDEX notice_to_send ON notice (notice_id) WHERE to_send;
"""
"""What she was told. `to_send`: she has read it here, and the server does not know yet."""

_PICTURES: Final = """
CREATE TABLE picture (
  picture_id TEXT PRIMARY KEY,
  place TEXT NOT NULL,
  here INTEGER NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE script_picture (
  evaluation_id TEXT NOT NULL,
  picture_id TEXT NOT NULL,
  PRIMARY KEY (evaluation_id, picture_id)
) WITHOUT ROWID;

CREATE TABLE kept_picture (
  sha256 TEXT PRIMARY KEY,
  mime_type TEXT NOT NULL,
  data BLOB NOT NULL,
  kept_at TEXT NOT NULL
) WITHOUT ROWID;
"""
"""Pictures of questions by what the questions call them, and those that are not in the store yet. A script whose
pictures were listed has a row without a picture as well.
"""

_ADJUSTED: Final = """
ALTER TABLE script ADD COLUMN adjusted TEXT NOT NULL DEFAULT '{}';
"""
"""By number, questions that turned out to be faulty, and what holds for whoever had them."""

VERSIONS: Final[tuple[str, ...]] = (
    *(_FIRST, _NEWER_PROGRAM, _LOOK, _BANK, _FLOW, _PACE),
    *(_FIT, _RETURNED, _SENT, _TAKEN, _DELIVERY, _CONFLICT, _PRUNING, _NOTICES, _PICTURES),
    _ADJUSTED,
)
"""What each version adds to the one before; only ever appended to."""


def stored_version(connection: cipher.Connection) -> int:
    """The version of an open file; 0 for one that was just made."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def upgrade(connection: cipher.Connection) -> None:
    """Bring an open file up to the newest version, whole or not at all."""
    _run(connection, stored_version(connection))


def readable(connection: cipher.Connection) -> bool:
    """Whether every column that this version knows is in an open file of a newer one."""
    mine = cipher.connect(":memory:", isolation_level=None)
    try:
        _run(mine, 0)
        return columns(mine) <= columns(connection)
    finally:
        mine.close()


def columns(connection: cipher.Connection) -> frozenset[tuple[str, str]]:
    """The tables of a file with their columns."""
    return frozenset(
        (table, column)
        for table, column in connection.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        )
    )


def _run(connection: cipher.Connection, version: int) -> None:
    steps = "".join(VERSIONS[version:])
    if not steps:
        return
    try:
        connection.executescript(f"BEGIN IMMEDIATE;{steps}PRAGMA user_version = {len(VERSIONS)};COMMIT;")
    except cipher.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
