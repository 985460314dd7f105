"""Writing on a page: a new note or one that stands there, at whatever zoom and however the page is turned."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from mv_desktop.core.errors import InvalidError, UserError
from mv_desktop.domain.annotation.clipping import MOST_CHARACTERS
from mv_desktop.domain.annotation.shape import Placed, TextNote
from mv_desktop.domain.annotation.turned import as_seen, as_uploaded, extent
from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.note_editor import BORDER, NoteEditor, NotePreview
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.scene import Spot
from mv_desktop.ui.canvas.shape.formula import FormulaShapes
from mv_desktop.ui.canvas.shape.paper import UNITS, ink_of
from mv_desktop.ui.canvas.shape.text import note_font, text_shape, wanted_formulas
from mv_desktop.ui.canvas.tools.tool import Surface
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing

WIDTH, COMFORTABLE, NARROWEST = 0.3, 0.12, 0.06
"""Of a note, as fractions of the page's width: where there is room, near the edge, and the least."""
_SMALLEST_LETTERS = 11.0  # pixels: what is written can be read while the page is seen as a whole


class Easel(Surface, Protocol):
    """What writing needs of the page view."""

    @property
    def formulas(self) -> FormulaShapes | None:
        """Typesets what is between dollars."""
        ...

    def viewport(self) -> QWidget:
        """On which the field stands."""
        ...

    def pixel_of(self, point: QPointF) -> QPoint:
        """Where a point of the scene is in the window."""
        ...

    def refuse(self, error: UserError) -> None:
        """Tell why something is not done."""
        ...

    def take_keys(self) -> None:
        """The keyboard is the pages' again."""
        ...


