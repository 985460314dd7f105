"""The command line: one thin function a command.

What a command needs is imported inside its function, so that no command pays for another's libraries.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import mv_desktop
from mv_desktop.core.errors import ServerFaultError, SetupError, UserError

_BROKEN = 3
"""Exit status of a check that could be made and found something broken."""
_INTERRUPTED = 130
"""Exit status after Ctrl+C, as shells have it."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the program.

    Attributes:
        name: what is typed.
        help: one line for ``--help``; "" for commands that only the program itself uses.
        run: gets the remaining arguments and returns the exit status.
    """

    name: str
    help: str
    run: Callable[[list[str]], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; without one, open the program.

    Args:
        arguments: the process's own when None.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    commands = {command.name: command for command in COMMANDS}
    try:
        if given and given[0] in commands:
            status = commands[given[0]].run(given[1:])
        else:
            _parser().parse_args(given)
            status = desktop([])
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # whoever read the answer has left (`| head -1`); at its end the interpreter writes what is still waiting
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except ServerFaultError as error:
        # without its cause: what the server says of a row holds names and worse
        sys.stderr.write(f"The database failed at what was asked of it ({error}). Its log says more.\n")
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def desktop(arguments: list[str]) -> int:
    """Open the program."""
    argparse.ArgumentParser(prog="mv-desktop").parse_args(arguments)
    _begin_window()
    from mv_desktop.app import run

    return run()


def demo(arguments: list[str]) -> int:
    """Start a whole Mathvidya on this computer and open the program on it."""
    parser = argparse.ArgumentParser(prog="mv-desktop demo", description=demo.__doc__)
    parser.add_argument("--headless", action="store_true", help="servers and data only; prints one JSON line")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="where everything lies")
    parser.add_argument("--fresh", action="store_true", help="delete the demo's data and begin anew")
    parser.add_argument("--scripts", type=int, metavar="N", help="how many scripts there are to be")
    options = parser.parse_args(arguments)
    if options.scripts is not None and options.scripts < 0:
        parser.error("--scripts takes a number from 0 on")
    _need_demo_parts()
    if options.headless:
        from mv_desktop.demo.headless import run  # imports nothing heavy before it heeds signals

        return run(options.data_dir, fresh=options.fresh, scripts=options.scripts)
    _begin_window()
    from mv_desktop.app import run_demo
    from mv_desktop.demo.script_plan import STANDARD

    scripts = STANDARD if options.scripts is None else options.scripts
    return run_demo(options.data_dir, fresh=options.fresh, scripts=scripts)


def worker(arguments: list[str]) -> int:
    """Run the background jobs on the shared database, until SIGTERM."""
    from mv_desktop.worker.command import main

    return main(arguments)


def migrate(arguments: list[str]) -> int:
    """Bring the database in MV_DATABASE_URL to this program's revision; it must be its owner's address."""
    from mv_desktop.services.migration import current, migrate

    parser = argparse.ArgumentParser(prog="mv-desktop migrate", description=globals()["migrate"].__doc__)
    parser.add_argument("--to", default="head", metavar="REVISION", help="another revision than the newest")
    options = parser.parse_args(arguments)
    url = _database_url()
    migrate(url, options.to)
    print(f"The database is at revision {current(url)}.")
    return 0


def doctor(arguments: list[str]) -> int:
    """Check everything the program needs, and say what to do about what is wrong."""
    from mv_desktop.core.clock import SystemClock
    from mv_desktop.worker.doctor import examine

    parser = argparse.ArgumentParser(prog="mv-desktop doctor", description=doctor.__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line a check")
    options = parser.parse_args(arguments)
    sound = True
    for check in examine(SystemClock()):
        sound = sound and check.ok is not False
        print(json.dumps(check.as_json(), ensure_ascii=False) if options.json else check.as_text())
    return 0 if sound else 1


def audit(arguments: list[str]) -> int:
    """Check the audit log's seals, with an admin's login in MV_DATABASE_URL; exit status 3 when they are broken."""
    from mv_desktop.services.audit import seal_from_text, verify
    from mv_desktop.services.database import make_engine

    parser = argparse.ArgumentParser(prog="mv-desktop audit", description=audit.__doc__)
    verifying = parser.add_subparsers(required=True, metavar="verify").add_parser("verify", help=audit.__doc__)
    verifying.add_argument("--json", action="store_true", help="as JSON")
    verifying.add_argument("--expect", metavar="SEAL", help="a seal noted before, which must be in the chain")
    options = parser.parse_args(arguments)
    expected = None if options.expect is None else seal_from_text(options.expect)
    engine = make_engine(_database_url(), application_name="mv-desktop audit")
    try:
        found = verify(engine, expected)
    finally:
        engine.dispose()
    print(json.dumps(found.as_json()) if options.json else found.as_text())
    return 0 if found.sound else _BROKEN


def people(arguments: list[str]) -> int:
    """Make, change, lock and list members of staff, as an admin."""
    from mv_desktop.worker.people import main

    if isinstance(sys.stdout, io.TextIOWrapper):
        # a first password is shown once: it must not be lost because a name does not fit into the terminal's letters
        sys.stdout.reconfigure(errors="backslashreplace")
    print(main(arguments))
    return 0


def questions(arguments: list[str]) -> int:
    """Bring questions from files into the bank and the bank into a file, as an admin."""
    from mv_desktop.worker.questions import main

    print(main(arguments))
    return 0


def computers(arguments: list[str]) -> int:
    """List the staff's computers, revoke one or take that back, as an admin."""
    from mv_desktop.worker.computers import main

    print(main(arguments))
    return 0


