"""Answer sheets as files that students send."""

from __future__ import annotations

import io
import random
from itertools import pairwise

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageChops, ImageOps

from mv_desktop.demo.answer_sheet import (
    MAX_FILE_BYTES,
    FileForm,
    Outcome,
    SheetFile,
    SheetStyle,
    StudentAnswer,
    altered,
    student_lines,
    write_pages,
)
from mv_desktop.demo.scan import Fault

SOLUTION = (
    r"Let the zeroes be $\alpha$ and $\beta$.",
    r"$\alpha+\beta=\frac{7}{2}$ and $\alpha\beta=\frac{3}{2}$",
    r"$\frac{1}{\alpha}+\frac{1}{\beta}=\frac{\alpha+\beta}{\alpha\beta}$",
    r"$=\frac{7}{2}\times\frac{2}{3}$",
    r"$=\frac{7}{3}$",
)
ANSWERS = tuple(StudentAnswer(number, SOLUTION) for number in range(21, 29))


def _write(answers: tuple[StudentAnswer, ...] = ANSWERS, seed: int = 5, **style: object) -> tuple[SheetFile, ...]:
    return write_pages(answers, seed=seed, style=SheetStyle(**{"dpi": 150, **style}))  # type: ignore[arg-type]


def _open(file: SheetFile) -> Image.Image:
    return Image.open(io.BytesIO(file.data))


def _pictures(files: tuple[SheetFile, ...]) -> list[Image.Image]:
    """Every page, those of a PDF too."""
    if files[0].mime_type != "application/pdf":
        return [_open(file) for file in files]
    with pymupdf.open(stream=files[0].data, filetype="pdf") as document:  # type: ignore[no-untyped-call]
        pages = [page.get_pixmap(dpi=50) for page in document]
        return [Image.frombytes("RGB", (page.width, page.height), page.samples) for page in pages]


def _darkness(picture: Image.Image) -> float:
    """The share of pixels that are much darker than the picture as a whole."""
    grey = np.asarray(picture.convert("L")).astype(int)
    return float((grey < np.median(grey) - 110).mean())


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("form", [FileForm.JPEG, FileForm.PNG])
def test_scan_is_a_page_of_a4_at_its_resolution(dpi: int, form: FileForm) -> None:
    files = _write(ANSWERS[:3], dpi=dpi, form=form)
    picture = _open(files[0])
    assert files[0].mime_type == f"image/{form}"
    assert picture.format == form.upper()
    assert picture.size == (round(210 * dpi / 25.4), round(297 * dpi / 25.4))
    assert round(picture.info["dpi"][0]) == dpi
    assert all(0 < len(file.data) <= MAX_FILE_BYTES for file in files)
    assert 0.004 < _darkness(picture) < 0.2


def test_questions_on_page_follow_the_answers() -> None:
    files = _write()
    assert len(files) > 1
    on_pages = [file.questions_on_page for file in files]
    assert sorted({question for page in on_pages for question in page}) == [
        answer.question_number for answer in ANSWERS
    ]
    assert on_pages[0][0] == 21
    assert all(before[-1] <= after[0] for before, after in pairwise(on_pages))


def test_answers_out_of_order_are_all_there() -> None:
    pages = [file.questions_on_page for file in _write(out_of_order=True)]
    assert {question for page in pages for question in page} == {answer.question_number for answer in ANSWERS}
    assert any(before[-1] > after[0] for before, after in pairwise(pages))


def test_not_attempted_question_is_on_no_page() -> None:
    answers = (ANSWERS[0], StudentAnswer(22, SOLUTION, Outcome.NOT_ATTEMPTED), ANSWERS[2])
    assert [file.questions_on_page for file in _write(answers)] == [(21, 23)]


def test_student_who_answers_nothing_sends_an_empty_page() -> None:
    (file,) = _write((StudentAnswer(21, SOLUTION, Outcome.NOT_ATTEMPTED),))
    assert file.questions_on_page == ()


def test_pdf_holds_all_pages() -> None:
    (file,) = _write(form=FileForm.PDF, faults={0: Fault.SKEWED})
    with pymupdf.open(stream=file.data, filetype="pdf") as document:  # type: ignore[no-untyped-call]
        assert document.page_count == file.pages == len(_write())
        page = document[0].rect
        assert (round(page.width), round(page.height)) == pytest.approx((595, 842), abs=2)
    assert file.mime_type == "application/pdf"
    assert file.questions_on_page == tuple(range(21, 29))
    assert len(file.data) <= MAX_FILE_BYTES