class NoteDesk:
    """One note at a time is being written, or none. Asks for it, changed or gone, when it is done.

    When another program comes forward it asks for what is written so far, and lets it be written on afterwards.
    """

    def __init__(self, easel: Easel) -> None:
        self._easel = easel
        self._editor: NoteEditor | None = None
        self._preview: NotePreview | None = None
        self._note: TextNote | None = None
        self._page: PageItem | None = None
        self._is_new = False

    @property
    def editor(self) -> NoteEditor | None:
        """The field, while something is being written."""
        return self._editor

    def write(self, spot: Spot, width: float | None = None) -> bool:
        """Begin a note with its upper left corner at a spot. False where nothing may be changed.

        Args:
            spot: where.
            width: at which it wraps, as a fraction of the page's width; what there is room for when None.
        """
        sheet = self._easel.sheet
        page = None if sheet is None else sheet.page(spot.page)
        if page is None or self._easel.read_only:
            return False
        ink = self._easel.ink_for(None, spot.page)
        spot, room = _with_room(page, spot, COMFORTABLE if width is None else NARROWEST)
        note = TextNote(
            id=self._easel.ids(),
            x=round(spot.x, 5),
            y=round(spot.y, 5),
            width=round(min(WIDTH if width is None else width, room), 5),
            text="",
            color=ink.color or self._easel.ink.color,
            question_number=ink.question_number,
            alternative=ink.alternative,
        )
        self._begin(note, page, is_new=True)
        return True

    def edit(self, annotation_id: AnnotationId) -> bool:
        """Write on at a note that stands on a page. False where there is none or nothing may be changed."""
        sheet = self._easel.sheet
        item = None if sheet is None else sheet.mark(annotation_id)
        page = None if item is None or sheet is None else sheet.page(item.page)
        if item is None or page is None or self._easel.read_only or not isinstance(item.placed.annotation, TextNote):
            return False
        note = item.placed.annotation
        if len(note.text) > MOST_CHARACTERS:
            sentence = tr("This note is too long to be changed here.")
            self._easel.refuse(InvalidError(sentence, kept=tr("It stays as it is.")))
            return False
        self._begin(note, page, is_new=False)
        item.setVisible(False)
        return True

    def finish(self) -> bool:
        """Ask for what was written; an empty note is no note. False when nothing was being written."""
        editor, note, page = self._editor, self._note, self._page
        if editor is None or note is None or page is None:
            return False
        text = _written_in(editor)
        had_keys = editor.window().focusWidget() is editor  # also while another window is in front
        is_new = self._is_new
        self._close()
        if not text:
            if not is_new:
                self._easel.delete((note.annotation_id,))
        elif text != note.text and not self._put(page, note.model_copy(update={"text": text})):
            QGuiApplication.clipboard().setText(text)
            sentence = tr("What you wrote is not on the page.")
            self._easel.refuse(InvalidError(sentence, kept=tr("It is on the clipboard.")))
        if had_keys:
            self._easel.take_keys()
        return True

    def follow(self) -> None:
        """The pages were scrolled, zoomed or turned: stand where the note stands."""
        editor, note, page = self._editor, self._note, self._page
        if editor is None or note is None or page is None:
            return
        scale = self._scale(page)
        letters = max(note.size * UNITS * scale, _SMALLEST_LETTERS)
        width = note.width * letters / note.size
        editor.dress(note_font(current_theme().font(), letters), ink_of(note).name(), width)
        editor.fit()
        editor.move(self._corner(note, page) - QPoint(BORDER, BORDER))
        self._show_preview()

    # -- private ---------------------------------------------------------------------------------------------

    def _begin(self, note: TextNote, page: PageItem, *, is_new: bool) -> None:
        self.finish()
        self._note, self._page, self._is_new = note, page, is_new
        self._preview = NotePreview(self._easel.viewport())
        self._editor = editor = NoteEditor(self._easel.viewport())
        editor.setPlainText(note.text)
        editor.moveCursor(editor.textCursor().MoveOperation.End)
        self.follow()
        editor.finished.connect(self.finish)
        editor.left.connect(self._keep)
        _app().focusChanged.connect(self._on_app_focusChanged)
        editor.refused.connect(self._easel.refuse)
        editor.textChanged.connect(self._show_preview)
        editor.cursorPositionChanged.connect(self._show_caret)
        if self._easel.formulas is not None:
            self._easel.formulas.typeset.connect(self._on_formulas_typeset)
        editor.show()
        editor.setFocus()
        self._show_caret()

    def _close(self) -> None:
        item = self._item()
        if item is not None:
            item.setVisible(True)
        if self._easel.formulas is not None:
            self._easel.formulas.typeset.disconnect(self._on_formulas_typeset)
        _app().focusChanged.disconnect(self._on_app_focusChanged)
        editor, preview = self._editor, self._preview
        self._editor = self._preview = self._note = self._page = None
        for widget in (editor, preview):
            if widget is not None:
                widget.blockSignals(True)
                widget.hide()
                widget.deleteLater()

    def _keep(self) -> None:
        """Ask for what is written so far; the field stays."""
        editor, note, page = self._editor, self._note, self._page
        text = "" if editor is None else _written_in(editor)
        if note is None or page is None or not text or text == note.text:
            return
        so_far = note.model_copy(update={"text": text})
        if self._put(page, so_far) and self._editor is editor:
            self._note, self._is_new = so_far, False
            item = self._item()
            if item is not None:
                item.setVisible(False)

    def _put(self, page: PageItem, note: TextNote) -> bool:
        """Ask for a note; False when it was refused, which whoever refused it has told."""
        self._easel.put((Placed(page.ref, note),))
        sheet = self._easel.sheet
        placed = None if sheet is None else sheet.script.ink.get(note.annotation_id)
        return placed is not None and placed.annotation == note

    def _on_app_focusChanged(self, _before: QWidget | None, now: QWidget | None) -> None:
        """In another window of the program she does something else: it is done. In its own, the field tells."""
        if self._editor is not None and now is not None and now.window() is not self._editor.window():
            self.finish()

    def _item(self) -> MarkItem | None:
        sheet = self._easel.sheet
        return None if sheet is None or self._note is None else sheet.mark(self._note.annotation_id)

    def _scale(self, page: PageItem) -> float:
        """Pixels of the window to a unit of the page."""
        return page.scale() / self._easel.reach(1)

    def _corner(self, note: TextNote, page: PageItem) -> QPoint:
        return self._easel.pixel_of(page.mapToScene(QPointF(note.x * UNITS, note.y * page.height)))

    def _on_formulas_typeset(self, _tex: object) -> None:
        self._show_preview()

    def _show_caret(self) -> None:
        """Scroll no more than it takes to see what is typed: the field grows over the edge of the window."""
        editor = self._editor
        if editor is None:
            return
        caret = editor.cursorRect()
        caret.moveTopLeft(editor.viewport().mapTo(self._easel.viewport(), caret.topLeft()))
        edge = spacing(2)
        room = self._easel.viewport().rect().adjusted(edge, edge, -edge, -edge)
        across = min(0, caret.left() - room.left()) + max(0, caret.right() - room.right())
        down = min(0, caret.top() - room.top()) + max(0, caret.bottom() - room.bottom())
        if across or down:
            self._easel.pan(-across, -down)

    def _show_preview(self) -> None:
        """Show how it will look once its formulas are typeset; until they are, what was shown before stays."""
        editor, preview, formulas = self._editor, self._preview, self._easel.formulas
        if editor is None or preview is None or self._note is None or self._page is None:
            return
        note = self._note.model_copy(update={"text": editor.toPlainText()})
        wanted = wanted_formulas(note) if formulas is not None else ()
        if formulas is None or not wanted:
            preview.hide()
            return
        missing = [tex for tex in wanted if formulas.known(tex) is None]
        for tex in missing:
            formulas.want(tex)
        if not missing:
            scale = max(self._scale(self._page), _SMALLEST_LETTERS / (note.size * UNITS))
            ink = QColor(ink_of(note))
            preview.show_ink(text_shape(note, current_theme().font(), formulas), ink, scale)
        field, room = editor.geometry(), self._easel.viewport().rect()
        below = field.bottom() + spacing(1)
        fits = below + preview.height() <= room.bottom() or field.top() < preview.height()
        preview.move(field.left(), below if fits else field.top() - spacing(1) - preview.height())
        preview.setVisible(preview.isVisible() or not missing)


def _written_in(editor: NoteEditor) -> str:
    return editor.toPlainText().rstrip()


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)  # noqa: S101 (a widget needs one)
    return app


def _with_room(page: PageItem, spot: Spot, wanted: float) -> tuple[Spot, float]:
    """A spot from which it is `wanted` to the viewer's right edge of the page, or all that the page has.

    It is `spot`, or so far left of it as needed. Besides, how far it is from there; both as fractions of the page's
    width.
    """
    turns = page.quarter_turns
    length, _ = extent(turns, page.ratio)
    across, down = as_seen(turns, spot.x, spot.y)
    there = max(0.0, min(across * length, length - wanted))
    x, y = as_uploaded(turns, there / length, down)
    return spot._replace(x=x, y=y), length - there
