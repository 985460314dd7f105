"""Papers on paper: every question with its formulas on a page, none cut in two, marks at the right margin."""

from __future__ import annotations

import string
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pymupdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QByteArray, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.export_note import ExportFormat
from mv_desktop.domain.printed_paper import PrintedPaper, PrintedQuestion, PrintedSection, printed_exam
from mv_desktop.domain.question import Choice, PaperQuestion, Scheme, SchemeStep
from mv_desktop.ui.paper.document import lay_out
from mv_desktop.ui.paper.flow import FormulaCase, lines_of, natural_width
from mv_desktop.ui.paper.outline import Art, path_of, steps_of
from mv_desktop.ui.paper.pages import pages_of
from mv_desktop.ui.paper.painting import Laid, paint, paint_all, picture_of, to_pdf
from mv_desktop.ui.paper.print_dialog import Note, PrintDialog, no_picture
from mv_desktop.ui.paper.printer import Order, print_pages
from mv_desktop.ui.paper.question_block import INSIDE, Look
from mv_desktop.ui.paper.sheet import (
    BOTTOM,
    LEFT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RIGHT,
    Block,
    Maths,
    Page,
    Photo,
    Style,
    Words,
)
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.math_text import Tex, split
from tests.factories.paper import bank_question, paper


def square(tex: Tex) -> Art | None:
    """Formulas of a known size; what is called "wrong" is not understood."""
    if tex.source == "wrong":
        return None
    high = 300.0 if tex.display else 80.0
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {-high} 100 {high + 20}"/>'
    return Art(svg.encode(), 0.0, -high, 1e5 if tex.source == "wide" else 100.0, high + 20.0, None)


def told(_done: int, _all: int) -> None:
    """Nobody listens."""


def unnoted(_kind: ExportFormat, _rows: int, _path: Path | None) -> None:
    """Nobody keeps a log."""


def laid(*questions: PaperQuestion, look: Look | None = None, **images: QImage) -> Laid:
    numbered = tuple(PrintedQuestion(n, one.marks, (one,)) for n, one in enumerate(questions, 1))
    made = PrintedPaper("A title", "XII", 90, (PrintedSection("A", "Some", numbered),))
    return lay_out(made, look or Look(), square, images, told)


def words(page: Page) -> list[str]:
    return [mark.text for mark in page.marks if isinstance(mark, Words)]


def long(number: int, lines: int) -> PaperQuestion:
    text = "\n".join(f"q{number}line{line}" for line in range(lines))
    return bank_question(f"{number}", "LA", 5).model_copy(update={"question_text": text})


def inside(page: Page) -> bool:
    """Nothing stands outside the margins, but for the foot and the head."""
    for mark in page.marks:
        if isinstance(mark, Maths | Photo):
            right, below = mark.x + mark.width, mark.y + mark.height
        elif isinstance(mark, Words):
            right, below = mark.x, mark.y
        else:
            right, below = mark.x + mark.width, mark.y
        if mark.x < LEFT - 1 or right > PAGE_WIDTH - RIGHT + 1 or below > PAGE_HEIGHT - BOTTOM + 40 * 20:
            return False
    return True


def test_no_question_is_cut_that_fits_on_a_page_and_longer_ones_go_on(qapp):
    found = laid(*(long(number, 11) for number in range(9)), long(9, 80))
    places = {
        word: number
        for number, page in enumerate(found.pages)
        for word in words(page)
        if word.startswith("q") and "line" in word
    }
    for number in range(9):
        assert len({places[f"q{number}line{line}"] for line in range(11)}) == 1
    assert len({places[f"q9line{line}"] for line in range(80)}) >= 2
    assert len(places) == 9 * 11 + 80
    assert all(map(inside, found.pages))
    count = len(found.pages)
    assert [words(page)[-1 if n == 0 else -2] for n, page in enumerate(found.pages)] == [
        f"Page {n} of {count}" for n in range(1, count + 1)
    ]
    assert all(words(page)[-1] == "A title" for page in found.pages[1:])
    first = words(found.pages[0])
    assert first[:3] == ["A", "title", "Class XII"]
    assert "Time: 1 hour 30 minutes" in first
    assert "Maximum marks: 50" in first
    assert "10 × 5 = 50" in first


