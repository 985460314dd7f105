"""The bank on a real server: found also where it is mistyped, written and read back, filled from files and emptied."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from openpyxl import Workbook

from mv_desktop.cli import main
from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.exam import Section, TemplateConfig, build_paper
from mv_desktop.domain.import_history import ImportState, SourceFile
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.question_column import match
from mv_desktop.domain.question_draft import QuestionDraft
from mv_desktop.domain.question_import import ImportPlan
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.record_import import ImportStoppedError, Meaning, Taken, Told
from mv_desktop.offline.office.question import Questions
from mv_desktop.services.import_history import imports, kept_import, take_back
from mv_desktop.services.question_file import to_csv, to_xlsx
from mv_desktop.services.question_import import export_rows, perform_import, plan_import
from mv_desktop.services.table_reader import read_table
from mv_desktop.services.template import active_questions
from tests.factories.marking import Person, School

HEADINGS = [
    "Class", "Chapter/Unit", "Question Type", "Topic", "Difficulty", "Marks", "Question Text in LaTeX", "Option A text",
    "Option B text", "Option C text", "Option D text", "Correct option and answer", "Explanation",
]  # fmt: skip
MCQ_ROW = ["12", "matrices", "MCQ", "Order", "Easy", "1", "Order of \\(A_{2\\times 3}B\\)?", "$2$", "$3$", "$4$", "$5$",
           "B) $3$", "Multiply."]  # fmt: skip
SA_ROW = ["XII", "Determinants", "Short Answer", "", "Hard", "3", "=Find $\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}$",
          "", "", "", "", "$-2$", "Expand."]  # fmt: skip
NO_UNIT = "There is no such unit in this class. The settings list them."
new_id = id_source(SystemClock())


def brought_in(admin: Person, plan: ImportPlan, number: int, told: Told | None = None, *, active: bool = False) -> None:
    import_id = UUID(int=number)
    with kept_import(admin.session, import_id, "question", SourceFile("sheet.csv"), "term 1") as session:
        perform_import(session, "sheet.csv", plan, import_id, new_id, "term 1", active=active, told=told)


def texts(bank: Questions, words: str = "", **choices: str) -> list[str]:
    return [row.opening for row in bank.find(Wanted(words, choices), None).rows]


def test_a_question_is_found_by_its_words_also_mistyped_and_by_what_it_is(school: School) -> None:
    admin = school.person("admin")
    bank = Questions(admin.session)
    with school.rows() as rows:
        first = rows.question(
            question_text="Find the determinant of $\\frac{a}{b}$", cbse_year=2019, tags=["board paper"]
        )
        rows.question("MCQ", question_text="Which matrix is symmetric?", unit="Determinants", difficulty="hard")
        rows.question("LA", question_text="Prove that the circle touches", status="active", **{"class": "X"})
        rows.insert(
            "question_schemes", question_id=first, version=1, scheme={"solution": ["Expand along the first row"]}
        )
        for number in range(150):
            rows.question("SA", question_text=f"Integrate number {number}")
    assert texts(bank, "determinant") == texts(bank, "determinent") == texts(bank, "DETERMINENT frac")
    assert texts(bank, "determinant") == ["Find the determinant of $\\frac{a}{b}$"]
    assert texts(bank, "symetric matrx") == ["Which matrix is symmetric?"]
    assert (
        texts(bank, "expnd along")
        == texts(bank, "board")
        == texts(bank, cbse_year="2019")
        == texts(bank, "determinant")
    )
    assert texts(bank, "circ") == texts(bank, marks="5") == texts(bank, status="active", unit="Matrices")
    assert texts(bank, difficulty="hard", question_type="MCQ", unit="Determinants") == ["Which matrix is symmetric?"]
    assert texts(bank, "circle matrix") == texts(bank, "zzzzzz") == []
    assert bank.years() == (2019,)
    assert bank.units()["XII"][2:4] == ("Matrices", "Determinants")
    piece = bank.find(Wanted("integrate"), None)
    rest = bank.find(Wanted("integrate"), piece.rows[-1])
    assert (len(piece.rows), piece.more, len(rest.rows), rest.more) == (100, True, 50, False)
    assert len({row.question_id for row in (*piece.rows, *rest.rows)}) == 150
    assert texts(bank, **{"class": "it's"}) == []
    for choices in ({"marks": "many"}, {"created_by": "x"}, {"marks": "9" * 30}):
        with pytest.raises(InvalidError, match="looked for"):
            texts(bank, **choices)


def test_hindi_that_is_mistyped_or_spelt_otherwise_is_found(school: School) -> None:
    bank = Questions(school.person("admin").session)
    with school.rows() as rows:
        rows.question(question_text="इस प्रश्न का हल हिन्दी में लिखिए।")
        rows.question(question_text="वृत्त की स्पर्शरेखा ज्ञात कीजिए।")
        rows.question(question_text="Find the determinant.")
        for number in range(50):
            rows.question(question_text=f"संख्या {number} का वर्गमूल")
    (asked,), (circle,) = ([text] for text in texts(bank, "प्रश्न") + texts(bank, "वृत्त"))
    for words in ("हिंदी", "हिन्दि", "प्रशन", "प्रश्ण", "परशन हिंदी"):
        assert texts(bank, words) == [asked], words
    for words in ("व्रत्त", "स्पर्शरेखा", "स्पर्श", "इस्पर्शरेखा", "स्पर्सरेखा", "ज्ञात"):
        assert texts(bank, words) == [circle], words
    assert texts(bank, "त्रिभुज") == []
    assert texts(bank, "determinent") == ["Find the determinant."]


def test_how_hindi_sounds(owner: psycopg.Connection) -> None:
    for word, sound in (
        ("हिंदी", "hnd"), ("हिन्दी", "hnd"), ("प्रश्न", "prsn"), ("शृंखला", "srnkl"), ("ऊँचाई", "unci"), ("२०२६", "2026"),
        ("ज़", "j"), ("\u095b", "j"), ("determinant", None), ("", None), ("९x", "9x"),
    ):  # fmt: skip
        assert owner.execute("SELECT api._sound(%s)", (word,)).fetchone() == (sound,), word


PLANNED = (
    ("ix_questions_changed", "", {}, True),
    ("ix_questions_year", "", {"cbse_year": "2010"}, False),
    ("ix_questions_unused", "", {"status": "draft"}, False),
    ("ix_question_reviews_open", "", {"status": "waiting"}, False),
    ("ix_question_reviews_open", "", {"status": "waiting", "unit": "Circles"}, False),
    ("ix_questions_kind", "", {"question_type": "SA", "marks": "5"}, False),
    ("ix_questions_class_unit", "", {"class": "X", "unit": "Rare"}, False),
    ("ix_question_search_document", "zebra stripes", {}, False),
)


def test_each_question_that_is_asked_of_the_bank_has_an_index(school: School) -> None:
    with psycopg.connect(school.database.superuser_url) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        connection.execute(
            "INSERT INTO questions (class, unit, question_type, marks, question_text, cbse_year, status, updated_at)"
            " SELECT 'X', CASE WHEN n % 2000 = 0 THEN 'Rare' ELSE 'Circles' END, 'SA', 3,"
            " 'Find ' || n, CASE WHEN n % 500 = 0 THEN 2010 END,"
            " CASE WHEN n % 1000 = 0 THEN 'draft' ELSE 'active' END::mv_question_status, now() - n * interval '1 hour'"
            " FROM generate_series(1, 20000) n"
        )
        connection.execute(
            "INSERT INTO question_search SELECT question_id, array_to_tsvector(ARRAY['find', md5(question_text),"
            " CASE WHEN random() < 0.001 THEN 'zebra' ELSE 'horse' END, 'stripes']), 0 FROM questions"
        )
        connection.execute(
            "INSERT INTO question_reviews (question_id, state) SELECT question_id, 'written' FROM questions"
        )
        connection.execute("INSERT INTO question_words VALUES ('zebra'), ('find'), ('horse'), ('stripes')")
        connection.execute("ANALYZE questions, question_search, question_words, question_reviews")
        connection.execute("SET enable_seqscan = off")  # so small a bank is read at once otherwise
        for index, words, choices, further in PLANNED:
            after = ("2020-01-01T00:00:00Z", UUID(int=1)) if further else (None, None)
            statement = connection.execute(
                "SELECT api._bank_statement(%s, %s, %s, %s, 101)", (words, json.dumps(choices), *after)
            ).fetchone()
            assert statement is not None
            plan = "\n".join(line for (line,) in connection.execute(f"EXPLAIN {statement[0]}".encode()).fetchall())
            assert index in plan, plan
        alike = connection.execute("SELECT api._search_query('zebar')::text, api._search_query('  ')").fetchone()
        assert alike == ("'zebra'", None)
        connection.rollback()


def test_a_question_is_written_changed_approved_and_brought_back_as_it_was(school: School) -> None:
    admin = school.person("admin")
    bank, question = Questions(admin.session), uuid4()
    draft = QuestionDraft(
        unit="Matrices", question_type="SA", marks=3, question_text="Solve $x$.", answer="$2$", solution="$2x=4$",
        steps="1: halves it\n2: answers", tags="algebra, easy",
    )  # fmt: skip
    bank.save(question, None, draft, "new")
    opened = bank.open(question)
    assert replace(opened.draft, units={}, kept={}, review=draft.review) == draft
    bank.save(question, opened, replace(opened.draft, status="active"), "good")
    again = bank.open(question)
    bank.save(question, again, replace(again.draft, steps="3: answers", topic="Linear", marks=3), "simpler")
    now = bank.open(question)
    assert (now.draft.version, now.draft.status, now.draft.steps) == (2, "active", "3: answers")
    with pytest.raises(ConflictError):
        bank.save(question, again, replace(again.draft, topic="late"), "too late")
    with pytest.raises(RefusedError):
        bank.save(question, now, replace(now.draft, status="draft"), "back")
    with pytest.raises(InvalidError, match="marks_of_type"):
        bank.save(question, now, replace(now.draft, marks=5), "as if")
    assert (now.draft.answered, now.draft.earned) == (0, None)
    with school.rows() as rows:
        rows.mark(question_id=question, marks_awarded="1.5", marks_possible=2)
        rows.answer(question_id=question, marks_awarded=0, marks_possible=1)
    assert (bank.open(question).draft.answered, bank.open(question).draft.earned) == (2, 0.375)
    told = [(change.event, {one.column for one in change.differences}) for change in bank.changes(question)]
    assert ("question.approved", {"status"}) in told
    (scheme, first) = [c.differences[0] for c in bank.changes(question) if c.differences[0].column == "scheme"]
    assert (first.before, first.after["steps"][1]["text"]) == (None, "answers")  # type: ignore[index, call-overload]
    assert (scheme.before, len(scheme.after["steps"])) == (first.after, 1)  # type: ignore[arg-type, index, call-overload]


def test_what_can_be_answered_instead_is_kept_by_version_found_and_drawn_into_a_paper(school: School) -> None:
    admin = school.person("admin")
    bank, question = Questions(admin.session), uuid4()
    draft = QuestionDraft(
        unit="Matrices", question_type="SA", marks=3, question_text="Solve $x$.", steps="3: answers",
        or_text="Transpose the zebra.", or_steps="1: sets up\n2: answers", status="active",
    )  # fmt: skip
    bank.save(question, None, draft, "new")
    assert texts(bank, "zebra") == ["Solve $x$."]
    with admin.session() as session:
        (drawn,) = active_questions(session, "XII")
    config = TemplateConfig(total_marks=3, duration_minutes=9, sections=(
        Section(section="A", question_type=QuestionType.SA, marks_per_question=3, question_count=1, either_or=1),
    ))  # fmt: skip
    (placed,) = build_paper(config, [drawn], 1).questions
    assert [one.question_text for one in placed.alternatives] == ["Solve $x$.", "Transpose the zebra."]
    with school.rows() as rows:
        rows.exam(exam_snapshot=build_paper(config, [drawn], 1).model_dump(mode="json"))
    ((marked,),) = school.select("SELECT api._paper(exam_instance_id) FROM exam_instances")
    assert sorted(marked["1"]) == ["a", "b"]
    opened = bank.open(question)
    bank.save(question, opened, replace(opened.draft, or_text="", or_steps=""), "no choice any more")
    assert bank.open(question).draft.or_text == ""
    assert school.select("SELECT version, scheme ? 'alternatives' FROM question_schemes ORDER BY 1") == [
        (1, True), (2, False),
    ]  # fmt: skip


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: list[str], name: str = "sheet.csv") -> Path:
        out = io.StringIO()
        csv.writer(out).writerows([HEADINGS, *rows])
        (tmp_path / name).write_bytes(out.getvalue().encode("utf-8-sig"))
        return tmp_path / name

    return write


def test_a_teachers_sheet_is_read_in_read_again_exported_and_taken_back(school: School, sheet, tmp_path: Path) -> None:
    admin = school.person("admin")
    wrong = [*SA_ROW[:4], "Hard", "5", *SA_ROW[6:]]
    table = read_table(sheet(MCQ_ROW, SA_ROW, wrong, MCQ_ROW), match).table
    with admin.session() as session:
        plan = plan_import(session, table)
    brought_in(admin, plan, 1)
    assert [row.meaning.value for row in plan.rows] == ["new", "new", "wrong", "duplicate"]
    assert [error[:2] for error in plan.errors] == [(4, "Marks")]
    with admin.session() as session:
        assert {row.meaning for row in plan_import(session, read_table(sheet(MCQ_ROW, SA_ROW), match).table).rows} == {
            Meaning.DUPLICATE
        }
        for write, name in ((to_csv, "bank.csv"), (to_xlsx, "bank.xlsx")):
            path = tmp_path / name
            path.write_bytes(write(export_rows(session)))
            headings, rows = read_table(path, match).table
            assert len(rows) == 2
            assert {row.meaning for row in plan_import(session, (headings, rows)).rows} == {Meaning.DUPLICATE}
        assert b"'=Find" in (tmp_path / "bank.csv").read_bytes()
        harder = plan_import(
            session,
            read_table(sheet([*MCQ_ROW[:4], "Hard", *MCQ_ROW[5:]], [*SA_ROW[:3], "New", *SA_ROW[4:]]), match).table,
        )
        assert [row.meaning for row in harder.rows] == [Meaning.CHANGED] * 2
    brought_in(admin, harder, 2)
    bank = Questions(admin.session)
    assert len(texts(bank, difficulty="hard")) == 2
    mcq = next(row.question_id for row in bank.find(Wanted("", {"question_type": "MCQ"}), None).rows)
    opened = bank.open(mcq)
    bank.save(mcq, opened, replace(opened.draft, tags="touched"), "since then")
    assert take_back(admin.session, UUID(int=2), "wrong file") == Taken(0, 0, 1, 1)
    with admin.session() as session:
        assert [one.state for one in imports(session, "question").rows] == [ImportState.TAKEN_BACK, ImportState.DONE]
    assert texts(bank, "new") == []  # its topic is as it was
    assert take_back(admin.session, UUID(int=1), "all of it") == Taken(0, 0, 0, 2)  # both were changed since
    with pytest.raises(RefusedError):
        take_back(admin.session, UUID(int=1), "once more")


def test_a_file_that_two_bring_in_at_once_makes_nothing_twice(school: School, sheet) -> None:
    first, second = school.person("admin"), school.person("admin")
    plans = []
    for admin in (first, second):
        with admin.session() as session:
            plans.append(plan_import(session, read_table(sheet(MCQ_ROW, SA_ROW), match).table))
    brought_in(first, plans[0], 1)
    with pytest.raises(ConflictError, match="the same question"):
        brought_in(second, plans[1], 2)
    assert school.select("SELECT count(*) FROM questions") == [(2,)]


def test_each_question_of_a_file_is_read_for_the_search_once_and_found_by_all_of_it(school: School, sheet) -> None:
    admin = school.person("admin")
    with admin.session() as session:
        plan = plan_import(session, read_table(sheet(MCQ_ROW, SA_ROW), match).table)
    brought_in(admin, plan, 1)
    # what was written in place of a row that was there before bears a mark of who held that
    assert school.select("SELECT count(*), count(*) FILTER (WHERE xmax <> 0) FROM question_search") == [(2, 0)]
    bank = Questions(admin.session)
    assert texts(bank, "expand") != []  # its solution stands in the scheme, too
    assert len(texts(bank, "find")) == 1


def test_an_import_that_fails_or_is_stopped_leaves_nothing_and_one_that_was_approved_is_archived(
    school: School, sheet
) -> None:
    admin = school.person("admin")
    rows = [[*SA_ROW[:6], f"Find $x_{{{number}}}$", *SA_ROW[7:]] for number in range(600)]
    table = read_table(sheet(*rows), match).table
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> bool:
        told.append((done, total))
        return done < total

    with admin.session() as session:
        plan = plan_import(session, table)
    with pytest.raises(ImportStoppedError):
        brought_in(admin, plan, 3, told=stop)
    assert told == [(500, 600), (600, 600)]
    assert (
        school.select("SELECT count(*) FROM questions")
        == school.select("SELECT count(*) FROM record_imports")
        == [(0,)]
    )
    brought_in(admin, plan, 4, active=True)
    assert school.select("SELECT count(*) FROM questions WHERE status = 'active'") == [(600,)]
    own = "SELECT count(*) FROM audit_logs WHERE event_type = 'question.approved' AND event_data -> 'own' = 'true'"
    assert school.select(own) == [(600,)]
    assert take_back(admin.session, UUID(int=4), "wrong file") == Taken(0, 600, 0, 0)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        school.person().select("SELECT api.import_questions(gen_random_uuid(), 'f', '[]', true, 'x')")


def test_the_command_prints_what_the_file_does_and_writes_it(
    school: School, sheet, monkeypatch, capsys, tmp_path
) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", school.person("admin").url)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["questions", *arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    path = str(sheet(MCQ_ROW, [*SA_ROW[:1], "Poetry", *SA_ROW[2:]]))
    dry = run("import", path, "--dry-run", "--json")
    assert json.loads(dry[1]) == {
        "rows": 2, "new": 1, "changed": 0, "duplicates": 0,
        "errors": [{"row": 3, "column": "Chapter/Unit", "why": NO_UNIT}],
    }  # fmt: skip
    assert run("import", path, "--all-or-nothing")[0] == 1
    assert school.select("SELECT count(*) FROM questions") == [(0,)]
    assert json.loads(run("import", path, "--json")[1])["new"] == 1
    assert "1 duplicate," in run("import", path, "--dry-run")[1]
    assert run("export", str(tmp_path / "out.xlsx"))[1].startswith("1 questions are in")
    (import_id, *_) = run("imports")[1].split()
    assert run("undo", import_id, "--reason", "a test")[1].startswith("1 drafts are gone")
    assert school.select("SELECT count(*) FROM questions") == [(0,)]
    assert run("import", str(tmp_path / "none.csv"))[0] == 1


def test_the_command_reads_the_sheet_that_fits_or_is_named_and_says_which(
    school: School, monkeypatch, capsys, tmp_path: Path
) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", school.person("admin").url)
    path = tmp_path / "questions.xlsx"
    book = Workbook()
    book.active.title = "Instructions"
    book.active.append(("How to fill it in",))
    for name, rows in (
        ("Old", (MCQ_ROW,)),
        ("Class XII", (MCQ_ROW, [*MCQ_ROW[:6], "Which?", *MCQ_ROW[7:]])),
        ("कक्षा १२", (MCQ_ROW,)),
    ):
        for row in (HEADINGS, *rows):
            (book[name] if name in book else book.create_sheet(name)).append(row)
    book["Old"].sheet_state = "hidden"
    book.save(path)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["questions", "import", str(path), *arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    others = "Not read, although their headings fit: “कक्षा १२”. --sheet NAME reads another one."
    read = f"Sheet “Class XII” was read. {others}\n"
    counts = "2 rows: 2 new, 0 changed, 0 duplicate, 0 wrong."
    assert run("--dry-run") == (0, f"{read}{counts}\nNothing was written.\n", "")
    status, out, err = run("--dry-run", "--json")
    assert (status, sorted(json.loads(out)), err) == (0, ["changed", "duplicates", "errors", "new", "rows"], read)
    for hers in ("कक्षा १२", "OLD"):
        assert json.loads(run("--dry-run", "--json", "--sheet", hers)[1])["rows"] == 1
    status, out, err = run("--sheet", "Class X")
    assert (status, out) == (1, "")
    assert "has no sheet “Class X”. It has: “Instructions”, “Class XII”, “कक्षा १२”." in err
    assert school.select("SELECT count(*) FROM questions") == [(0,)]
    assert run("--sheet", "कक्षा १२")[0] == 0
    assert school.select("SELECT file_name, new_rows FROM record_imports") == [("questions.xlsx (कक्षा १२)", 1)]
