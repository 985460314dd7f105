"""The command line: parsing, answers, errors and exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import mv_desktop
from mv_desktop.cli import COMMANDS, main
from tests.factories.sheet import jpeg, pdf_of_photos

IST = ZoneInfo("Asia/Kolkata")

_EXPLAIN = ("explain", "--received", "2026-01-19", "--hours", "24")

# the rows of docs/sla.md that the shipped working hours decide
SLA_TABLE = [
    ("2026-01-19T09:00", 24, "2026-01-19T18:00"),
    ("2026-01-19T14:00", 24, "2026-01-20T14:00"),
    ("2026-01-19T20:30", 24, "2026-01-20T18:00"),
    ("2026-01-19T06:00", 24, "2026-01-19T18:00"),
    ("2026-01-23T17:00", 24, "2026-01-24T17:00"),
    ("2026-01-23T17:00", 48, "2026-01-27T17:00"),
    ("2026-01-25T11:00", 24, "2026-01-27T18:00"),
    ("2026-01-24T17:30", 48, "2026-01-28T17:30"),
    ("2025-08-14T16:00", 24, "2025-08-18T16:00"),
    ("2025-08-14T16:00", 48, "2025-08-19T16:00"),
    ("2025-10-01T18:00", 24, "2025-10-03T18:00"),
    ("2026-11-07T12:00", 24, "2026-11-09T12:00"),
]


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MV_DATABASE_URL", raising=False)
    monkeypatch.setenv("MV_CONFIG_DIR", str(tmp_path / "config"))


def _error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that fails says on stderr; it must say nothing on stdout."""
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err.strip()