def test_every_answer_ends_beside_its_last_line() -> None:
    for file in _write():
        grey = np.asarray(_open(file).convert("L")).astype(int)
        height, width = grey.shape
        ink = grey < np.median(grey) - 110
        for end in file.ends:
            x, y = round(end.x * width), round(end.y * height)
            around = slice(y - height // 80, y + height // 80)
            assert not ink[around, x - width // 70 : x + width // 70].any()
            assert ink[around, x - width // 14 : x].any()


def test_answers_of_a_pdf_end_on_its_pages_in_the_order_of_writing() -> None:
    (file,) = _write(form=FileForm.PDF)
    assert [end.question_number for end in file.ends] == [answer.question_number for answer in ANSWERS]
    pages = [end.pdf_page for end in file.ends]
    assert pages == sorted(pages)
    assert set(pages) == set(range(1, file.pages + 1))


def test_answers_of_pictures_end_on_the_page_that_holds_their_last_line() -> None:
    files = _write(blank_page=0)
    ends = [(number, end.question_number) for number, file in enumerate(files) for end in file.ends]
    assert [question for _, question in ends] == [answer.question_number for answer in ANSWERS]
    assert all(question in files[number].questions_on_page for number, question in ends)
    assert {end.pdf_page for file in files for end in file.ends} == {0}
    assert files[1].ends == ()


def test_long_pdf_still_fits_into_one_upload() -> None:
    answers = tuple(StudentAnswer(number, SOLUTION * 4) for number in range(21, 35))
    (file,) = _write(answers, form=FileForm.PDF, dpi=300)
    assert file.pages > 8
    assert len(file.data) <= MAX_FILE_BYTES


def test_photo_lies_on_its_side_and_says_so() -> None:
    file = _write(ANSWERS[:3], form=FileForm.PHOTO)[0]
    picture = _open(file)
    assert picture.getexif()[0x0112] == 6
    assert picture.width > picture.height
    upright = ImageOps.exif_transpose(picture)
    assert upright.height > upright.width
    # the table is around the page: the corners are darker than the middle
    grey = np.asarray(upright.convert("L"))
    assert grey[:20, :20].mean() < grey.mean() - 20
    assert len(file.data) <= MAX_FILE_BYTES


def test_page_upside_down_is_the_page_turned() -> None:
    straight, turned = (_open(_write(ANSWERS[:2], faults=faults)[0]) for faults in ({}, {0: Fault.UPSIDE_DOWN}))
    upright = turned.transpose(Image.Transpose.ROTATE_180)
    turned_back, as_sent = (
        np.asarray(ImageChops.difference(straight, picture).convert("L")).mean() for picture in (upright, turned)
    )
    assert turned_back < 0.3 * as_sent


def test_dim_page_is_dark() -> None:
    straight, dim = (_open(_write(ANSWERS[:2], faults=faults)[0]) for faults in ({}, {0: Fault.DIM}))
    assert np.asarray(dim).mean() < 0.7 * np.asarray(straight).mean()


def test_blurred_page_has_softer_edges() -> None:
    straight, blurred = (
        np.asarray(_open(_write(ANSWERS[:2], faults=faults)[0]).convert("L")).astype(int)
        for faults in ({}, {0: Fault.BLURRED})
    )
    assert np.abs(np.diff(blurred)).max() < 0.6 * np.abs(np.diff(straight)).max()


def test_blank_page_comes_where_it_is_wanted() -> None:
    plain, files = _write(), _write(blank_page=0)
    assert len(files) == len(plain) + 1
    assert files[1].questions_on_page == ()
    assert _darkness(_open(files[1])) < 0.001


@pytest.mark.parametrize("form", [FileForm.JPEG, FileForm.PDF])
def test_fault_is_on_a_written_page_whatever_blank_page_comes_before_it(form: FileForm) -> None:
    straight, dim = (
        [
            np.asarray(picture.convert("L")).mean()
            for picture in _pictures(_write(form=form, blank_page=0, faults=faults))
        ]
        for faults in ({}, {1: Fault.DIM})
    )
    assert [after < 0.7 * before for before, after in zip(straight, dim, strict=True)][:3] == [False, False, True]


def test_fault_of_a_page_that_was_not_needed_is_forgotten() -> None:
    assert len(_write(ANSWERS[:1], faults={7: Fault.DIM})) == 1


def test_same_seed_gives_the_same_files_and_another_seed_others() -> None:
    assert _write(ANSWERS[:2]) == _write(ANSWERS[:2])
    assert _write(ANSWERS[:2])[0].data != _write(ANSWERS[:2], seed=6)[0].data


def test_alternative_is_written_beside_the_number() -> None:
    plain = _write((ANSWERS[0],))
    chosen = _write((StudentAnswer(21, SOLUTION, alternative="b"),))
    assert plain[0].data != chosen[0].data


def test_wrong_answers_differ_from_the_right_ones() -> None:
    chance = random.Random(2)
    right = student_lines(StudentAnswer(21, SOLUTION), chance)
    slip = student_lines(StudentAnswer(21, SOLUTION, Outcome.SLIP), chance)
    wrong = student_lines(StudentAnswer(21, SOLUTION, Outcome.WRONG), chance)
    unfinished = student_lines(StudentAnswer(21, SOLUTION, Outcome.UNFINISHED), chance)
    assert right == SOLUTION
    assert slip[:3] == SOLUTION[:3]
    assert slip[3:] != SOLUTION[3:]
    assert wrong[0] == SOLUTION[0]
    assert sum(a != b for a, b in zip(wrong, SOLUTION, strict=True)) >= 3
    assert unfinished == SOLUTION[:2]


def test_altered_number_leaves_powers_and_commands_alone() -> None:
    chance = random.Random(1)
    assert altered(r"$x^2=\alpha_1$", chance) == r"$x^2=\alpha_1$"
    for _ in range(50):
        line = altered(r"$12x^2$", chance)
        assert line.endswith("x^2$")
        assert line != r"$12x^2$"
        assert "-" not in line
