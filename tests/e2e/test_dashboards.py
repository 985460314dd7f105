"""Who opens the dashboards of a new demo sees what its scripts came to, and not an empty chart for ten minutes."""

from __future__ import annotations

from dataclasses import replace

from mv_desktop.demo.script_plan import DemoState, script_plans
from mv_desktop.demo.script_seed import exam_id
from tests.e2e.school import School

NUMBER = 190


def test_what_was_made_is_summed_up_at_once(school: School) -> None:
    plan = replace(script_plans()[11], number=NUMBER, state=DemoState.EVALUATED)
    before = school.row("SELECT coalesce(sum(exams), 0) AS exams FROM api._insight_units")["exams"]
    school.demo.make_scripts([plan], lambda _: None)
    units = "SELECT cardinality(units) AS units FROM api._exam_results WHERE exam_instance_id = %s"
    after = school.row("SELECT sum(exams) AS exams FROM api._insight_units")["exams"]
    assert after >= before + school.row(units, exam_id(plan))["units"] > before