def test_what_clings_is_not_left_at_the_end_of_a_page(qapp):
    line, head = Block(10.0), Block(10.0, clings=True)
    assert len(pages_of([line] * 9 + [head, line], 100.0)) == 2
    pages = pages_of([Block(10.0, (Words(0, 0, str(n), Style.BODY),)) for n in range(9)]
                     + [Block(10.0, (Words(0, 0, "head", Style.BODY),), clings=True), line], 100.0)  # fmt: skip
    assert "head" in words(pages[1])
    assert pages_of([], 100.0) == (Page(()),)


def test_rows_that_begin_a_page_have_their_head_above_them_and_what_follows_has_none(qapp):
    def block(text: str, high: float = 10.0, head: Block | None = None, *, clings: bool = False) -> Block:
        return Block(high, (Words(0, 0, text, Style.BODY),), clings, head)

    head = block("head", 20.0, clings=True)
    rows = [block(str(number), head=head) for number in range(20)]
    pages = pages_of([block("title", 70.0), head, *rows, block("end")], 100.0)
    assert [words(page) for page in pages] == [
        ["title", "head", "0"],
        ["head", *map(str, range(1, 9))],
        ["head", *map(str, range(9, 17))],
        ["head", "17", "18", "19", "end"],
    ]
    assert [words(page) for page in pages_of([block("title", 80.0), head, *rows[:2]], 100.0)] == [
        ["title"],
        ["head", "0", "1"],
    ]


def test_choices_stand_in_as_many_columns_as_fit(qapp):
    def columns(*texts: str) -> int:
        choices = tuple(
            Choice(id=letter, text=text) for letter, text in zip(string.ascii_uppercase, texts, strict=False)
        )
        (page,) = laid(bank_question("m", "MCQ", 1).model_copy(update={"choices": choices})).pages
        labels = [m for m in page.marks if isinstance(m, Words) and m.text in {"(A)", "(B)", "(C)", "(D)"}]
        assert len(labels) == len(texts)
        return len({round(label.x) for label in labels})

    assert columns("$x$", "$y$", "2", "3") == 4
    assert columns("a few more words here", "$y$", "2", "3") == 2
    assert (
        columns("many words that take more than half of what room there is on a line of the page", "2", "3", "4") == 1
    )
    assert columns("$$x$$", "2") == 1
    assert columns("", "") == 2


def test_marks_stand_at_the_right_margin_and_the_scheme_gives_its_own(qapp):
    scheme = Scheme(
        answer="$x$", solution=("First $x$.", "", "Then."),
        steps=(SchemeStep(text="sets", marks=Decimal("1.5"), part="i"), SchemeStep(text="ends", marks=Decimal("0.5"))),
    )  # fmt: skip
    one = bank_question("v").model_copy(update={"scheme": scheme})
    mcq = bank_question("m", "MCQ", 1)
    plain = words(laid(one, mcq).pages[0])
    assert "Solution" not in plain
    (page,) = laid(one, mcq, look=Look(solutions=True, scheme=True)).pages
    found = words(page)
    assert {"Solution", "Marking", "scheme", "Answer:", "First", "Then.", "sets", "(i)", "1½", "½"} <= set(found)
    right = PAGE_WIDTH - RIGHT
    at_right = [
        mark
        for mark in page.marks
        if isinstance(mark, Words) and mark.text in {"1½", "½", "2", "1"} and mark.x > right - 600
    ]
    assert [mark.text for mark in sorted(at_right, key=lambda mark: mark.y)] == ["2", "1½", "½", "1", "1"]
    for mark in at_right:
        assert mark.x + natural_width(mark.text, Style.BODY, square) == pytest.approx(right, abs=1)


def test_pictures_are_shown_as_large_as_they_fit_and_those_that_are_not_here_are_named(qapp):
    big, small = QImage(4000, 3000, QImage.Format.Format_RGB32), QImage(150, 150, QImage.Format.Format_RGB32)
    choices = (Choice(id="A", text="", image="small"), Choice(id="B", text="b", image="gone"))
    mcq = bank_question("m", "MCQ", 1).model_copy(
        update={"choices": choices, "question_text": None, "question_image_url": "big", "diagram_image_url": "gone"}
    )
    (page,) = laid(mcq, big=big, small=small).pages
    photos = [mark for mark in page.marks if isinstance(mark, Photo)]
    assert [round(one.width / one.height, 2) for one in photos] == [1.33, 1.0]
    assert photos[1].width == pytest.approx(72 * 20)
    assert inside(page)
    assert " ".join(words(page)).count("(a picture that is not here)") == 2
    drawn = bank_question("v").model_copy(update={"explanation_image_url": "big", "scheme": Scheme()})
    assert not [mark for mark in laid(drawn, big=big).pages[0].marks if isinstance(mark, Photo)]
    (page,) = laid(drawn, look=Look(solutions=True), big=big).pages
    assert len([mark for mark in page.marks if isinstance(mark, Photo)]) == 1
    assert "Solution" in words(page)


