"""Attempts to get at what is not one's own, as plain data, and the one runner that makes them and judges them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from tests.database.scene import HIDDEN_FROM, MARK, Scene, Watch

_MEERAS = [
    "meera",
    "open",
    "done",
    "exam",
    "done_exam",
    "upload",
    "flag",
    "absence",
    "computer",
    "comment",
    "request",
    "stream",
    "op",
    "annotation",
    "done_stream",
    "draft",
    "page_request",
    "student",
    "marking",
]
"""The words whose values nobody but staff is to learn."""

_RIGHTS = (
    "SELECT session_user::text, api.me()::text, (SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles"
    " WHERE rolname = current_user)"
)


@dataclass(frozen=True, slots=True)
class Attack:
    """One attempt.

    Attributes:
        name: what is tried, as a test's name.
        who: whose login makes it.
        statements: in this order, each in its own transaction; `%(word)s` is a value of the scene, `<word>` its text.
        refusal: the error that the last statement must end with; None: it may answer, but tell and change nothing.
        says: what must stand in an answer that is no error, where that tells a refusal from success.
        silent: not a single row may come back.
        may: tables in which a script of her own may change by it.
        meanwhile: what the victim does between the last statement but one and the last.
    """

    name: str
    who: str
    statements: tuple[str, ...]
    refusal: type[psycopg.Error] | None = None
    says: str = ""
    silent: bool = False
    may: tuple[str, ...] = ()
    meanwhile: Callable[[Scene], None] | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True)
class Heard:
    """What an attacker got to see."""

    texts: list[str] = field(default_factory=list)
    last: psycopg.Error | None = None
    rights: tuple[tuple[object, ...] | None, ...] = ()


def attempt(scene: Scene, attack: Attack, watch: Watch) -> str:
    """Make the attempt; why it succeeded, "" where it did not."""
    heard = Heard()
    try:
        connection = psycopg.connect(scene.url(attack.who), autocommit=True, cursor_factory=psycopg.ClientCursor)
    except psycopg.OperationalError as error:
        heard.last = error
        heard.texts.append(str(error))
    else:
        with contextlib.closing(connection):
            _make(scene, attack, connection, heard)
    return _why(scene, attack, heard, watch.changed(attack.who, attack.may))


def _make(scene: Scene, attack: Attack, connection: psycopg.Connection, heard: Heard) -> None:
    connection.add_notice_handler(
        lambda notice: heard.texts.append(f"{notice.message_primary} {notice.message_detail}")
    )
    identity = _rights(connection)
    for number, statement in enumerate(attack.statements, start=1):
        if attack.meanwhile is not None and number == len(attack.statements):
            attack.meanwhile(scene)
        heard.last = _say(connection, _named(scene, statement), scene, heard)
        if connection.closed:
            return
    heard.texts += [notify.payload for notify in connection.notifies(timeout=0)]
    if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        connection.rollback()
    heard.rights = (identity, _rights(connection))


def _say(connection: psycopg.Connection, statement: str, scene: Scene, heard: Heard) -> psycopg.Error | None:
    try:
        if statement.startswith("COPY") and "STDOUT" in statement:
            with connection.cursor().copy(statement, scene.words) as copy:
                heard.texts += [bytes(block).decode(errors="replace") for block in copy]
        else:
            cursor = connection.execute(statement, scene.words)
            while True:
                if cursor.description is not None:
                    heard.texts += [str(row) for row in cursor.fetchall()]
                if not cursor.nextset():
                    break
    except psycopg.Error as error:
        told = error.diag
        heard.texts += filter(None, (str(error), told.message_detail, told.message_hint, told.context))
        return error
    return None


def _named(scene: Scene, statement: str) -> str:
    return re.sub(r"<(\w+)>", lambda word: str(scene.words[word[1]]), statement)


def _rights(connection: psycopg.Connection) -> tuple[object, ...] | None:
    try:
        return connection.execute(_RIGHTS).fetchone()
    except psycopg.Error:
        return None  # after SET of something; whoever cannot ask who she is, is nobody


def _why(scene: Scene, attack: Attack, heard: Heard, changed: set[str]) -> str:
    """By what the attempt succeeded, or ""."""
    text = "\n".join(heard.texts)
    kinds = HIDDEN_FROM.get(attack.who)
    pattern = MARK if kinds is None else rf"{MARK} ({'|'.join(kinds)})"
    if (secret := re.search(pattern, text)) is not None:
        return f"it read: {text[secret.start() - 60 : secret.end() + 60]}"
    given = " ".join(attack.statements)
    if kinds is None:
        for word in _MEERAS:
            if not re.search(rf"%\({word}\)s|<{word}>", given) and str(scene.words[word]) in text:
                return f"it learned the {word}"
    if changed and attack.meanwhile is None:  # what the victim does is hers to do
        return f"it changed {', '.join(sorted(changed))}"
    if heard.rights and heard.rights[0] != heard.rights[1] and heard.rights[1] is not None:
        return f"it became {heard.rights[1]}"
    if attack.says not in text:
        return f"it was not told {attack.says!r}, but: {text[-300:]}"
    if attack.silent and text:
        return f"it was answered: {text[:300]}"
    if attack.refusal is not None and not isinstance(heard.last, attack.refusal):
        return f"it was not refused as {attack.refusal.__name__}, but: {heard.last!r}; {text[-300:]}"
    return ""
