import random
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

from mv_desktop.core.ids import id_source
from mv_desktop.domain.operation import from_payload
from mv_desktop.domain.script import MarkedScript
from mv_desktop.offline import journal
from mv_desktop.offline.second_draft import SecondDrafts
from tests.factories.local import NOW, evaluation_id, open_store, open_vault
from tests.fakes.clock import FakeClock
from tests.offline.second_child import QUESTIONS

ROOT = Path(__file__).parents[2]
KILLS = 8


def lines_until_killed(module, folder, seconds):
    """Let a child work, kill -9 it, and answer what it said was saved."""
    command = [sys.executable, "-m", f"tests.offline.{module}", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        child.kill()
        lines = child.stdout.read().split(b"\n")
    # the last line may be cut off by the kill
    return [line.decode() for line in lines[:-1]]


def test_every_operation_that_was_said_to_be_saved_is_there_after_kill_9(tmp_path):
    chance = random.Random(7)
    acknowledged = []
    for _ in range(KILLS):
        acknowledged += map(UUID, lines_until_killed("crash_child", tmp_path, chance.uniform(0.0, 0.25)))
        store = open_store(tmp_path)
        assert store._vault.notice == ""
        with store._vault.reading() as db:
            sent = journal.waiting(db, 1_000_000, sys.maxsize)
        here = [operation.op_id for operation in sent]
        assert set(acknowledged) <= set(here)
        assert [operation.seq for operation in sent] == list(range(1, len(sent) + 1))
        view = store.open_script(evaluation_id(1))
        model = MarkedScript(view.paper)
        for operation in sent:
            model.apply(from_payload(operation.kind, operation.payload))
        assert (view.script.given, list(view.script.ink.items())) == (model.given, list(model.ink.items()))
        assert store.queue(NOW)[0].unsent == len(sent)
        store._vault.close()
    assert len(acknowledged) > KILLS


def test_what_was_typed_of_a_second_marking_is_there_after_kill_9(tmp_path):
    chance = random.Random(8)
    newest: dict[int, int] = {}
    for _ in range(KILLS // 2):
        for number in map(int, lines_until_killed("second_child", tmp_path, chance.uniform(0.0, 0.25))):
            newest[number % QUESTIONS] = number
        vault = open_vault(tmp_path)
        (draft,) = SecondDrafts(vault, id_source(FakeClock(NOW))).all()
        here = {key.question_number: int(given.comment) for key, given in draft.given}
        assert all(here[question] >= number for question, number in newest.items())
        assert int(draft.comment) >= max(newest.values(), default=0)
        vault.close()
    assert len(newest) > KILLS
