"""What can be done with a record beside changing it: buttons above its form, each with a key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done with one record, with a reason.

    Attributes:
        command: its id in the table of commands, "record.reset".
        label: on its button, in English.
        suffix: it writes a file whose name ends so, ".zip"; "" where it writes none.
        why: it takes a reason, and asks for one.
        many: it is done with all rows that are selected (`Subject.act_on_many`), and can be taken back.
    """

    command: str
    label: str
    suffix: str = ""
    why: bool = True
    many: bool = False


@dataclass(frozen=True, slots=True)
class Once:
    """What the server or this computer says once and never again, such as a first password.

    Attributes:
        label: what it is, and for whom, in the language spoken.
        value: to be read or copied; it is kept and logged nowhere.
    """

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What a record that was saved answers beside its key."""

    key: str
    once: Once
