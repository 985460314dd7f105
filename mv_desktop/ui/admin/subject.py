"""What a screen of the office is about: the columns of its list, the fields of its form, what the server is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import JsonValue
from PySide6.QtWidgets import QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.printed_paper import PrintedPaper
from mv_desktop.domain.record import Change, Fault, Opened, Slice, Wanted
from mv_desktop.ui.admin.act import Act, Once, Saved
from mv_desktop.ui.admin.exchange import Exchange, FilePlace, RecordExchange, TablePlace
from mv_desktop.ui.admin.field import Field
from mv_desktop.ui.admin.overview import Importer, Overview
from mv_desktop.ui.admin.value_words import Said, ValueWords
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.keyed_model import Sign

if TYPE_CHECKING:
    from mv_desktop.ui.admin.math_preview import MathPreview
    from mv_desktop.ui.admin.record_alike import Alike
    from mv_desktop.ui.admin.record_pictures import RecordPictures
    from mv_desktop.ui.admin.record_window import RecordWindow
    from mv_desktop.ui.widgets.toast import Messages

OFFICE_LANE = "office"
"""Where the server is asked."""
OFFICE_WORK_LANE = "office.work"
"""Where it is asked for long, beside what is looked at."""
Told = Callable[[int, int], None]
"""Is told how many of how many are done, 0 for nobody knows; what it raises ends the work."""
FIRST_DAY, LAST_DAY = "first_day", "last_day"
"""What `Wanted.choices` calls the days of a span, which are written as 2026-01-31."""
DAYS = "days"
"""What a saved view calls days that move with the calendar, such as the last seven."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list.

    Attributes:
        heading: in English.
        sample: the longest words there can be, or what gives them in the language spoken; "" for the column that takes
            what room is left.
        figure: it is aligned to the right.
    """

    heading: str
    sample: str | Callable[[], str] = ""
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter above the list.

    Attributes:
        name: what `Wanted.choices` calls it.
        label: in English.
        values: what can be chosen, and what each is called, in English; that nothing is chosen comes first by itself.
        fetched: more values are the server's to say (`Viewed.values`); they are shown as they come.
        usual: what it is called that nothing is chosen, in English; "" for a filter that lets everything through.
    """

    name: str
    label: str
    values: tuple[tuple[str, str], ...] = ()
    fetched: bool = False
    usual: str = ""


class Listing:
    """What a list of the office shows.

    What is asked of the server is called on `OFFICE_LANE`, everything else on the GUI thread.

    Attributes:
        kind: the audit log's name of it, "plan".
        title: what it is called, in English, many.
        columns, choices: of the list.
        days: it can be narrowed to a span of days, which `Wanted.choices` calls `FIRST_DAY` and `LAST_DAY`.
        search: what can be typed to look for something, in English.
        shares: how wide the list and what is beside it are at first, in steps of the grid.
    """

    kind: str = ""
    title: str = ""
    columns: tuple[Column, ...] = ()
    choices: tuple[Choice, ...] = ()
    days: bool = False
    search: str = "Search"
    shares: tuple[int, int] = (175, 135)

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: Any) -> str:  # noqa: ANN401
        """What a row is about, as the server names it."""
        raise NotImplementedError

    def text(self, row: Any, column: int) -> str:  # noqa: ANN401
        """What a cell says."""
        raise NotImplementedError

    def sign(self, row: Any, column: int) -> Sign | None:  # noqa: ANN401
        """The icon of a cell."""
        del row, column
        return None

    def color(self, row: Any, column: int) -> ColorRole | None:  # noqa: ANN401
        """The colour of a cell's words."""
        del row, column
        return None

    def difference(self, column: str, value: object) -> str | Said:
        """A value of the history, in the language spoken."""
        return ValueWords(kind=self.kind).told(column, value)

    def due(self) -> tuple[int, str]:
        """How many wait for who looks, as was last counted, and what is said of them; 0 and "" where none do."""
        return 0, ""

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: Any | None) -> Slice[Any]:  # noqa: ANN401
        """The records that are wanted, from the first or behind the row `after`."""
        raise NotImplementedError


