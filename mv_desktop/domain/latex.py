r"""What is wrong with words that hold formulas: ``$…$`` in the line, ``$$…$$`` on its own, ``\$`` a dollar."""

from __future__ import annotations

import re

from mv_desktop.domain.latex_name import COMMANDS, ENVIRONMENTS

_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\\)\$(.+?)(?<!\\)\$", re.DOTALL)
_DOLLAR = re.compile(r"(?<!\\)\$")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_BRACE = re.compile(r"(?<!\\)[{}]")
_PLACE = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")


def latex_fault(text: str) -> str:
    """What cannot be typeset of `text`, a sentence in English; "" when all of it can."""
    rest = _FORMULA.sub(" ", text)
    if _DOLLAR.search(rest):
        return "A dollar sign has no partner. A dollar itself is written \\$."
    outside = next((found[1] for found in _COMMAND.finditer(rest)), None)
    if outside is not None:
        return f"“\\{outside}” stands outside of dollar signs."
    formulas = (found[1] or found[2] for found in _FORMULA.finditer(text))
    return next((fault for fault in map(_formula_fault, formulas) if fault), "")


def unknown_commands(text: str) -> tuple[str, ...]:
    """The commands in `text` that cannot be typeset, without their backslash, each once and in order."""
    return tuple(dict.fromkeys(name for name in _COMMAND.findall(text) if name not in COMMANDS))


def _formula_fault(formula: str) -> str:
    unknown = unknown_commands(formula)
    if unknown:
        return f"“\\{unknown[0]}” is no command that can be shown."
    depth = 0
    for brace in _BRACE.findall(formula):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return "A brace is closed that was not opened."
    if depth:
        return "A brace is opened and not closed."
    open_: list[str] = []
    for act, name in _PLACE.findall(formula):
        if act == "begin":
            if name.rstrip("*") not in ENVIRONMENTS:
                return f"“\\begin{{{name}}}” cannot be shown."
            open_.append(name)
        elif not open_ or open_.pop() != name:
            return f"“\\end{{{name}}}” ends nothing."
    return f"“\\begin{{{open_[-1]}}}” is not ended." if open_ else ""