def offline(arguments: list[str]) -> int:
    """Export work that was not sent, bring it in, or recover it."""
    from mv_desktop.worker.offline_work import main

    status, said = main(arguments)
    print(said)
    return status


def sla(arguments: list[str]) -> int:
    """Explain a deadline."""
    from mv_desktop.services.deadline import explain

    parser = argparse.ArgumentParser(prog="mv-desktop sla", description=sla.__doc__)
    explained = parser.add_subparsers(required=True, metavar="explain").add_parser("explain", help=sla.__doc__)
    explained.add_argument("--received", required=True, metavar="ISO", help="when the script came in")
    explained.add_argument("--hours", required=True, type=int, choices=(24, 48), help="what the plan promises")
    explained.add_argument("--json", action="store_true", help="as JSON")
    options = parser.parse_args(arguments)
    answer = explain(options.received, options.hours, _named_database())
    print(json.dumps(answer.as_json(), ensure_ascii=False) if options.json else answer.as_text())
    return 0


def check_file(arguments: list[str]) -> int:
    """Check answer-sheet files as intake does: one JSON line a file; exit status 1 when one is not good."""
    from mv_desktop.pages.check_file import check_files

    parser = argparse.ArgumentParser(prog="mv-desktop check-file", description=check_file.__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE")
    good = True
    for answer in check_files(parser.parse_args(arguments).files):
        good = good and bool(answer["ok"])
        print(json.dumps(answer), flush=True)  # in ASCII: a file's name may be no valid text at all
    return 0 if good else 1


def supervise(arguments: list[str]) -> int:
    """Keep a local server running for as long as somebody uses it."""
    from mv_desktop.demo.supervisor import main

    return main(arguments)


def intake(arguments: list[str]) -> int:
    """Check one uploaded file from standard input."""
    from mv_desktop.pages.child import main

    return main(arguments)


def typeset(arguments: list[str]) -> int:
    """Typeset formulas, one a line of standard input."""
    from mv_desktop.typeset.child import main

    return main(arguments)


def demo_scripts(arguments: list[str]) -> int:
    """Make a share of the demo's scripts."""
    from mv_desktop.demo.script_maker import make_share

    folder, scripts, index, count = arguments
    make_share(Path(folder), int(scripts), int(index), int(count))
    return 0


def probe(arguments: list[str]) -> int:
    """Sign in, open the first script, print how long each step took, and leave: for benchmarks and smoke runs."""
    _begin_window()
    from mv_desktop.probe import probe

    return probe(arguments)


COMMANDS: tuple[Command, ...] = (
    Command("demo", "a whole Mathvidya on this computer, with people and scripts", demo),
    Command("worker", "background jobs on the shared database", worker),
    Command("migrate", "bring the database to this program's revision", migrate),
    Command("doctor", "check what the program needs and say what to do", doctor),
    Command("audit", "check the audit log's seals: audit verify", audit),
    Command("people", "members of staff: people add|list|reset|lock|unlock, and more", people),
    Command("computers", "computers of the staff: computers list|revoke|restore", computers),
    Command("questions", "the question bank: questions import|export|imports|undo", questions),
    Command("offline", "work that was not sent: offline export|import|recover|recovery-key", offline),
    Command("sla", "explain a deadline: sla explain --received ISO --hours 24", sla),
    Command("check-file", "check answer-sheet files", check_file),
    Command("_supervise", "", supervise),
    Command("_intake", "", intake),
    Command("_typeset", "", typeset),
    Command("_demo_scripts", "", demo_scripts),
    Command("_probe", "", probe),
)


def _parser() -> argparse.ArgumentParser:
    shown = [command for command in COMMANDS if command.help]
    names = "\n".join(f"  {command.name:<12} {command.help}" for command in shown)
    parser = argparse.ArgumentParser(
        prog="mv-desktop",
        description="Marks scanned mathematics answer sheets. Without a command it opens the program.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"commands:\n{names}",
    )
    parser.add_argument("--version", action="version", version=f"mv-desktop {mv_desktop.__version__}")
    return parser


def _database_url() -> str:
    url = _named_database()
    if url is None:
        raise SetupError("No database is named.", remedy="Set MV_DATABASE_URL to its address.")
    return url


def _named_database() -> str | None:
    """The address in MV_DATABASE_URL; InvalidError when it is none."""
    from mv_desktop.services.profile import URL_VARIABLE, profile_from_url

    url = os.environ.get(URL_VARIABLE)
    if not url:
        return None
    profile_from_url(url)
    return url


def _begin_window() -> None:
    """What modules make stays: looking for garbage among it 65 times costs the window a twentieth of its time.

    From its construction on `ui.garbage` says when garbage is collected.
    """
    gc.disable()


def _need_demo_parts() -> None:
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        raise SetupError("The demo's parts are not installed.", remedy="Install them: pip install 'mv-desktop[demo]'")
