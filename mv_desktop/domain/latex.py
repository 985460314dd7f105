r"""What is wrong with words that hold formulas: ``$…$`` in the line, ``$$…$$`` on its own, ``\$`` a dollar."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mv_desktop.domain.latex_argument import argument_fault, parts_of
from mv_desktop.domain.latex_name import COMMANDS, ENVIRONMENTS

FORMULA = re.compile(r"\\.|\$\$(.+?)\$\$|\$((?:\\.|[^\\$])+)\$", re.DOTALL)
r"""A formula, on its own or in the line; or a backslash and what it belongs to: in ``\\b`` it is a line break's."""
_PLAIN = re.compile(r"[^\\{}^_&%']*")
"""Signs of which each is shown as it is."""
_DOLLAR = re.compile(r"\\.|(\$)", re.DOTALL)
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_AMPERSAND = re.compile(r"(?:^|[^\\])&")
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)
_BRACKET = re.compile(r"(?<!\\)(?:\\\\)*\\[()\[\]]")
_NO_SCRIPT = {"^", "_", "&", "}", r"\\", r"\right"}
_PLACE = re.compile(r"\\\\|\\(begin|end)\s*\{([^{}]*)\}")


def latex_fault(text: str) -> str:
    """What cannot be typeset of `text`, a sentence in English; "" when all of it can."""
    if "$" not in text and "\\" not in text:
        return ""
    formulas: list[str] = []

    def outside(found: re.Match[str]) -> str:
        source = found[1] or found[2]
        if not source:
            return found[0]
        formulas.append(source)
        return " "

    rest = FORMULA.sub(outside, text)
    if "$" in rest and any(_DOLLAR.findall(rest)):
        return "A dollar sign has no partner. A dollar itself is written \\$."
    if "\\" in rest:
        command = next(iter(_commands(rest)), None)
        if command is not None:
            return f"“\\{command}” stands outside of dollar signs."
        if _BRACKET.search(rest):
            return "Formulas stand between dollar signs, and not between \\( and \\)."
    return next(filter(None, map(_formula_fault, formulas)), "")


def unknown_commands(text: str) -> tuple[str, ...]:
    """The commands in `text` that cannot be typeset, without their backslash, each once and in order."""
    return tuple(dict.fromkeys(name for name in _commands(text) if name not in COMMANDS))


def _commands(text: str) -> list[str]:
    return [name for name in _COMMAND.findall(text) if name.isascii() and name.isalpha()]


def _formula_fault(formula: str) -> str:
    if _PLAIN.fullmatch(formula):
        return "" if formula.strip() else "A formula is empty."
    unknown = unknown_commands(formula) if "\\" in formula else ()
    if unknown:
        return f"“\\{unknown[0]}” is no command that can be shown."
    return (
        _brace_fault(formula)
        or (_environment_fault(formula) if r"\begin" in formula or r"\end" in formula else "")
        or _part_fault(formula)
    )


def _brace_fault(formula: str) -> str:
    depth = 0
    for brace in filter(None, _BRACE.findall(formula)):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return "A brace is closed that was not opened."
    return "A brace is opened and not closed." if depth else ""


def _environment_fault(formula: str) -> str:
    open_: list[str] = []
    for act, name in _PLACE.findall(formula):
        if not act:
            continue
        if act == "begin":
            if name not in ENVIRONMENTS and name.rstrip("*") not in ENVIRONMENTS - {"aligned"}:
                return f"“\\begin{{{name}}}” cannot be shown."
            open_.append(name)
        elif not open_ or open_.pop() != name:
            return f"“\\end{{{name}}}” ends nothing."
    return f"“\\begin{{{open_[-1]}}}” is not ended." if open_ else ""


def _part_fault(formula: str) -> str:
    """What of a formula, all of whose braces and environments are closed, has no place or misses something."""
    parts = parts_of(formula)
    if "%" in formula and any(part[0] == "%" for part in parts):
        return "“%” hides what stands behind it. A percent sign itself is written \\%."
    return (
        (_ampersand_fault(parts) if "&" in formula else "")
        or (_fence_fault(parts) if r"\left" in formula or r"\right" in formula else "")
        or (_script_fault(parts) if "^" in formula or "_" in formula else "")
        or argument_fault(parts)
    )


def _ampersand_fault(parts: Sequence[str]) -> str:
    environments = 0
    for part in parts:
        environments += part.startswith(r"\begin") - part.startswith(r"\end")
        if _AMPERSAND.search(part) and not (part == "&" and environments):
            return "“&” stands outside of a matrix. An ampersand itself is written \\&."
    return ""


def _fence_fault(parts: Sequence[str]) -> str:
    fences = 0
    for part in parts:
        fences += (part == r"\left") - (part == r"\right")
        if fences < 0:
            return "“\\right” has no “\\left” before it."
    return "“\\left” has no “\\right” behind it." if fences else ""


def _script_fault(parts: Sequence[str]) -> str:
    """What is wrong with powers and indices, of which each thing has one at most."""
    within: list[tuple[str, set[str]]] = []  # of the braces around: the sign that waits, and those that are there
    waits, there = "", set[str]()
    for part in [*parts, "}"]:
        if (part in there or (part == "'" and "^" in there)) and not waits:
            return "Two powers or two indices stand one behind the other: put braces around the first and its base."
        if waits and (part in _NO_SCRIPT or part.startswith(r"\end")):
            return f"Nothing stands behind “{waits}”."
        if part in {"^", "_"}:
            waits = part
            there.add(part)
        elif part == "{":
            within.append((waits, there))
            waits, there = "", set()
        else:
            if part == "}" and within:
                waits, there = within.pop()
            if not waits or part.startswith(r"\begin") or (part[0].isdigit() and len(part) > 1):
                there = set()  # of 12 only the 1 is a power
            waits = ""
    return ""