def test_version_is_told_on_stdout(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"mv-desktop {mv_desktop.__version__}\n"


def test_help_lists_what_people_use_and_nothing_internal(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    for command in COMMANDS:
        assert (f"\n  {command.name} " in told) == bool(command.help)
        assert command.name.startswith("_") != bool(command.help)


@pytest.mark.parametrize("command", [command.name for command in COMMANDS if command.help])
def test_every_command_has_help_of_its_own(command, capsys):
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert f"mv-desktop {command}" in capsys.readouterr().out


def test_unknown_command_is_refused_with_the_usage(capsys):
    with pytest.raises(SystemExit) as left:
        main(["frobnicate"])
    assert left.value.code == 2
    assert "frobnicate" in capsys.readouterr().err


def test_program_is_a_module_that_can_be_run():
    done = subprocess.run([sys.executable, "-m", "mv_desktop", "--version"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, f"mv-desktop {mv_desktop.__version__}\n")


@pytest.mark.parametrize(("received", "hours", "due"), SLA_TABLE)
def test_sla_explain_json_gives_the_table(received, hours, due, capsys):
    assert main(["sla", "explain", "--received", received, "--hours", str(hours), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert datetime.fromisoformat(answer["deadline"]) == datetime.fromisoformat(due).replace(tzinfo=IST)
    assert answer["received"] == f"{received}:00+05:30"
    assert (answer["sla_hours"], answer["working_hours_allowed"]) == (hours, hours * 9 / 24)
    assert (answer["basis"], answer["source"]) == ("working_day", "shipped")


def test_sla_explain_tells_the_reasons(capsys):
    assert main(["sla", "explain", "--received", "2025-08-14T16:00", "--hours", "24", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["skipped"] == [
        {"date": "2025-08-15", "reason": "Independence Day"},
        {"date": "2025-08-16", "reason": "Janmashtami"},
        {"date": "2025-08-17", "reason": ""},
    ]
    assert answer["years_without_holidays"] == []
    assert main(["sla", "explain", "--received", "2025-08-14T16:00", "--hours", "24"]) == 0
    assert capsys.readouterr().out == (
        "Due 2025-08-18 16:00:00 (Asia/Kolkata): 24 h from Thu 14 Aug 16:00,"
        " skipping Fri 15 Aug Independence Day, Sat 16 Aug Janmashtami, Sun 17 Aug\n"
    )


def test_sla_explain_heeds_the_zone_of_the_moment(capsys):
    assert main(["sla", "explain", "--received", "2026-01-19T08:30:00+00:00", "--hours", "24", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["deadline"] == "2026-01-20T14:00:00+05:30"


def test_sla_explain_tells_of_a_year_without_holidays(capsys):
    assert main(["sla", "explain", "--received", "2031-03-03T10:00", "--hours", "24", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["years_without_holidays"] == [2031]


def test_sla_explain_of_no_moment_is_one_sentence_and_status_1(capsys):
    said = _error(capsys, "sla", "explain", "--received", "tomorrow", "--hours", "24")
    assert said == "“tomorrow” is not a moment. Write it as 2026-01-19T14:00."


@pytest.mark.parametrize("received", ["9999-12-31T23:00", "0001-01-01T00:00", "0001-01-01T00:00+05:30"])
def test_sla_explain_of_a_year_beyond_the_calendar_is_one_sentence(received, capsys):
    said = _error(capsys, "sla", "explain", "--received", received, "--hours", "24")
    assert said == f"No deadline can be counted from the year {int(received[:4])}. Correct the date."


def test_sla_explain_takes_the_hours_that_plans_promise(capsys):
    with pytest.raises(SystemExit) as left:
        main(["sla", "explain", "--received", "2026-01-19T14:00", "--hours", "12"])
    assert left.value.code == 2
    assert "24" in capsys.readouterr().err


def test_migrate_needs_a_database(capsys):
    assert _error(capsys, "migrate") == "No database is named. Set MV_DATABASE_URL to its address."


@pytest.mark.parametrize("command", [("migrate",), ("sla", "explain", "--received", "2026-01-19", "--hours", "24")])
def test_address_that_is_none_is_told_and_not_repeated(command, capsys, monkeypatch):
    monkeypatch.setenv("MV_DATABASE_URL", "mysql://somebody:hidden@example.org/db")
    said = _error(capsys, *command)
    assert said.startswith("That is not the address of a PostgreSQL database.")
    assert "hidden" not in said


@pytest.mark.parametrize("command", [("migrate",), ("sla", "explain", "--received", "2026-01-19", "--hours", "24")])
@pytest.mark.parametrize("setting", ["bogus=1", "channel_binding=bogus", "port=bogus"])
def test_setting_of_an_address_that_makes_no_sense_is_one_sentence(setting, command, capsys, monkeypatch):
    monkeypatch.setenv("MV_DATABASE_URL", f"postgresql://somebody:hidden@127.0.0.1:1/db?{setting}")
    said = _error(capsys, *command)
    assert said.startswith("The server's address has a ")
    assert "Correct " in said
    assert "hidden" not in said


def test_worker_needs_a_database_and_a_store(capsys):
    assert "MV_DATABASE_URL" in _error(capsys, "worker")


def test_demo_refuses_a_negative_number_of_scripts(capsys):
    with pytest.raises(SystemExit) as left:
        main(["demo", "--headless", "--scripts", "-1"])
    assert left.value.code == 2
    assert "--scripts" in capsys.readouterr().err


def test_check_file_prints_one_line_a_file_and_fails_when_one_is_bad(tmp_path, capfd):
    good, pdf, bad = tmp_path / "page.jpg", tmp_path / "pages.pdf", tmp_path / "empty.jpg"
    good.write_bytes(jpeg())
    pdf.write_bytes(pdf_of_photos(2))
    bad.write_bytes(b"")
    assert main(["check-file", str(good), str(bad), str(pdf), str(tmp_path / "none.png")]) == 1
    answers = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [set(answer) for answer in answers] == [{"file", "ok", "pages", "error"}] * 4
    assert [answer["ok"] for answer in answers] == [True, False, True, False]
    assert [len(answer["pages"]) for answer in answers] == [1, 0, 2, 0]
    assert answers[0] == {
        "file": str(good),
        "ok": True,
        "pages": [{"width": 620, "height": 876, "source": answers[0]["pages"][0]["source"]}],
        "error": None,
    }
    assert answers[1]["error"] == "This file is empty."
    assert main(["check-file", str(good)]) == 0


@pytest.mark.skipif(os.name != "posix", reason="a pipe whose reader has left is told differently elsewhere")
@pytest.mark.parametrize("arguments", [("check-file", "none.png", "none.jpg"), ("doctor",), ("sla", *_EXPLAIN)])
def test_reader_who_leaves_early_ends_a_command_quietly(arguments):
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mv_desktop", *arguments],
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_check_file_without_a_file_is_refused(capsys):
    with pytest.raises(SystemExit) as left:
        main(["check-file"])
    assert left.value.code == 2


def test_doctor_without_a_server_says_what_it_skips(capsys, monkeypatch, tmp_path):
    for name in ("MV_S3_BUCKET", "MV_SMTP_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MV_DATA_DIR", str(tmp_path / "not" / "yet"))
    assert main(["doctor", "--json"]) == 0
    checks = {line["check"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert list(checks) == ["program", "fonts", "disk", "server", "page store", "mail"]
    assert checks["mail"]["ok"] is None
    assert checks["server"]["ok"] is None
    assert checks["server"]["remedy"] == "Set MV_DATABASE_URL to look at one."
    assert checks["page store"]["ok"] is None


def test_doctor_tells_which_of_the_known_servers_cannot_be_reached(capsys, monkeypatch, tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    entry = {"name": "School", "host": "127.0.0.1", "port": 1, "database": "mathvidya", "sslmode": "prefer"}
    (folder / "servers.json").write_text(json.dumps({"servers": [entry]}))
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "WRONG   server School: 127.0.0.1:1: The server does not answer.\n" in told
    assert "skipped signed in: without a login the database" in told
    (folder / "servers.json").write_text("{")
    assert main(["doctor"]) == 1
    assert "WRONG   server: The list of servers" in capsys.readouterr().out


@pytest.mark.parametrize("part", ["", "below"])
def test_doctor_wants_a_folder_for_the_data(part, capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("MV_DATA_DIR", str(tmp_path / "file" / part))
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert f"WRONG   disk: {tmp_path / 'file'} is a file, not a folder.\n" in told
    assert "Name a folder in MV_DATA_DIR." in told


@pytest.mark.parametrize("endpoint", ["nonsense", "http://127.0.0.1:1"])
def test_doctor_says_what_to_do_about_the_store(endpoint, capsys, monkeypatch):
    for name, value in (("BUCKET", "sheets"), ("ENDPOINT", endpoint), ("ACCESS_KEY", "a"), ("SECRET_KEY", "b")):
        monkeypatch.setenv(f"MV_S3_{name}", value)
    assert main(["doctor", "--json"]) == 1
    (store,) = (check for check in map(json.loads, capsys.readouterr().out.splitlines()) if check["ok"] is False)
    assert (store["check"], store["ok"]) == ("page store", False)
    assert store["finding"].endswith(".")
    assert "MV_S3_ENDPOINT" in store["remedy"]
