"""Signing in from a command line: who it is, on which server, and passwords that are typed unseen."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import URL, Engine, make_url

from mv_desktop.core.errors import SetupError
from mv_desktop.services.database import make_engine, person_url
from mv_desktop.services.profile import URL_VARIABLE, ServerProfile, load_profiles


def who_does_it(help_: str) -> argparse.ArgumentParser:
    """The options ``--as`` and ``--server``, as a parent of a command's parser."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--as", dest="who", metavar="EMAIL", help=help_)
    parser.add_argument("--server", metavar="NAME", help="the server's name in the list of servers")
    return parser


def act_on(parser: argparse.ArgumentParser, arguments: Sequence[str], program: str) -> str:
    """Do what is asked for, by the action's ``act``, as `engine_of` signs in; returns what to say of it.

    Raises:
        UserError: it was not done, and why.
    """
    options = parser.parse_args(arguments)
    act: Callable[[Engine, argparse.Namespace], str] = options.act
    with engine_of(options, program) as engine:
        return act(engine, options)


@contextmanager
def engine_of(options: argparse.Namespace, program: str) -> Iterator[Engine]:
    """Connections as the login in ``MV_DATABASE_URL`` where that has a password, else as the person of ``--as``.

    Her password is asked for without being shown; a password is never an argument.

    Raises:
        SetupError: it is not said who, or on which server.
    """
    engine = make_engine(_url(options), application_name=f"mv-desktop {program}")
    try:
        yield engine
    finally:
        engine.dispose()


def profile_named(name: str | None) -> ServerProfile:
    """The server to work with: the only one, or the one that is named.

    Raises:
        SetupError: there is none, or it is not said which.
    """
    profiles = load_profiles()
    if not profiles:
        raise SetupError("No server is known.", remedy=f"Set {URL_VARIABLE} to its address.")
    if name is None and len(profiles) == 1:
        return profiles[0]
    for profile in profiles:
        if profile.name == name:
            return profile
    names = ", ".join(profile.name for profile in profiles)
    raise SetupError(f"Which server? There are: {names}.", remedy="Name one of them with --server NAME.")


def asked(prompt: str) -> str:
    """A password: typed unseen, or a line of standard input where nobody types.

    Raises:
        SetupError: nothing can be read.
    """
    if _somebody_types():
        return getpass.getpass(prompt)
    if sys.stdin is None:
        raise SetupError("No password can be read.", remedy="Give it as a line of standard input.")
    return sys.stdin.readline().rstrip("\r\n")


def _url(options: argparse.Namespace) -> str | URL:
    given = os.environ.get(URL_VARIABLE)
    profile = profile_named(options.server)
    if given and options.who is None and make_url(given).password is not None:
        return given
    email = options.who
    if email is None:
        if not _somebody_types():
            raise SetupError("It is not said who you are.", remedy="Name yourself with --as EMAIL.")
        email = input("Your e-mail address: ")
    return person_url(profile, email, asked(f"Password of {email.strip()}: "))


def _somebody_types() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
