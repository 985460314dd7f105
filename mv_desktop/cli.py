"""The command line: one thin function a command.

What a command needs is imported inside its function, so that no command pays for another's libraries.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import mv_desktop
from mv_desktop.core.errors import UserError


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


def supervise(arguments: list[str]) -> int:
    """Keep a local server running for as long as somebody uses it."""
    from mv_desktop.demo.supervisor import main

    return main(arguments)


def intake(arguments: list[str]) -> int:
    """Check one uploaded file from standard input."""
    from mv_desktop.pages.child import main

    return main(arguments)


COMMANDS: tuple[Command, ...] = (
    Command("_supervise", "", supervise),
    Command("_intake", "", intake),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status.

    Args:
        arguments: the process's own when None.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    commands = {command.name: command for command in COMMANDS}
    if given and given[0] in commands:
        try:
            return commands[given[0]].run(given[1:])
        except UserError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    _parser().parse_args(given)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mv-desktop", description="Marks scanned mathematics answer sheets.")
    parser.add_argument("--version", action="version", version=f"mv-desktop {mv_desktop.__version__}")
    shown = [command for command in COMMANDS if command.help]
    if shown:
        names = "\n".join(f"  {command.name:<12} {command.help}" for command in shown)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = f"commands:\n{names}"
        parser.add_argument("command", choices=[command.name for command in shown])
    return parser