class Aside(Protocol):
    """Follows a form; a widget."""

    def show_draft(self, draft: Any | None) -> None:  # noqa: ANN401
        """As the draft stands, whatever is wrong with it; None: there is none."""
        ...


class Subject(Listing):
    """What is listed and edited in a form. A subclass says what it is; rows and drafts are its own dataclasses.

    Attributes:
        fields: of the form.
        new: what making one is called, in English; "" where none is made here.
        removable: one can be taken away altogether.
        acts: what else can be done with one, in the order of the buttons.
        windows: what opens a window of its own over one, after these.
        previewed: what is typed is shown above the form as it will look (`preview`).
        compared: the field whose words are compared with those of other records while they are written (`alike`).
        importing: what bringing many in at once is called, in English; "" where `importer` makes nothing.
        naming: the draft's attributes by which a row of a file means a record, where it says no id.
        printing: what printing what is listed is called, in English; "" where nothing is printed (`printed`).
        table: the server's side of files; None where none are brought in, and the list is written as it is shown.
        why, why_hint: what the line for the reason is called, and what stands in it, in English.
        reasoned: saving takes a reason.
        logged: who looks at it may read what was changed of it.
    """

    fields: tuple[Field, ...] = ()
    new: str = ""
    removable: bool = False
    acts: tuple[Act, ...] = ()
    windows: tuple[Act, ...] = ()
    previewed: bool = False
    compared: str = ""
    importing: str = ""
    naming: tuple[str, ...] = ()
    printing: str = ""
    table: TablePlace | None = None
    why: str = "Reason"
    why_hint: str = "Reason, kept in the history"
    reasoned: bool = True
    logged: bool = True

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def name(self, draft: Any) -> str:  # noqa: ANN401
        """What a record is called above its form."""
        raise NotImplementedError

    def blank(self) -> Any:  # noqa: ANN401
        """What the form of a new one begins with."""
        raise NotImplementedError

    def idle(self, draft: Any) -> frozenset[str]:  # noqa: ANN401
        """Fields that do not apply as a draft stands, and are hidden while nothing stands in them."""
        del draft
        return frozenset()

    def fields_of(self, draft: Any) -> Sequence[Field]:  # noqa: ANN401
        """What the form of this draft asks for, where that is not the same for all."""
        del draft
        return self.fields

    def faults(self, draft: Any) -> Sequence[Fault]:  # noqa: ANN401
        """What is wrong with a draft."""
        raise NotImplementedError

    def choices_of(self, draft: Any) -> Mapping[str, Sequence[tuple[str, str]]]:  # noqa: ANN401
        """What can be chosen in fields that are `offered`, as a draft stands: values, and what they are called."""
        del draft
        return {}

    def effect(self, draft: Any, before: Any) -> str:  # noqa: ANN401
        """What a change (of a new one, where `before` is None) does beyond the record, in the language spoken."""
        del draft, before
        return ""

    def weighs(self, draft: Any) -> bool:  # noqa: ANN401
        """Saving this (None: taking one away) may move deadlines: which is asked before, by `consequence`."""
        del draft
        return False

    def overview(self, parent: QWidget) -> Overview | None:
        """What stands above the list and shows its rows in another way."""
        del parent
        return None

    def importer(self, tasks: Tasks, clock: Clock, zone: tzinfo, parent: QWidget) -> Importer:
        """What brings many records in at once."""
        raise NotImplementedError

    @property
    def labels(self) -> Mapping[str, str]:
        """What the columns are called in the history, in English; those that are named can be put back."""
        return {field.name: field.label for field in self.fields}

    def put_back(self, draft: Any, columns: Mapping[str, JsonValue]) -> Mapping[str, object]:  # noqa: ANN401
        """What the fields of a draft held when the columns of its record held this."""
        names = {field.name for field in self.fields_of(draft)}
        return {name: value for name, value in columns.items() if name in names}

    def facts(self, draft: Any) -> str:  # noqa: ANN401
        """What is known of a record beside what can be written, line by line, in the language spoken."""
        del draft
        return ""

    def able(self, act: Act, draft: Any) -> bool:  # noqa: ANN401
        """Whether this can be done with a record as it stands."""
        del act, draft
        return True

    def able_row(self, act: Act, row: Any) -> bool:  # noqa: ANN401
        """Whether this, which is done with many, can be done with what a row is about."""
        del act, row
        return True

    def told_many(self, act: Act, done: Sequence[Any], left: int, *, undone: bool = False) -> str:
        """What is said of what was done with many, or `undone`, and how many were left, in the language spoken."""
        raise NotImplementedError

    def removable_now(self, draft: Any) -> bool:  # noqa: ANN401
        """Whether one can be taken away as it stands."""
        del draft
        return self.removable

    def asked_before_removal(self, draft: Any) -> str:  # noqa: ANN401
        """What is asked before one is taken away, in the language spoken."""
        return tr("Take “{name}” away?", name=self.name(draft))

    def asked(self, act: Act, draft: Any) -> str:  # noqa: ANN401
        """What is asked before it is done, naming what will happen, in the language spoken; "" to do it at once."""
        del act, draft
        return ""

    def file_name(self, act: Act, draft: Any) -> str:  # noqa: ANN401
        """What the file is called that an act with a suffix writes, until somebody calls it otherwise."""
        return f"{self.name(draft)}{act.suffix}"

    def window(self, act: Act, opened: Opened[Any], tasks: Tasks, parent: QWidget) -> RecordWindow:
        """The window that one of `windows` opens over a record."""
        raise NotImplementedError

    def aside(self, parent: QWidget) -> Aside | None:
        """What stands below the form and follows what is typed; a widget of `parent`'s, or nothing."""
        del parent
        return None

    def exchange(self, files: FilePlace | None) -> Exchange:
        """Brings files in, and writes them by `files`: by the fields of the form, where `table` says so."""
        return RecordExchange(self, self.table, files)

    def pictures(
        self, tasks: Tasks, messages: Messages, preview: MathPreview, screen: QWidget
    ) -> RecordPictures | None:
        """What takes pictures and shows them in the preview, a child of `screen`; None where there are none."""
        del tasks, messages, preview, screen
        return None

    def preview(self, typed: Mapping[str, str]) -> str:
        """What is typed as it will look: words with ``$formulas$``, from what stands in each field."""
        raise NotImplementedError

    def preview_before(self, draft: Any) -> str:  # noqa: ANN401
        """What is shown before that as long as nothing else was typed, such as what the record is to become."""
        del draft
        return ""

    def offered(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Further values of filters, and what each is called, which are known once a page has come."""
        return {}

    def suggested(self) -> Mapping[str, Sequence[str]]:
        """What is offered while one types into a field, known once a page has come."""
        return {}

    # -- on the lane -----------------------------------------------------------------------------------------

    def open(self, key: str) -> Opened[Any]:
        """One of them."""
        raise NotImplementedError

    def alike(self, words: str, key: str | None) -> Sequence[Alike]:
        """Records that are nearly the same as these words, the most alike first.

        Args:
            words: of the field `compared`, as they are written.
            key: of the record itself; None for a new one.
        """
        raise NotImplementedError

    def save(self, opened: Opened[Any] | None, draft: Any, reason: str) -> str | Saved:  # noqa: ANN401
        """Write a change, or a new one (`opened` is None); answers its key, and what is shown once.

        Raises:
            ConflictError: somebody was faster.
        """
        raise NotImplementedError

    def consequence(self, opened: Opened[Any] | None, draft: Any) -> Consequence:  # noqa: ANN401
        """Which deadlines move when this is saved; taken away, where `draft` is None."""
        raise NotImplementedError

    def save_weighed(
        self,
        opened: Opened[Any] | None,
        draft: Any,  # noqa: ANN401
        reason: str,
        seen: Consequence,
        moving: Sequence[Move],
    ) -> str:
        """Save it, or take it away, and move these deadlines of those that were seen; answers its key.

        Raises:
            ConflictError: something is otherwise than it was seen.
        """
        raise NotImplementedError

    def remove(self, opened: Opened[Any], reason: str) -> None:
        """Take one away, where that can be done."""
        raise NotImplementedError

    def weigh_back(self, done: Any) -> Consequence:  # noqa: ANN401
        """Which deadlines move when this is taken back: the record that was taken away, or what an importer said."""
        raise NotImplementedError

    def take_back(self, done: Any, reason: str, seen: Consequence, moving: Sequence[Move]) -> str:  # noqa: ANN401
        """Take it back, and move these deadlines of those that were seen.

        Returns:
            What is said of it, in the language spoken; "" where all of it is as it was.

        Raises:
            ConflictError: something is otherwise than it was seen.
        """
        raise NotImplementedError

    def act(self, act: Act, opened: Opened[Any], reason: str, target: Path | None) -> Once | None:
        """Do one of `acts`; answers what is shown once.

        Args:
            act: which of them.
            opened: the record as it is looked at.
            reason: why, for the audit log.
            target: the file to be written, where the act writes one.
        """
        raise NotImplementedError

    def act_on_many(self, act: Act, rows: Sequence[Any], reason: str) -> tuple[Sequence[Any], int]:
        """Do it with a part of the rows; answers what was done, as `undo_many` takes it, and how many were left."""
        raise NotImplementedError

    def undo_many(self, act: Act, done: Sequence[Any]) -> tuple[Sequence[Any], int]:
        """Take a part of what was done back; answers the same."""
        raise NotImplementedError

    def changes(self, key: str) -> Sequence[Change]:
        """What was changed of it, the newest first."""
        raise NotImplementedError

    def printed(self, wanted: Wanted, chosen: Sequence[str], told: Told) -> PrintedPaper:
        """These records as a paper; what is listed, where none are chosen."""
        raise NotImplementedError

    def picture(self, address: str) -> bytes | None:
        """The file of a picture that is printed; None where it cannot be had."""
        del address
        return None


class RowView(Protocol):
    """Shows one row of a list that is only read; a widget."""

    def show_row(self, row: Any | None) -> None:  # noqa: ANN401
        """Show this; None: there is none."""
        ...

    def take_focus(self) -> None:
        """The keyboard is in it."""
        ...


class Viewed(Listing):
    """What is listed and only read: a row brings all that is shown of it, in a view of the subject's own.

    `told` of what takes long says how much is done, and of how much, 0 for nobody knows; what it raises ends the work.

    Attributes:
        files: what is looked for can be saved as CSV and for Excel.
        check: what a check of all of it is called, in English; "" where there is none.
        others: what else can be looked for beside a row, by the command's id (`alike`).
        leading: a row may be about a record that another subject has (`leads`).
    """

    leading: bool = False
    files: bool = False
    check: str = ""
    others: tuple[str, ...] = ()
    shares: tuple[int, int] = (185, 125)

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def view(self, parent: QWidget) -> RowView:
        """What stands beside the list; a widget of `parent`'s."""
        raise NotImplementedError

    def alike(self, other: str, row: Any) -> Wanted | None:  # noqa: ANN401
        """What a command of `others` looks for beside a row; None where the row has nothing of it."""
        raise NotImplementedError

    def leads(self, row: Any) -> tuple[str, str] | None:  # noqa: ANN401
        """Which record a row is about: the kind of its subject, and its key there; None where no subject has it."""
        del row
        return None

    def called(self, row: Any) -> Mapping[str, tuple[str, str]]:  # noqa: ANN401
        """Values of fetched choices that a row is of, by name: the value, and what it is called."""
        del row
        return {}

    # -- on the lane -----------------------------------------------------------------------------------------

    def values(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The values of the fetched choices by name, each with what it is called in the language spoken."""
        return {}

    # -- on a lane of its own --------------------------------------------------------------------------------

    def save(self, wanted: Wanted, path: Path, told: Callable[[int, int], None]) -> int:
        """Write what is looked for, CSV or for Excel by the file's name; answers how many rows.

        Raises:
            InvalidError: it could not be written there.
        """
        raise NotImplementedError

    def examine(self, told: Callable[[int, int], None]) -> tuple[str, str]:
        """Check all of it; answers a sign (as `SignLabel` has them) and what was found, in the language spoken."""
        raise NotImplementedError
