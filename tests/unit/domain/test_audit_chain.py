"""The chain of seals: what breaks it, and where it is said to be broken."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import UUID

import pytest

from mv_desktop.domain.audit_chain import Break, Entry, Seal, check_chain, next_seal

NUMBERS = (1, 2, 4, 5, 9)
"""With gaps, as rolled back transactions leave them."""


def _chain() -> tuple[list[Entry], list[Seal]]:
    entries = [Entry(number, UUID(int=number), f'{{"n": {number}}}') for number in NUMBERS]
    seals, digest = [], b""
    for entry in entries:
        digest = next_seal(digest, entry.sealed)
        seals.append(Seal(entry.number, entry.log_id, digest))
    return entries, seals


def test_a_seal_is_the_sha_256_of_the_last_one_and_the_entry():
    assert next_seal(b"abc", "é") == hashlib.sha256(b"abc\xc3\xa9").digest()


def test_an_untouched_chain_is_sound():
    entries, seals = _chain()
    found = check_chain(entries, seals)
    assert (found.sound, found.fault, found.newest, found.expected_seen) == (5, None, seals[-1], True)
    assert check_chain([], []).newest is None


@pytest.mark.parametrize("position", range(len(NUMBERS)))
def test_a_changed_entry_is_named(position):
    entries, seals = _chain()
    entries[position] = replace(entries[position], sealed="{}")
    found = check_chain(entries, seals)
    assert found.fault is not None
    assert (found.fault.kind, found.fault.number, found.sound) == (Break.CHANGED, NUMBERS[position], position)


@pytest.mark.parametrize("position", range(len(NUMBERS)))
def test_a_missing_entry_is_named(position):
    entries, seals = _chain()
    del entries[position]
    found = check_chain(entries, seals)
    assert found.fault is not None
    assert (found.fault.kind, found.fault.number) == (Break.MISSING, NUMBERS[position])


@pytest.mark.parametrize("number", [0, 3, 6, 9])
def test_an_inserted_entry_is_named(number):
    entries, seals = _chain()
    inserted = Entry(number, UUID(int=77), "{}")
    found = check_chain(sorted([*entries, inserted], key=lambda entry: entry.number), seals)
    assert found.fault is not None
    assert (found.fault.kind, found.fault.number, found.fault.log_id) == (Break.INSERTED, number, UUID(int=77))


def test_entries_that_changed_places_are_named():
    entries, seals = _chain()
    entries[1], entries[2] = replace(entries[2], number=2), replace(entries[1], number=4)
    found = check_chain(entries, seals)
    assert found.fault is not None
    assert (found.fault.kind, found.fault.number) == (Break.REORDERED, 2)


def test_an_end_that_was_cut_off_is_seen_by_who_noted_the_newest_seal():
    entries, seals = _chain()
    noted = seals[-1].digest
    assert check_chain(entries, seals, noted).expected_seen
    assert check_chain(entries, seals, seals[0].digest).expected_seen
    cut = check_chain(entries[:-1], seals[:-1], noted)
    assert (cut.fault, cut.expected_seen) == (None, False)


def test_a_chain_made_anew_is_seen_by_who_noted_a_seal():
    entries, seals = _chain()
    entries[0] = replace(entries[0], sealed="{}")
    digest = b""
    for position, entry in enumerate(entries):
        digest = next_seal(digest, entry.sealed)
        noted, seals[position] = seals[position].digest, replace(seals[position], digest=digest)
    assert check_chain(entries, seals).fault is None
    assert not check_chain(entries, seals, noted).expected_seen