def test_a_paper_with_its_alternatives_is_a_pdf_with_fonts_of_its_own_and_vector_formulas(qapp, tmp_path: Path):
    apply_theme(qapp)  # with the fonts that come with the program
    exam = paper()
    question = exam.questions[1].model_copy(
        update={"question_text": "समीकरण $\\frac{x}{2} = \\sqrt{3}$ को 15 बार हल: $$\\int_0^1 x^2 dx$$ अब $\\frac{1}$."}
    )
    exam = exam.model_copy(update={"questions": (exam.questions[0], question, *exam.questions[2:])})
    try:
        set_language("hi")
        found = lay_out(printed_exam(exam, "बोर्ड परीक्षा", "XII"), Look(True, True), FormulaCase(), {}, told)
    finally:
        set_language("en")
    done: list[tuple[int, int]] = []
    data = to_pdf(found, lambda *numbers: done.append(numbers))
    assert done[-1] == (len(found.pages), len(found.pages))
    with pymupdf.open(stream=data) as document:
        assert document.metadata["title"] == "बोर्ड परीक्षा"
        assert len(document) == len(found.pages)
        text = "".join(page.get_text() for page in document)
        fonts = {(font[1], font[3]) for page in document for font in page.get_fonts()}
        assert fonts == {("ttf", "Mukta-Regular"), ("ttf", "Mukta-SemiBold")}
        assert not any(page.get_images() for page in document)  # formulas are lines
        assert sum(len(page.get_drawings()) for page in document) == 3
        assert (round(document[0].rect.width), round(document[0].rect.height)) == (595, 842)
    assert "15" in text
    assert "बार" in text
    assert "$\\frac{1}$" in text  # as it was written, where it is not understood
    shown = picture_of(found.pages[0], 400)
    assert (shown.width(), shown.height()) == (400, 566)
    assert shown.pixelColor(2, 2) == QColor("white")
    assert any(shown.pixelColor(x, y).lightness() < 100 for x in range(0, 400, 2) for y in range(40, 120, 2))


_ALPHABET = string.ascii_letters + "     \n$\\{}^_अशाx²"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(text=st.text(_ALPHABET, max_size=300), width=st.integers(400, INSIDE))
def test_nothing_of_a_text_is_lost_and_no_line_is_wider_than_there_is_room(qapp, text, width):
    found = lines_of(text, width, Style.BODY, square)
    assert all(line.width <= width + 1 or len(line.pieces) == 1 for line in found)
    shown = "".join(
        mark.text for line in found for piece in line.pieces for mark in piece.marks if isinstance(mark, Words)
    )
    wanted = [letter for letter in "".join(lines_of_words(text)) if not letter.isspace()]
    assert [letter for letter in shown if not letter.isspace()] == wanted


def lines_of_words(text: str) -> list[str]:
    """The words of a text without its formulas."""
    return [part.text for part in split(text) if not isinstance(part, Tex)]


def test_a_formula_that_is_too_wide_is_made_smaller(qapp):
    (line,) = lines_of("$$wide$$", 1000, Style.BODY, square)
    assert (line.middle, round(line.width)) == (True, 1000)
    (line,) = lines_of("$wide$", 1000, Style.BODY, square)
    assert round(line.width) == 1000
    assert [mark.text for line in lines_of("a $wrong$", 9000, Style.BODY, square) for piece in line.pieces
            for mark in piece.marks] == ["a", "$wrong$"]  # fmt: skip


