"""The demo: servers, people, scripts and a worker, started together and stopped together.

Everything lies in one folder. Programs that use the same folder at once share its servers; what one of them did not
finish making, the next goes on with.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, select, text
from sqlalchemy.orm import Session

from mv_desktop.core.clock import Clock, SystemClock
from mv_desktop.core.errors import SetupError
from mv_desktop.core.paths import data_dir
from mv_desktop.core.process import own_command
from mv_desktop.demo.faulty_question import propose_faulty
from mv_desktop.demo.lock import EXCLUSIVE, in_use, wait_for_lock
from mv_desktop.demo.network import Network
from mv_desktop.demo.object_server import LocalS3
from mv_desktop.demo.os_user import erase
from mv_desktop.demo.past_seed import seed_past
from mv_desktop.demo.population import Person, staff
from mv_desktop.demo.port import HOST
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.demo.question_bank import shipped_pictures
from mv_desktop.demo.school_seed import seed_school
from mv_desktop.demo.script_plan import STANDARD, DemoState, ScriptPlan, script_plans
from mv_desktop.demo.script_seed import ScriptSeeder, evaluation_id, exam_id
from mv_desktop.demo.second_look import ask_second
from mv_desktop.demo.supervisor import detached, read_state, write_state
from mv_desktop.demo.written_question import write_questions
from mv_desktop.domain.access import login_name
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.models.evaluation import Evaluation
from mv_desktop.models.exam_instance import ExamInstance
from mv_desktop.pages.storage import ObjectStore
from mv_desktop.services.analytics import gather_results, refresh_analytics
from mv_desktop.services.database import make_engine, open_session, person_url
from mv_desktop.services.deadline import server_calendar
from mv_desktop.services.insight import refresh_insight
from mv_desktop.services.migration import migrate
from mv_desktop.services.profile import ServerProfile
from mv_desktop.services.staff import provision_login, verifier_for

DATABASE = "mathvidya_demo"
_WORKER = "mv_worker"
_SETUP_TIMEOUT_S = 180.0
_MANY = 5_000


@dataclass(frozen=True, slots=True)
class Secrets:
    """What was drawn when the demo's folder was made: the people's password and the worker's."""

    people: str
    worker: str


