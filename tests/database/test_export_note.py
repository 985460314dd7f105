"""Whatever staff write out stands in the audit log when its file gets its place; what cannot is not written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, InvalidParameterValue
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from mv_desktop.cli import main
from mv_desktop.core.durable import save_whole
from mv_desktop.core.errors import InvalidError, NotAllowedError, OfflineError
from mv_desktop.domain.audit_entry import AuditSearch, audit_search
from mv_desktop.domain.export_note import ExportFormat, ExportNote, days_note, list_note, paper_note
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.report import Span
from mv_desktop.domain.report_table import Column, Measure, ReportTable
from mv_desktop.offline.insight import Insight
from mv_desktop.offline.office import Office
from mv_desktop.offline.office.audit import AuditLog
from mv_desktop.offline.report import Reports
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.export_note import note_export
from mv_desktop.ui.admin.audit_words import LISTS
from mv_desktop.ui.admin.export_words import _SUBJECTS
from mv_desktop.ui.admin.plan import PlanSubject
from mv_desktop.ui.admin.setting import SettingSubject
from mv_desktop.ui.coordination.report.wording import Topic as ReportTopic
from mv_desktop.ui.insight.topic import Topic as InsightTopic
from tests.factories.marking import School

TABLE = ReportTable("Pace", (Column("Scripts", Measure.COUNT),), ((7,), (8,)))
JULY = Span(date(2026, 7, 1), date(2026, 7, 31))
DAYS = {"first_day": "2026-07-01", "last_day": "2026-07-31"}
Connect = Callable[[], AbstractContextManager[Session]]
CALL = "SELECT api.note_export(%s, %s, %s, %s, %s)"


def noted(school: School) -> list[tuple[UUID | None, str, int, str, str | None, dict[str, str]]]:
    """Who wrote what out, in their order."""
    return school.select(
        "SELECT actor_user_id, event_data ->> 'key', (event_data -> 'rows')::int, event_data ->> 'format',"
        " event_data ->> 'file', event_data -> 'filters' FROM audit_logs WHERE event_type = 'export.written'"
        " ORDER BY log_seq"
    )


def test_only_who_may_read_a_list_notes_it_and_only_what_makes_sense(school: School) -> None:
    admin, asha, head = school.person("admin"), school.person(), school.person(is_coordinator=True)
    nothing = Jsonb({})
    for who, what in ((asha, "student"), (head, "question"), (asha, "report.pace"), (admin, "own_question")):
        with pytest.raises(InsufficientPrivilege):
            who.select(CALL, what, 1, "csv", "f.csv", nothing)
    good = ("plan", 1, "csv", "f.csv", nothing)
    for place, wrong in (
        *((0, what) for what in ("salary", "", None)),
        *((1, rows) for rows in (-1, None)),
        *((2, kind) for kind in ("exe", "print", None)),
        *((3, name) for name in ("", "/", None)),
        *(
            (4, filters if filters is None else Jsonb(filters))
            for filters in (
                None, [], "x", {"class": 1}, {"class": None}, {"class": ["X"]}, {"Class": "X"}, {"": "X"},
                {"words": "x" * 201}, {f"a{'b' * number}": "X" for number in range(21)},
            )
        ),
    ):  # fmt: skip
        with pytest.raises(InvalidParameterValue):
            admin.select(CALL, *good[:place], wrong, *good[place + 1 :])
    with pytest.raises(InvalidParameterValue):
        admin.select(CALL, "paper", 1, "print", "f.csv", nothing)
    assert noted(school) == []
    admin.select(
        CALL, "student", 0, "xlsx", "C:\\Users\\asha\\Documents\\X.xlsx", Jsonb({"words": "Ravi", "class": "X"})
    )
    admin.select(CALL, "question", 3, "csv", "/home/asha/" + "x" * 300 + ".csv", Jsonb({"words": "$x$"}))
    asha.select(CALL, "own_question", 5, "print", None, nothing)
    head.select(CALL, "report.pace", 2, "pdf", "p.pdf", Jsonb(DAYS))
    assert noted(school) == [
        # whom she looked for stays nowhere where it could not be cleared
        (admin.user_id, "student", 0, "xlsx", "X.xlsx", {"words": "…", "class": "X"}),
        (admin.user_id, "question", 3, "csv", "x" * 251 + ".csv", {"words": "$x$"}),
        (asha.user_id, "own_question", 5, "print", None, {}),
        (head.user_id, "report.pace", 2, "pdf", "p.pdf", DAYS),
    ]
    ((kind, record, login),) = school.select(
        "SELECT DISTINCT resource_type, resource_id, event_data ->> 'login' FROM audit_logs"
        " WHERE event_type = 'export.written' AND actor_user_id = %s",
        admin.user_id,
    )
    assert (kind, record, login) == ("export", None, admin.login)


def test_every_list_that_the_program_writes_out_can_be_noted_and_has_a_name(owner: psycopg.Connection) -> None:
    ((source,),) = owner.execute("SELECT prosrc FROM pg_proc WHERE proname = 'note_export'").fetchall()
    known = {word for block in re.findall(r"p_what (?:IN \((.*?)\)\s+THEN|= ('\w+') THEN)", source, re.DOTALL)
             for word in re.findall(r"'([a-z_.]+)'", "".join(block))}  # fmt: skip
    written = {
        "audit", "first_password", "paper", "insight.choices", *(subject.kind for subject in _SUBJECTS),
        *(f"report.{topic}" for topic in ReportTopic), *(f"insight.{topic}" for topic in InsightTopic),
    }  # fmt: skip
    assert known == written
    assert set(LISTS) == written | {"staff"}  # as imports call them
    (formats,) = re.findall(r"p_format NOT IN \((.*?)\)", source)
    assert set(re.findall(r"'(\w+)'", formats)) == set(ExportFormat)


def ways(connect: Connect) -> Sequence[
    tuple[str, ExportFormat, int, dict[str, str], Callable[[Path], object]]
]:  # fmt: skip
    """Every way out of the program: of what, as what, how many, narrowed to what."""
    office, days = Office(connect, uuid4), days_note("report.pace", JULY)
    reports, insight = Reports(connect), Insight(connect)
    go_on = lambda _done, _all: True  # noqa: E731
    plans = PlanSubject(office.plans, office.plan_table).exchange(office.files)
    settings = SettingSubject(office.settings).exchange(office.files)
    ours = len(office.settings.all())
    units = days_note("insight.units", JULY)
    audit = lambda path: AuditLog(connect).save(  # noqa: E731
        AuditSearch(kind="plan"), path, "Log", ["Entry"], lambda one: (one.number,), lambda *_: None,
        list_note("audit", Wanted("a@b.c", {"what": "plan"})),
    )  # fmt: skip
    return (
        ("plan", ExportFormat.CSV, 4, {}, lambda path: plans.export(Wanted(), path, go_on)),
        ("plan", ExportFormat.XLSX, 1, {"words": "centum"}, lambda path: plans.export(Wanted("centum"), path, go_on)),
        ("setting", ExportFormat.CSV, ours, {}, lambda path: settings.export(Wanted(), path, go_on)),
        ("question", ExportFormat.CSV, 0, {"class": "X"},
         lambda path: office.question_imports.export(path, Wanted("", {"class": "X"}), go_on)),
        ("question", ExportFormat.XLSX, 0, {}, lambda path: office.question_imports.export(path, Wanted(), go_on)),
        ("first_password", ExportFormat.CSV, 1, {},
         lambda path: office.files.write(ExportNote("first_password"), path, "T", ["Name"], [[["Uma"]]])),
        ("audit", ExportFormat.CSV, 0, {"words": "…", "what": "plan"}, audit),
        ("report.pace", ExportFormat.CSV, 2, DAYS, lambda path: reports.save_csv(path, TABLE, days)),
        ("report.pace", ExportFormat.XLSX, 2, DAYS, lambda path: reports.save_xlsx(path, TABLE, days)),
        # as the dialog does that pages are looked at in
        ("report.pace", ExportFormat.PDF, 2, DAYS,
         lambda path: save_whole(path, b"%PDF", lambda: reports.note(days, ExportFormat.PDF, 2, path))),
        ("insight.units", ExportFormat.PDF, 2, DAYS,
         lambda path: save_whole(path, b"%PDF", lambda: insight.note(units, ExportFormat.PDF, 2, path))),
        ("insight.units", ExportFormat.CSV, 2, DAYS, lambda path: insight.save_table(path, TABLE, units)),
        ("insight.units", ExportFormat.XLSX, 2, DAYS, lambda path: insight.save_table(path, TABLE, units)),
        ("insight.units", ExportFormat.PNG, 2, DAYS,
         lambda path: insight.save_picture(path, b"PNG", units, ExportFormat.PNG, 2)),
        ("insight.units", ExportFormat.SVG, 2, DAYS,
         lambda path: insight.save_picture(path, b"<svg/>", units, ExportFormat.SVG, 2)),
    )  # fmt: skip


def test_whatever_is_written_out_stands_in_the_log_with_its_file(school: School, tmp_path: Path) -> None:
    admin = school.person("admin")
    expected = []
    for number, (what, kind, rows, filters, write) in enumerate(ways(admin.session)):
        path = tmp_path / f"{number}.{kind}"
        write(path)
        assert path.is_file(), what
        expected.append((admin.user_id, what, rows, str(kind), path.name, filters))
        assert noted(school) == expected
    Insight(admin.session).note(days_note("insight.units", JULY), ExportFormat.PRINT, 2, None)
    assert noted(school)[-1] == (admin.user_id, "insight.units", 2, "print", None, DAYS)
    office = Office(admin.session, uuid4)
    for place, note in ((office.templates, paper_note("Board")), (office.files, ExportNote("question"))):
        place.note(note, ExportFormat.PDF, 3, tmp_path / "p.pdf")
        expected.append((admin.user_id, note.what, 3, "pdf", "p.pdf", dict(note.filters)))
    assert noted(school)[-2:] == expected[-2:]
    log = AuditLog(admin.session)
    found = log.page(audit_search("plan", {"what": "export.written"}, UTC), None).rows
    assert [(entry.kind, entry.record, entry.actor) for entry in found] == [("export", "plan", admin.user_id)] * 2
    assert len(log.page(audit_search("", {"what": "export"}, UTC), None).rows) == len(expected) + 1


def test_what_cannot_be_noted_is_not_written_and_what_cannot_be_written_is_not_noted(
    school: School, tmp_path: Path
) -> None:  # fmt: skip
    admin, asha = school.person("admin"), school.person()
    path = tmp_path / "list.csv"
    path.write_text("as it was")
    nowhere = make_engine("postgresql://nobody:x@127.0.0.1:1/none", application_name="mv-desktop test")
    days = days_note("report.pace", JULY)

    def tries(connect: Connect) -> tuple[Callable[[], object], ...]:
        reports, insight, office = Reports(connect), Insight(connect), Office(connect, uuid4)
        return (
            lambda: reports.save_csv(path, TABLE, days),
            lambda: insight.save_table(path, TABLE, days),
            lambda: insight.save_picture(path, b"PNG", days, ExportFormat.PNG, 2),
            lambda: office.files.write(ExportNote("plan"), path, "T", ["Name"], [[["Basic"]]]),
        )

    for write in tries(asha.session):
        with pytest.raises(NotAllowedError):
            write()
    for write in tries(lambda: open_session(nowhere)):
        with pytest.raises(OfflineError) as raised:
            write()
        assert (raised.value.kept, raised.value.remedy) == (
            "Nothing was written.",
            "The server notes whatever is written out: try again when it can be reached.",
        )
    nowhere.dispose()
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("list.csv", "as it was")]
    for _, kind, _, _, write in ways(admin.session):
        with pytest.raises(InvalidError):
            write(tmp_path / "nowhere" / f"list.{kind}")
    assert noted(school) == []


def test_the_command_line_notes_the_bank_that_it_writes_and_writes_none_that_it_cannot_note(
    school: School, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    admin = school.person("admin")
    path = tmp_path / "bank.csv"
    monkeypatch.setenv("MV_DATABASE_URL", admin.url)
    assert main(["questions", "export", str(path)]) == 0
    assert noted(school) == [(admin.user_id, "question", 0, "csv", "bank.csv", {})]
    assert main(["questions", "export", str(tmp_path / "nowhere" / "bank.xlsx")]) == 1
    assert "could not be written" in capsys.readouterr().err
    monkeypatch.setenv("MV_DATABASE_URL", school.person().url)
    assert main(["questions", "export", str(tmp_path / "hers.csv")]) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["bank.csv"]
    assert len(noted(school)) == 1


def test_a_note_takes_any_name_of_a_file(school: School) -> None:
    admin = school.person("admin")
    note_export(admin.session, ExportNote("plan", {"words": "a\x00b"}), ExportFormat.CSV, 1, Path("\udcff ’; --.csv"))
    assert noted(school) == [(admin.user_id, "plan", 1, "csv", "� ’; --.csv", {"words": "a�b"})]