def test_what_will_be_printed_is_looked_at_first_and_saved_whole(qtbot, tasks, tmp_path: Path):
    picture = QBuffer()
    QImage(60, 60, QImage.Format.Format_RGB32).save(picture, "PNG")
    asked: list[str] = []

    def pictures(address: str) -> bytes | None:
        asked.append(address)
        return bytes(QByteArray(picture.data()).data()) if address == "here" else None

    one = long(1, 40).model_copy(update={"question_image_url": "here", "diagram_image_url": "gone"})
    exam = PrintedPaper("Test: 1/2", "X", 60, (PrintedSection("A", "", (
        PrintedQuestion(1, Decimal(5), (one,)), PrintedQuestion(2, Decimal(5), (long(2, 40),)),
    )),))  # fmt: skip
    host = QWidget()
    qtbot.addWidget(host)
    dialog = PrintDialog(lambda _told: exam, pictures, tasks, host, note=unnoted)

    def settled() -> None:
        qtbot.waitUntil(lambda: not dialog.busy and not tasks.busy)

    with qtbot.waitExposed(dialog):
        dialog.show()
    settled()
    assert asked == ["here", "gone"]
    assert (dialog.page, dialog.windowTitle()) == (1, "Print: Test: 1/2")
    assert len(dialog.laid.pages) > 1
    assert not dialog.view._page.pixmap().isNull()
    QTest.keyClick(dialog, Qt.Key.Key_PageDown)
    assert dialog.page == 2
    QTest.keyClick(dialog, Qt.Key.Key_Home)
    assert dialog.page == 1
    narrow = dialog.view.page_width
    dialog.view.zoom(1.25)
    settled()
    assert dialog.view._page.pixmap().deviceIndependentSize().width() == pytest.approx(narrow * 1.25, abs=2)
    dialog.solutions.setChecked(True)
    dialog.scheme.setChecked(True)
    settled()
    assert "Marking" in [word for page in dialog.laid.pages for word in words(page)]
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"before")
    dialog.save_as(path)
    settled()
    assert path.read_bytes().startswith(b"%PDF")
    assert dialog.told.text == f"Saved as paper.pdf, in the folder {tmp_path}."
    dialog.save_as(tmp_path / "nowhere" / "paper.pdf")
    settled()
    assert dialog.told.text.startswith("The file could not be written.")
    path.write_bytes(b"before")
    dialog.save_as(path)
    dialog.reject()  # nobody wants it any more
    qtbot.waitUntil(lambda: not tasks.busy)
    assert path.read_bytes() == b"before" or path.read_bytes().startswith(b"%PDF")
    assert [one.name for one in tmp_path.iterdir()] == ["paper.pdf"]


@pytest.mark.parametrize(
    ("order", "pages"),
    [
        (Order(), (0, 1, 2, 3)),
        (Order(backwards=True), (3, 2, 1, 0)),
        (Order([(2, 3)]), (1, 2)),
        (Order([(4, 99), (1, 1), (1, 2)]), (0, 1, 3)),
        (Order([(2, 3)], backwards=True, copies=2), (2, 1, 2, 1)),
        (Order([(2, 3)], copies=2, collated=False), (1, 1, 2, 2)),
        (Order([(5, 9)]), ()),
        (Order([(0, 0)]), ()),
    ],
)
def test_pages_are_printed_that_are_wanted_in_their_order_as_often_as_they_are(order: Order, pages: tuple[int, ...]):
    assert order.pages(4) == pages


@pytest.fixture
def host(qtbot) -> QWidget:
    """Whom dialogs stand over."""
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def open_dialog(qtbot, tasks, host: QWidget, pages: int = 4, note: Note = unnoted) -> PrintDialog:
    numbered = tuple(PrintedQuestion(n, Decimal(5), (long(n, 40),)) for n in range(1, pages + 1))
    exam = PrintedPaper("Test", "X", None, (PrintedSection("", "", numbered),))
    dialog = PrintDialog(lambda _told: exam, no_picture, tasks, host, note=note)
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    settle(qtbot, tasks, dialog)
    assert len(dialog.laid.pages) == pages
    return dialog


def settle(qtbot, tasks, dialog: PrintDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.busy and not tasks.busy)


def printed(path: Path) -> list[str]:
    """The foot of each page that came out."""
    with pymupdf.open(path) as document:
        return [next(line for line in page.get_text().splitlines() if line.startswith("Page ")) for page in document]


