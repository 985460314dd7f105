"""What exams brought, in words: units, predicted scores, the leaderboard."""

from __future__ import annotations

from decimal import Decimal

from mv_desktop.domain.analytics import Band, Prediction, direction
from mv_desktop.domain.insight import (
    BAND_WIDTH,
    CLASSES,
    Chosen,
    Leaders,
    PredictedBand,
    PredictedStudent,
    Predictions,
    Units,
    UnitSum,
)
from mv_desktop.domain.report_table import Column, Measure, ReportTable, Value, rounded
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.chart import Bar, Chart, Fill, Look, Series
from mv_desktop.ui.widgets.report_text import Shown, percent

BANDS = {
    Band.STRONG: "strong",
    Band.MIDDLE: "middle",
    Band.WEAK: "weak",
    Band.UNKNOWN: "too few marks",
}
DIRECTIONS = {"rising": "rising", "steady": "steady", "falling": "falling", "unknown": ""}
_CLASS_LOOKS: tuple[tuple[ColorRole, Fill], ...] = (("accent", Fill.FULL), ("muted", Fill.STRIPED))
_HUNDRED = Decimal(100)


def units_shown(title: str, report: Units, chosen: Chosen) -> Shown:
    """Unit by unit, the weakest of each class first, as that is what one looks for."""
    units = sorted(report.units, key=lambda one: (one.class_name, one.share or 0.0, one.unit))
    columns = (
        Column(tr("Class"), Measure.TEXT),
        Column(tr("Unit"), Measure.TEXT),
        Column(tr("Earned"), Measure.SHARE),
        Column(tr("Stands"), Measure.TEXT),
        Column(tr("Exams"), Measure.COUNT),
        Column(tr("Marks earned"), Measure.NUMBER),
        Column(tr("Marks possible"), Measure.NUMBER),
    )
    rows = tuple(
        (
            one.class_name,
            one.unit,
            one.share,
            tr(BANDS[one.band]),
            one.exams,
            float(one.awarded),
            float(one.possible),
        )
        for one in units
    )
    series = (
        Series(tr("Strong: 75 % and more"), "done"),
        Series(tr("Middle"), "accent", Fill.STRIPED),
        Series(tr("Weak: under 50 %"), "danger", Fill.CROSSED),
        Series(tr("Too few marks"), "muted", Fill.EMPTY),
    )
    places = (Band.STRONG, Band.MIDDLE, Band.WEAK, Band.UNKNOWN)
    bars = tuple(_unit_bar(one, places, alone=bool(chosen.class_name)) for one in units)
    weak = [one for one in units if one.band is Band.WEAK]
    summary = (
        tr_count("{count} unit of {all} is weak.", "{count} units of {all} are weak.", len(weak), all=len(units))
        if weak
        else tr("No unit is weak.")
    )
    judged = [one for one in units if one.band is not Band.UNKNOWN]
    if judged:
        low = min(judged, key=lambda one: one.share or 0.0)
        summary += " " + tr(
            "The weakest is {unit}, with {share} of the marks.", unit=low.unit, share=percent(low.share)
        )
    chart = Chart(title, series, bars, stacked=True, top=1.0)
    return Shown(ReportTable(title, columns, rows), chart, summary, not units)


def _unit_bar(one: UnitSum, places: tuple[Band, ...], *, alone: bool) -> Bar:
    share = one.share or 0.0
    values = tuple(share if one.band is place else 0.0 for place in places)
    tip = tr_count(
        "{unit}, class {name}: {share} of the marks, {band}; {count} exam",
        "{unit}, class {name}: {share} of the marks, {band}; {count} exams",
        one.exams,
        unit=one.unit,
        name=one.class_name,
        share=percent(one.share),
        band=tr(BANDS[one.band]),
    )
    label = one.unit if alone else f"{one.class_name} · {one.unit}"
    return Bar(label, values, percent(one.share), tip)


def predictions_shown(title: str, report: Predictions, chosen: Chosen) -> Shown:
    """How many students are predicted to earn how much."""
    classes = (chosen.class_name,) if chosen.class_name else CLASSES
    found = {(one.class_name, one.low): one for one in report.bands}
    nothing = PredictedBand("", None, 0, 0, 0, Decimal(0))
    lows = (*range(0, 100, BAND_WIDTH), None)
    lines = [(low, [found.get((name, low), nothing) for name in classes]) for low in lows]
    columns = (
        Column(tr("Predicted score"), Measure.TEXT),
        *(Column(tr("Class {name}", name=name), Measure.COUNT) for name in classes),
        Column(tr("Rising"), Measure.COUNT),
        Column(tr("Falling"), Measure.COUNT),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            _band_text(low),
            *(one.students for one in bands),
            sum(one.rising for one in bands),
            sum(one.falling for one in bands),
        )
        for low, bands in lines
    )
    bars = tuple(_predicted_bar(low, bands, classes) for low, bands in lines)
    chart = Chart(title, _class_series(classes), bars, upright=True, unit=tr("students"))
    return Shown(ReportTable(title, columns, rows), chart, _predicted_summary(report), not report.bands)


def _band_text(low: int | None) -> str:
    return tr("None yet") if low is None else f"{low}–{low + BAND_WIDTH} %"


