"""Time between signs of work counts; a long pause does not."""

from mv_desktop.domain.pace import IDLE_SECONDS, Stopwatch


def test_time_between_signs_of_work_counts():
    watch = Stopwatch(100.0)
    watch.touched(110.0)
    watch.touched(110.0 + IDLE_SECONDS)
    assert watch.read(150.0 + IDLE_SECONDS) == 50.0 + IDLE_SECONDS


def test_a_pause_that_turns_out_too_long_is_not_counted_at_all():
    watch = Stopwatch(0.0)
    watch.touched(60.0)
    assert watch.read(60.0 + IDLE_SECONDS) == 60.0 + IDLE_SECONDS
    assert watch.read(61.0 + IDLE_SECONDS) == 60.0
    watch.touched(1000.0)
    watch.touched(1010.0)
    assert watch.read(1010.0) == 70.0


def test_what_is_taken_is_counted_once():
    watch = Stopwatch(0.0)
    assert watch.take(30.0) == 30.0
    assert watch.read(45.0) == 15.0
    assert watch.take(45.0) == 15.0
    assert watch.take(45.0) == 0.0


def test_a_clock_that_runs_backwards_takes_nothing_away():
    watch = Stopwatch(100.0)
    watch.touched(90.0)
    assert watch.read(95.0) == 5.0