def printer_into(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def test_what_is_chosen_in_the_dialog_of_the_printer_is_obeyed(qtbot, tasks, host, tmp_path: Path):
    dialog = open_dialog(qtbot, tasks, host)
    path = tmp_path / "paper.pdf"
    printer = printer_into(path)
    dialog.print_on(printer)
    settle(qtbot, tasks, dialog)
    assert printed(path) == [f"Page {n} of 4" for n in (1, 2, 3, 4)]
    assert dialog.told.text == f"Saved as paper.pdf, in the folder {tmp_path}."
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 3)
    printer.setCopyCount(2)
    printer.setPageOrder(QPrinter.PageOrder.LastPageFirst)
    dialog.print_on(printer)
    settle(qtbot, tasks, dialog)
    assert printed(path) == [f"Page {n} of 4" for n in (3, 2, 3, 2)]
    printer.setCollateCopies(False)
    printer.setPageOrder(QPrinter.PageOrder.FirstPageFirst)
    printer.setPrintRange(QPrinter.PrintRange.CurrentPage)
    QTest.keyClick(dialog, Qt.Key.Key_End)
    dialog.print_on(printer)
    settle(qtbot, tasks, dialog)
    assert printed(path) == ["Page 4 of 4", "Page 4 of 4"]
    before = path.read_bytes()
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(7, 9)
    dialog.print_on(printer)
    settle(qtbot, tasks, dialog)
    assert dialog.told.text == "There are no such pages. Choose others."
    assert path.read_bytes() == before
    dialog.reject()