def _predicted_bar(low: int | None, bands: list[PredictedBand], classes: tuple[str, ...]) -> Bar:
    counts = ", ".join(
        tr("{count} of class {name}", count=one.students, name=name) for one, name in zip(bands, classes, strict=True)
    )
    tip = tr(
        "{band}: {counts}; {rising} rising, {falling} falling",
        band=_band_text(low),
        counts=counts,
        rising=sum(one.rising for one in bands),
        falling=sum(one.falling for one in bands),
    )
    told = " · ".join(str(one.students) for one in bands)
    return Bar(_band_text(low), tuple(float(one.students) for one in bands), told, tip)


def _predicted_summary(report: Predictions) -> str:
    if report.mean is None:
        return tr("Nobody has enough board exams for a predicted score.")
    words = tr_count(
        "{count} student has a predicted score: {mean} %.",
        "{count} students have a predicted score, {mean} % in the mean.",
        report.predicted,
        mean=rounded(report.mean, 1),
    )
    if report.unknown:
        words += " " + tr_count(
            "{count} has too few board exams for one.", "{count} have too few board exams for one.", report.unknown
        )
    return words


def lowest_shown(title: str, report: Predictions, chosen: Chosen) -> Shown:
    """The students with the lowest predicted scores, the lowest first."""
    columns = (
        Column(tr("Student"), Measure.TEXT),
        Column(tr("Class"), Measure.TEXT),
        Column(tr("Predicted"), Measure.SHARE),
        Column(tr("From"), Measure.SHARE),
        Column(tr("To"), Measure.SHARE),
        Column(tr("Going"), Measure.TEXT),
        Column(tr("Change (points)"), Measure.NUMBER),
    )
    known = [(one, Prediction(one.percent, one.margin)) for one in report.lowest]
    rows = tuple(
        (
            one.student,
            one.class_name,
            _share(one.percent),
            _share(told.lowest),
            _share(told.highest),
            _going(one),
            None if one.trend is None else float(one.trend),
        )
        for one, told in known
    )
    bars = tuple(_lowest_bar(one, told, alone=bool(chosen.class_name)) for one, told in known)
    series = (Series(tr("Predicted score, and how far it may be off"), "accent"),)
    chart = Chart(title, series, bars, top=1.0, look=Look.REACHES)
    summary = tr_count(
        "{count} student, the lowest prediction first.", "{count} students, the lowest predictions first.", len(rows)
    )
    return Shown(ReportTable(title, columns, rows), chart, summary, not rows)


def _lowest_bar(one: PredictedStudent, told: Prediction, *, alone: bool) -> Bar:
    tip = tr(
        "{student}, class {name}: {percent} % predicted, between {low} % and {high} %",
        student=one.student,
        name=one.class_name,
        percent=rounded(one.percent, 1),
        low=rounded(told.lowest, 1),
        high=rounded(told.highest, 1),
    )
    going = _going(one)
    label = one.student if alone else f"{one.class_name} · {one.student}"
    values = (_share(told.lowest), _share(one.percent), _share(told.highest))
    return Bar(
        label, values, f"{rounded(one.percent, 0)} % ± {rounded(one.margin, 0)}", f"{tip}; {going}" if going else tip
    )


def _going(one: PredictedStudent) -> str:
    word = DIRECTIONS[direction(one.trend).value]
    return tr(word) if word else ""


def leaders_shown(title: str, report: Leaders, chosen: Chosen) -> Shown:
    """The best of each class."""
    columns = (
        Column(tr("Class"), Measure.TEXT),
        Column(tr("Place"), Measure.COUNT),
        Column(tr("Student"), Measure.TEXT),
        Column(tr("Mean"), Measure.SHARE),
        Column(tr("Board exams"), Measure.COUNT),
        Column(tr("Best"), Measure.SHARE),
    )
    rows = tuple(
        (one.class_name, one.position, one.student, _share(one.mean), one.exams, _share(one.best))
        for one in report.students
    )
    classes = (chosen.class_name,) if chosen.class_name else CLASSES
    bars = tuple(
        Bar(
            f"{one.class_name} · {one.position}. {one.student}",
            tuple(_share(one.mean) if one.class_name == name else 0.0 for name in classes),
            f"{rounded(one.mean, 2)} %",
            tr(
                "Class {name}, place {position}: {student}, {mean} % in the mean of {exams} exams, the best {best} %",
                name=one.class_name,
                position=one.position,
                student=one.student,
                mean=rounded(one.mean, 2),
                exams=one.exams,
                best=rounded(one.best, 2),
            ),
        )
        for one in report.students
    )
    chart = Chart(title, _class_series(classes), bars, stacked=True, top=1.0)
    summary = tr("The best of each class by the mean of their board exams of the last ninety days.")
    return Shown(ReportTable(title, columns, rows), chart, summary, not rows)


def _class_series(classes: tuple[str, ...]) -> tuple[Series, ...]:
    looks = zip(classes, _CLASS_LOOKS, strict=False)
    return tuple(Series(tr("Class {name}", name=name), role, fill) for name, (role, fill) in looks)


def _share(value: Decimal) -> float:
    return float(value / _HUNDRED)
