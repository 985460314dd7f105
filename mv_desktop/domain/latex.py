r"""What is wrong with words that hold formulas: ``$…$`` in the line, ``$$…$$`` on its own, ``\$`` a dollar."""

from __future__ import annotations

import re

from mv_desktop.domain.latex_name import COMMANDS, ENVIRONMENTS

FORMULA = re.compile(r"\\.|\$\$(.+?)\$\$|\$((?:\\.|[^\\$])+)\$", re.DOTALL)
r"""A formula, on its own or in the line; or a backslash and what it belongs to: in ``\\b`` it is a line break's."""
_DOLLAR = re.compile(r"\\.|(\$)", re.DOTALL)
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_SIGN = re.compile(r"\\[A-Za-z]+|\\.|\S", re.DOTALL)
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)
_BRACKET = re.compile(r"(?<!\\)(?:\\\\)*\\[()\[\]]")
_PLACE = re.compile(r"\\\\|\\(begin|end)\s*\{([^{}]*)\}")


def latex_fault(text: str) -> str:
    """What cannot be typeset of `text`, a sentence in English; "" when all of it can."""
    rest = FORMULA.sub(lambda found: " " if _source(found) else found[0], text)
    if any(_DOLLAR.findall(rest)):
        return "A dollar sign has no partner. A dollar itself is written \\$."
    outside = next(iter(_commands(rest)), None)
    if outside is not None:
        return f"“\\{outside}” stands outside of dollar signs."
    if _BRACKET.search(rest):
        return "Formulas stand between dollar signs, and not between \\( and \\)."
    formulas = filter(None, map(_source, FORMULA.finditer(text)))
    return next((fault for fault in map(_formula_fault, formulas) if fault), "")


def unknown_commands(text: str) -> tuple[str, ...]:
    """The commands in `text` that cannot be typeset, without their backslash, each once and in order."""
    return tuple(dict.fromkeys(name for name in _commands(text) if name not in COMMANDS))


def _source(found: re.Match[str]) -> str:
    return found[1] or found[2] or ""


def _commands(text: str) -> list[str]:
    return [name for name in _COMMAND.findall(text) if name.isascii() and name.isalpha()]


def _formula_fault(formula: str) -> str:
    unknown = unknown_commands(formula)
    if unknown:
        return f"“\\{unknown[0]}” is no command that can be shown."
    depth = 0
    for brace in filter(None, _BRACE.findall(formula)):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return "A brace is closed that was not opened."
    if depth:
        return "A brace is opened and not closed."
    open_: list[str] = []
    for act, name in _PLACE.findall(formula):
        if not act:
            continue
        if act == "begin":
            if name.rstrip("*") not in ENVIRONMENTS:
                return f"“\\begin{{{name}}}” cannot be shown."
            open_.append(name)
        elif not open_ or open_.pop() != name:
            return f"“\\end{{{name}}}” ends nothing."
    return f"“\\begin{{{open_[-1]}}}” is not ended." if open_ else _part_fault(formula)


def _part_fault(formula: str) -> str:
    """What of a formula, all of whose braces and environments are closed, has no place or misses something."""
    signs = _SIGN.findall(formula)
    if not signs:
        return "A formula is empty."
    fences = environments = 0
    for sign in signs:
        fences += {r"\left": 1, r"\right": -1}.get(sign, 0)
        environments += {r"\begin": 1, r"\end": -1}.get(sign, 0)
        if fences < 0:
            return "“\\right” has no “\\left” before it."
        if sign == "&" and not environments:
            return "“&” stands outside of a matrix. An ampersand itself is written \\&."
    return "“\\left” has no “\\right” behind it." if fences else _script_fault(signs)


def _script_fault(signs: list[str]) -> str:
    """What is wrong with powers and indices, of which each thing has one at most."""
    within: list[tuple[str, set[str]]] = []  # of the braces around: the sign that waits, and those that are there
    waits, there = "", set[str]()
    for sign in [*signs, "}"]:
        if sign in {"^", "_"} and sign in there and not waits:
            return "Two powers or two indices stand one behind the other: put braces around the first and its base."
        if sign in {"^", "_", "&", "}", r"\\"} and waits:
            return f"Nothing stands behind “{waits}”."
        if sign in {"^", "_"}:
            waits = sign
            there.add(sign)
        elif sign == "{":
            within.append((waits, there))
            waits, there = "", set()
        else:
            if sign == "}" and within:
                waits, there = within.pop()
            if not waits:
                there = set()
            waits = ""
    return ""