def test_no_page_leaves_that_cannot_be_noted(qtbot, tasks, host, tmp_path: Path):
    noted: list[tuple[ExportFormat, int, Path | None]] = []
    reachable = False

    def note(kind: ExportFormat, rows: int, path: Path | None) -> None:
        if not reachable:
            raise OfflineError("The server does not answer.", kept="Nothing was written.")
        noted.append((kind, rows, path))

    dialog = open_dialog(qtbot, tasks, host, 2, note)
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"before")
    for leave in (lambda: dialog.save_as(path), lambda: dialog.print_on(printer_into(path))):
        leave()
        settle(qtbot, tasks, dialog)
        assert dialog.told.text == "The server does not answer. Nothing was written."
        assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("paper.pdf", b"before")]
    reachable = True
    dialog.save_as(path)
    settle(qtbot, tasks, dialog)
    dialog.print_on(printer_into(path))
    settle(qtbot, tasks, dialog)
    assert noted == [(ExportFormat.PDF, 2, path)] * 2
    dialog.save_as(tmp_path / "nowhere" / "paper.pdf")
    settle(qtbot, tasks, dialog)
    assert len(noted) == 2  # what cannot be written is not noted

    class Paper(QPrinter):
        """One that is no file."""

        def outputFileName(self) -> str:
            return ""

    printer = Paper(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    QPrinter.setOutputFileName(printer, str(tmp_path / "out.pdf"))
    kinds: list[tuple[ExportFormat, Path | None]] = []
    print_pages(dialog.laid, printer, Order([(2, 2)]), lambda *leaving: kinds.append(leaving), told)
    assert kinds == [(ExportFormat.PRINT, None)]
    assert printed(tmp_path / "out.pdf") == ["Page 2 of 2"]
    dialog.reject()


def test_printing_into_a_file_that_cannot_be_written_is_said(qtbot, tasks, host, tmp_path: Path):
    dialog = open_dialog(qtbot, tasks, host, 1)
    dialog.print_on(printer_into(tmp_path / "nowhere" / "paper.pdf"))
    settle(qtbot, tasks, dialog)
    assert dialog.told.text.startswith("The file could not be written.")
    assert dialog.save.isEnabled()
    dialog.reject()


def test_without_a_printer_it_is_said_and_the_way_to_a_pdf_is_one_key_away(qtbot, tasks, host, monkeypatch):
    monkeypatch.setenv("CUPS_SERVER", "/nowhere")  # on this computer there may be some
    dialog = open_dialog(qtbot, tasks, host, 1)
    dialog.print_.setFocus()
    QTest.keyClick(dialog, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert dialog.told.text == "This computer has no printer. Save it as PDF, and print that on another one."
    assert dialog.focusWidget() is dialog.save
    dialog.reject()


def test_a_printer_that_gets_half_of_the_pages_is_told_to_forget_them(qapp):
    forgotten: list[str] = []

    def stop(done: int, _all: int) -> None:
        if done:
            raise InterruptedError

    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    many = laid(*(long(number, 40) for number in range(3)))
    with pytest.raises(InterruptedError):
        paint_all(QPdfWriter(buffer), many, stop, give_up=lambda: forgotten.append("it"))
    assert forgotten == ["it"]
    with pytest.raises(OSError, match="takes nothing"):
        paint_all(printer_into(Path("/nowhere/paper.pdf")), many, told)


def test_a_large_picture_is_painted_in_pieces_of_which_nothing_shows(qapp):
    photo = QImage(900, 1200, QImage.Format.Format_ARGB32)
    photo.fill(QColor(90, 90, 90, 128))
    page = Page((Photo(2000, 2000, 6000, 8000, photo),))
    data = to_pdf(Laid("Photo", (page,)), told)
    with pymupdf.open(stream=data) as document:
        assert len(document[0].get_images()) > 8
        shown = document[0].get_pixmap(dpi=110)
    greys = {shown.pixel(round(4000 / 20 / 72 * 110), y)[0] for y in range(160, 760)}
    assert max(greys) - min(greys) <= 4
    assert max(greys) < 200


def test_a_photo_is_read_no_larger_than_paper_shows_and_turned_as_it_was_held(qtbot, tasks, host):
    file = QBuffer()
    QImage(3000, 1000, QImage.Format.Format_RGB32).save(file, "JPG")
    one = long(1, 1).model_copy(update={"question_image_url": "photo"})
    exam = PrintedPaper("Test", "X", 60, (PrintedSection("", "", (PrintedQuestion(1, Decimal(5), (one,)),)),))
    photo = bytes(QByteArray(file.data()).data())
    dialog = PrintDialog(lambda _told: exam, lambda _address: photo, tasks, host, note=unnoted)
    settle(qtbot, tasks, dialog)
    (found,) = [mark for mark in dialog.laid.pages[0].marks if isinstance(mark, Photo)]
    assert (found.image.width(), found.image.height()) == (1500, 500)
    dialog.reject()


def test_where_there_is_nothing_to_print_it_is_said(qtbot, tasks):
    def unreachable(_told: object) -> PrintedPaper:
        raise OfflineError("The server cannot be reached.")

    host = QWidget()
    qtbot.addWidget(host)
    for make, says in (
        (lambda _told: PrintedPaper("", "", None, ()), "There is no question to print."),
        (unreachable, "The server cannot be reached."),
    ):
        dialog = PrintDialog(make, no_picture, tasks, host, note=unnoted)
        qtbot.waitUntil(lambda dialog=dialog: not dialog.busy)
        assert dialog.told.text.startswith(says)
        assert not dialog.save.isEnabled()
        dialog.save_as(Path("never"))
        dialog.reject()


def test_formulas_are_drawn_as_outlines_in_whole_numbers_where_they_are_nothing_else(qapp):
    glyph = FormulaCase()(Tex(r"\frac{x^2}{\sqrt{y}}", display=True))
    assert glyph is not None
    assert glyph.steps is not None
    path = path_of(glyph, 100.4, 200.6, 2.5)
    elements = [path.elementAt(number) for number in range(path.elementCount())]
    assert all(one.x == round(one.x) and one.y == round(one.y) for one in elements)
    box = path.boundingRect()
    assert box.left() >= 99
    assert box.top() >= 199
    assert box.right() <= 102 + glyph.width * 2.5
    assert box.bottom() <= 202 + glyph.height * 2.5
    assert box.height() > glyph.height * 2.5 * 0.8
    same = QImage(300, 300, QImage.Format.Format_RGB32)
    drawn = [same.copy() for _ in range(2)]
    for image, steps in zip(drawn, (glyph.steps, None), strict=True):
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mark = Maths(10, 10, glyph.width * 2, glyph.height * 2, replace(glyph, steps=steps))
        paint(painter, Page((mark,)))
        painter.end()
    inked = [sum(image.pixelColor(x, y).lightness() < 128 for x in range(300) for y in range(300)) for image in drawn]
    assert inked[0] == pytest.approx(inked[1], rel=0.15)
    assert inked[0] > 500
    for other in ("<svg><text>x</text></svg>", '<svg><path d="M 1 2 C 1 2 3 4 5 6"/></svg>', "<svg><path/></svg>",
                  '<svg><rect x="1"/></svg>'):  # fmt: skip
        assert steps_of(other) is None


def test_a_question_that_says_nothing_is_a_number_and_keeps_the_others_on_paper() -> None:
    blank = PaperQuestion(question_id="x", question_type="SA", marks=Decimal(3), unit="Matrices", question_text="\n")
    found = laid(blank, blank.model_copy(update={"question_text": "Find it."}))
    marks = [one for page in found.pages for one in words(page) if one in {"1.", "2.", "3", "it."}]
    assert marks == ["1.", "3", "2.", "3", "it."]