class Demonstration:
    """One demo in one folder.

    Args:
        folder: where everything lies; by default below the person's data folder.
        scripts: how many scripts there are to be.
        clock: deadlines are measured from its moment when the scripts are made.
        past: weeks of evaluated exams are written when the demo is made; None for where all its scripts are, too.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        scripts: int = STANDARD,
        clock: Clock | None = None,
        past: bool | None = None,
    ) -> None:
        self.folder = (folder or data_dir() / "demo").absolute()
        self.scripts = scripts
        self._clock = clock or SystemClock()
        self._past = scripts >= STANDARD if past is None else past
        self._stack = ExitStack()
        self._postgres: LocalPostgres
        self._objects: LocalS3
        self._secrets = Secrets("", "")
        self._owner: Engine | None = None

    def erase(self) -> None:
        """Delete the demo's folder, to begin anew.

        Raises:
            SetupError: another program is using it, it is not a demo's folder, or it cannot be deleted.
        """
        with _usable(self.folder):
            if not self.folder.exists():
                return
            if any(in_use(self.folder / part) for part in ("postgres", "objects")):
                raise SetupError("The demo is running in another window.", remedy="Close it first.")
            if any(self.folder.iterdir()) and not (self.folder / "postgres").exists():
                raise SetupError(
                    f"{self.folder} does not hold a demo, so nothing in it was deleted.",
                    remedy="Choose another folder.",
                )
            for part in ("postgres", "objects"):
                erase(self.folder / part)
            shutil.rmtree(self.folder)

    def start(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """Start the servers and make what is needed before the first sign-in.

        Args:
            progress: is told what is being done, in the user's words.

        Raises:
            SetupError: something the demo needs is missing; the sentence says what.
        """
        try:
            self._serve(progress)
            with (self.folder / "setup.lock").open("ab") as file:
                wait_for_lock(file, EXCLUSIVE, _SETUP_TIMEOUT_S, self.folder)
                progress("Setting up the database …")
                self._postgres.prepare(DATABASE)
                migrate(self._postgres.owner_url(DATABASE))
                self._open()
                progress("Inviting people and writing questions …")
                self._prepare_school()
            self._start_worker()
        except BaseException:
            self.stop()
            raise

    def attach(self) -> None:
        """Use the servers of a demo that another process has started."""
        self._serve(lambda _: None)
        self._open()

    def stop(self) -> None:
        """Stop the worker and, unless another program uses them, the servers."""
        self._stack.close()

    def missing(self) -> tuple[ScriptPlan, ...]:
        """The scripts that are not there yet, in the order in which they should be made."""
        plans = script_plans(self.scripts)
        with self._owner_session() as session:
            exams = set(session.scalars(select(ExamInstance.exam_instance_id)))
            waiting = set(
                session.scalars(select(Evaluation.evaluation_id).where(Evaluation.status == EvaluationStatus.ASSIGNED))
            )
        return tuple(
            plan
            for plan in plans
            if exam_id(plan) not in exams
            or (plan.state in (DemoState.MARKING, DemoState.EVALUATED) and evaluation_id(plan) in waiting)
        )

    def make_scripts(self, plans: Sequence[ScriptPlan], done: Callable[[ScriptPlan], None]) -> None:
        """Make scripts one after the other in this process; `done` is told of each."""
        with self._owner_session() as session:
            calendar = server_calendar(session)
        seeder = ScriptSeeder(self._owner_session, self._teacher_session, self._store(), calendar, self._clock.now())
        for plan in plans:
            seeder.make(plan)
            if self._past and plan.state is DemoState.EVALUATED and plan.teacher is not None:
                with self._teacher_session(next(person for person in staff() if person.is_coordinator)) as session:
                    ask_second(session, EvaluationId(evaluation_id(plan)), plan.teacher)
            done(plan)
        if plans:
            self._sum_up()

    def description(self) -> dict[str, Any]:
        """What a script needs to use the demo: addresses, keys and people."""
        return {
            "database_url": self._postgres.owner_url(DATABASE),
            "s3": {
                "endpoint": self._objects.endpoint,
                "bucket": self._objects.bucket,
                "access_key": self._objects.access_key,
                "secret_key": self._objects.secret_key,
            },
            "people": [self._described(person) for person in staff()],
            "data_dir": str(self.folder),
        }

    @property
    def profile(self) -> ServerProfile:
        """The profile under which the demo's people sign in; the server is on this computer and has no TLS."""
        return ServerProfile("Demo", HOST, self._postgres.port, DATABASE, sslmode="disable", demo=True)

    def unpluggable(self) -> tuple[ServerProfile, str, Network]:
        """A profile and a proxy for pages that lead through a network which can be unplugged; it ends with the demo."""
        network = Network(self._postgres.port, self._objects.port)
        self._stack.callback(network.close)
        database, store = network.ports
        return replace(self.profile, port=database), f"http://{HOST}:{store}", network

    @property
    def password(self) -> str:
        """The password of all members of staff."""
        return self._secrets.people

    # -- private ---------------------------------------------------------------------------------------------

    def _sum_up(self) -> None:
        """Leaderboard and dashboards are there at once: the worker sums up what is new ten minutes later at most."""
        with self._owner_session() as session:
            gather_results(session, _MANY)
            refresh_analytics(session)
            session.execute(text("UPDATE api._insight_mark SET as_of = '-infinity'"))
            done = refresh_insight(session, _MANY)
            while done is not None and not done.over:
                done = refresh_insight(session, _MANY)

    def _serve(self, progress: Callable[[str], None]) -> None:
        """Start the servers, or join those that run. They are made here: making them makes their folders."""
        with _usable(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        progress("Starting the database …")
        self._postgres = self._stack.enter_context(LocalPostgres(self.folder / "postgres"))
        progress("Starting the page store …")
        self._objects = self._stack.enter_context(LocalS3(self.folder / "objects"))

    def _open(self) -> None:
        self._secrets = self._read_secrets()
        self._owner = make_engine(self._postgres.owner_url(DATABASE), application_name="mv-desktop demo")
        self._stack.callback(self._owner.dispose)

    def _read_secrets(self) -> Secrets:
        path = self.folder / "secrets.json"
        if not path.exists():
            write_state(path, people=secrets.token_urlsafe(9), worker=secrets.token_urlsafe(24))
        state = read_state(path)
        return Secrets(str(state["people"]), str(state["worker"]))

    def _prepare_school(self) -> None:
        self._store_pictures()
        marker = self.folder / "school.json"
        if marker.exists():
            return
        exams = 0
        with self._owner_session() as session:
            seed_school(session, self._clock.now().date())
            for person in staff():
                provision_login(session, UserId(person.user_id), verifier_for(session, self._secrets.people))
            verifier = verifier_for(session, self._secrets.worker)
            if self._past:
                exams = seed_past(session, server_calendar(session), self._clock.now())
            statement = f"ALTER ROLE {_WORKER} PASSWORD '{verifier}'"  # a utility statement takes no parameters
            session.connection().exec_driver_sql(statement, execution_options={"no_parameters": True})
        if exams:
            write_questions(self._teacher_session)
            propose_faulty(self._owner_session, self._teacher_session)
            self._sum_up()
        write_state(marker, made=self._clock.now().isoformat())

    def _store_pictures(self) -> None:
        """Put the pictures of the shipped questions into the store, also into that of an older demo."""
        pictures = shipped_pictures()
        marker = self.folder / "pictures.json"
        if marker.exists() and read_state(marker).get("keys") == sorted(pictures):
            return
        store = self._store()
        for key, data in pictures.items():
            store.put(key, data, content_type="image/png")
        write_state(marker, keys=sorted(pictures))

    @contextmanager
    def _owner_session(self) -> Iterator[Session]:
        if self._owner is None:
            raise RuntimeError("the demo has not been started")
        with open_session(self._owner) as session:
            yield session

    @contextmanager
    def _teacher_session(self, person: Person) -> Iterator[Session]:
        engine = make_engine(self._login_url(person), application_name="mv-desktop demo")
        try:
            with open_session(engine) as session:
                yield session
        finally:
            engine.dispose()

    def _login_url(self, person: Person) -> URL:
        return person_url(self.profile, person.email, self._secrets.people)

    def _described(self, person: Person) -> dict[str, Any]:
        return {
            "name": person.name,
            "email": person.email,
            "password": self._secrets.people,
            "role": person.role.value,
            "is_coordinator": person.is_coordinator,
            "user_id": str(person.user_id),
            "database_url": self._postgres.url(DATABASE, login_name(person.email), self._secrets.people),
        }

    def _store(self) -> ObjectStore:
        objects = self._objects
        return ObjectStore(objects.endpoint, objects.region, objects.access_key, objects.secret_key, objects.bucket)

    def _start_worker(self) -> None:
        environment = {
            **os.environ,
            "MV_DATABASE_URL": self._postgres.url(DATABASE, _WORKER, self._secrets.worker),
            "MV_S3_ENDPOINT": self._objects.endpoint,
            "MV_S3_REGION": self._objects.region,
            "MV_S3_BUCKET": self._objects.bucket,
            "MV_S3_ACCESS_KEY": self._objects.access_key,
            "MV_S3_SECRET_KEY": self._objects.secret_key,
        }
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                own_command("worker", "--until-stdin-closes"),
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                **detached(),
            )
        self._stack.callback(end_child, worker)


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    """Say in words what the operating system says of the demo's folder."""
    try:
        yield
    except OSError as error:
        raise SetupError(
            f"The demo cannot keep its files in {folder}: {error.strerror or error}.", remedy="Choose another folder."
        ) from error


def end_child(child: subprocess.Popen[Any]) -> None:
    """Ask a child to end by closing its input, and make it end if it does not."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
