"""What a script is expected to take."""

from datetime import timedelta
from uuid import UUID

from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.workload import DEFAULT_WORK, FEWEST_SCRIPTS, Measured, Paces

ASHA, BINA = UserId(UUID(int=1)), UserId(UUID(int=2))


def test_a_teacher_s_own_median_counts_once_it_says_something() -> None:
    paces = Paces(
        {
            (ASHA, ExamType.BOARD_EXAM): Measured(timedelta(minutes=41), FEWEST_SCRIPTS),
            (ASHA, ExamType.SECTION_SA): Measured(timedelta(minutes=41), FEWEST_SCRIPTS - 1),
        }
    )
    assert paces.expected(ASHA, ExamType.BOARD_EXAM) == timedelta(minutes=41)
    default = DEFAULT_WORK[ExamType.BOARD_EXAM]
    assert paces.expected(BINA, ExamType.BOARD_EXAM) == paces.expected(None, ExamType.BOARD_EXAM) == default
    assert paces.expected(ASHA, ExamType.SECTION_SA) == DEFAULT_WORK[ExamType.SECTION_SA]


def test_every_kind_of_exam_has_a_default() -> None:
    assert set(DEFAULT_WORK) == set(ExamType)
    assert all(work > timedelta() for work in DEFAULT_WORK.values())
