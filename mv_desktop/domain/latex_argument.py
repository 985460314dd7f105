r"""What LaTeX's commands need behind them: ``\frac`` two arguments, ``\left`` a bracket, ``\over`` both sides.

A test holds the lists to what the typesetter takes. What it shows well is not refused, though LaTeX itself might.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mv_desktop.core.sentence import Worded

_TEXT = "cla?p|llap|rlap|emph|[fhm]box|tag\\*?|text(?:bf|it|md|normal|rm|sf|tt|up)?|underbar"
_UNITS = "in|mm|cm|pt|em|ex|pc|bp|dd|cc|sp|mu"
_PART = re.compile(
    rf"""
    %[^\n]* |
    \\(?:begin|end)\s*\{{[^{{}}]*\}} |
    \\operatorname(?:withlimits|\*)?\s*\{{[A-Za-z\s*]+\}} |
    \\(?:{_TEXT})\s*\{{[^}}]*\}} |
    \\[cdt]?frac\s*[.\d]\s*[.\d] |
    \\[A-Za-z]+ |
    \\. |
    -?\d+(?:\.\d+)?\s*(?:{_UNITS}) |
    \d+(?:\.\d+)? |
    \S
    """,
    re.VERBOSE | re.DOTALL,
)

_ONE = """
Bbb acute bar bcancel bm bold boldsymbol boxed bra braket breve cancel check clap ddddot dddot ddot dot emph fbox grave
hat hbox hphantom hskip hspace kern ket leftroot llap mathbb mathbf mathbin mathcal mathclap mathclose mathfrak
mathinner mathit mathllap mathnormal mathop mathopen mathord mathpunct mathrel mathring mathrlap mathrm mathscr mathsf
mathsfit mathtt mbox mit mkern mod mskip mspace oldstyle overbrace overbracket overleftarrow overleftrightarrow
overline overparen overrightarrow phantom pmb pmod pod rlap scr shoveleft shoveright sout tag text textbf textit textmd
textnormal textrm textsf texttt textup tilde tt underbar underbrace underbracket underleftarrow underleftrightarrow
underline underparen underrightarrow unicode uproot vcenter vec verb vphantom widecheck widehat widetilde xcancel
Bmatrix Vmatrix align array bmatrix cases displaylines eqalign eqalignno matrix pmatrix smallmatrix split substack
vmatrix
"""
_ONE_BEHIND_BRACKETS = """
smash sqrt xLeftarrow xLeftrightarrow xRightarrow xhookleftarrow xhookrightarrow xleftarrow xleftharpoondown
xleftharpoonup xleftrightarrow xleftrightharpoons xlongequal xmapsto xrightarrow xrightharpoondown xrightharpoonup
xrightleftharpoons xtofrom xtwoheadleftarrow xtwoheadrightarrow
"""
_TWO = """
DeclareMathOperator binom cfrac class color colorbox dbinom def dfrac frac href lower mathchoice moveleft moveright
newcommand overset raise rule skew stackrel style tbinom textcolor tfrac underset
"""
_DELIMITED = "Big Bigg Biggl Biggm Biggr Bigl Bigm Bigr big bigg biggl biggm biggr bigl bigm bigr left middle right"
_SWITCHES = """
Huge LARGE Large Tiny bf cal displaystyle footnotesize frak huge it large normalsize rm scriptscriptstyle scriptsize
scriptstyle sf small textstyle tiny
"""


def _commands(names: str) -> frozenset[str]:
    return frozenset(f"\\{name}" for name in names.split())


ARGUMENTS: Mapping[str, int] = {
    **dict.fromkeys(_commands(_ONE + _ONE_BEHIND_BRACKETS), 1),
    **dict.fromkeys(_commands(_TWO), 2),
    **dict.fromkeys(_commands("fcolorbox newenvironment sideset"), 3),
    r"\genfrac": 6,
}
"""How many arguments stand behind a command."""
BRACKETED = _commands(_ONE_BEHIND_BRACKETS)
r"""Commands that may have something in brackets before their argument: ``\sqrt[3]{x}``."""
DELIMITED = _commands(_DELIMITED)
"""Commands that have a sign behind them."""
SWITCHES = _commands(_SWITCHES)
"""Commands for all that stands behind them, which are no argument themselves."""
INFIX: Mapping[str, int] = {
    **dict.fromkeys(_commands("atop choose over"), 1),
    r"\above": 2,
    r"\atopwithdelims": 3,
    r"\abovewithdelims": 4,
}
"""Commands that stand between two things: so many behind them."""
_LIMITS = _commands("limits nolimits")
_EXAMPLES = {
    r"\left": r"\left(x\right)",
    r"\right": r"\left(x\right)",
    r"\middle": r"\left(x\middle|y\right)",
    r"\genfrac": r"\genfrac(){0pt}{0}{x}{y}",
    r"\above": r"{x\above1pt y}",
    r"\abovewithdelims": r"{x\abovewithdelims()1pt y}",
    r"\atopwithdelims": r"{x\atopwithdelims()y}",
    r"\hskip": r"\hskip1em",
    r"\kern": r"\kern1em",
    r"\mkern": r"\mkern1mu",
    r"\mskip": r"\mskip1mu",
    r"\hspace": r"\hspace{1em}",
    r"\mspace": r"\mspace{1mu}",
    r"\begin": r"\begin{matrix}x\end{matrix}",
    r"\end": r"\begin{matrix}x\end{matrix}",
    r"\color": r"\color{red}x",
    r"\textcolor": r"\textcolor{red}{x}",
    r"\colorbox": r"\colorbox{red}{x}",
    r"\fcolorbox": r"\fcolorbox{red}{blue}{x}",
    r"\raise": r"\raise1ex{x}",
    r"\lower": r"\lower1ex{x}",
    r"\moveleft": r"\moveleft1em{x}",
    r"\moveright": r"\moveright1em{x}",
    r"\rule": r"\rule{1em}{1ex}",
    r"\sideset": r"\sideset{_x}{^y}\sum",
    r"\skew": r"\skew3\hat{x}",
    r"\unicode": r"\unicode{9786}",
    r"\limits": r"\sum\limits_{x}",
    r"\nolimits": r"\sum\nolimits_{x}",
}
_NO_ARGUMENT = {"}", "&", r"\\", r"\right", r"\middle"} | SWITCHES | INFIX.keys() | _LIMITS
_NEEDY = {r"\begin", r"\end", *ARGUMENTS, *DELIMITED, *INFIX, *_LIMITS}
_NOTED = _NEEDY | _NO_ARGUMENT | {"{"}
_WHOLE = re.compile(r"\\[A-Za-z]+\*?\s*\{")
_EMPTY = re.compile(r"\\[a-z]+\*?\s*\{\}")


def parts_of(formula: str) -> list[str]:
    r"""Commands, signs and numbers, without the space between; ``\text{…}`` and ``\begin{…}`` are one part each."""
    return _PART.findall(formula)


def argument_fault(parts: Sequence[str]) -> str:
    """What the first command lacks that is not complete, a sentence in English; "" when nothing does.

    Args:
        parts: of a formula all of whose braces, brackets that grow, and environments are closed.
    """
    if _NEEDY.isdisjoint(parts) and not any(map(_WHOLE.match, parts)):
        return ""
    look = _Look(parts)
    faulty = ""
    for place in range(len(parts) - 1, -1, -1):
        if parts[place] in _NOTED or _WHOLE.match(parts[place]):
            faulty = look.at(place) or faulty
    return _sentence(faulty) if faulty else ""


def _sentence(command: str) -> str:
    example = _EXAMPLES.get(command, "")
    if command in INFIX:
        example = example or f"{{x{command} y}}"
    elif command in DELIMITED:
        example = example or f"{command}("
    elif not example:
        example = command + "".join(f"{{{letter}}}" for letter in "xyz"[: ARGUMENTS.get(command, 1)])
    return Worded("“{command}” is not complete: write it as in {example}.", command=command, example=example)


class _Look:
    """Looks at a formula from its end, so that it is known of each part where what begins with it ends."""

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = parts
        self._behind = list(range(1, len(parts) + 1))  # where the argument ends that begins here; 0: none can
        self._closed: list[int] = []

    def at(self, place: int) -> str:
        """The command that stands at a place, where it is not complete; the places behind have been looked at."""
        part = self._parts[place]
        if part in {"{", r"\left"} or part.startswith(r"\begin"):
            return self._at_opening(place)
        if part in {"}", r"\right"} or part.startswith(r"\end"):
            return self._at_closing(place)
        if part in ARGUMENTS:
            end = self._end(place)
            self._behind[place] = end or place + 1
            return "" if end else part
        if part in _NO_ARGUMENT:
            self._behind[place] = 0
        if part in DELIMITED:
            return self._unsigned(place)
        if part in INFIX:
            return self._one_sided(place)
        if part in _LIMITS:
            return "" if self._limited(place) else part
        return part[: part.index("{")].rstrip() if _EMPTY.fullmatch(part) else ""

    def _at_opening(self, place: int) -> str:
        part = self._parts[place]
        if self._closed:
            self._behind[place] = self._closed.pop() + 1
        if part == r"\left":
            return self._unsigned(place)
        empty = part == r"\begin" or (part != "{" and self._part(place + 1).startswith(r"\end"))
        return r"\begin" if empty else ""

    def _at_closing(self, place: int) -> str:
        part = self._parts[place]
        self._closed.append(place + (part == r"\right"))
        self._behind[place] = 0
        if part == r"\right":
            return self._unsigned(place)
        return part if part == r"\end" else ""

    def _part(self, place: int) -> str:
        return self._parts[place] if 0 <= place < len(self._parts) else ""

    def _unsigned(self, place: int) -> str:
        """The command, where no sign stands behind it."""
        sign = self._part(place + 1)
        fence = self._parts[place] in {r"\left", r"\right"}  # \left{ and \right} are shown as they are meant
        none = {"", "&", r"\\", r"\left", r"\right", r"\middle"} if fence else {"", *_NO_ARGUMENT, r"\left"}
        return self._parts[place] if sign in none or sign.startswith((r"\begin", r"\end")) else ""

    def _end(self, place: int) -> int:
        """The place behind a command's arguments; 0 where one is missing."""
        part, here = self._parts[place], place + 1
        if part == r"\genfrac" and self._part(here) == "{":
            return 0  # its brackets stand without braces
        if part in BRACKETED and self._part(here) == "[":
            here += 1
            while self._part(here) != "]":
                here = self._next(here)
                if not here:
                    return 0
            here += 1
        found = 0
        while found < ARGUMENTS[part]:
            sign = self._part(here)
            if sign not in {"^", "_", "'"}:
                here, found = self._next(here), found + 1
            elif found:  # a power, an index or a prime of the argument before
                here = here + 1 if sign == "'" else self._next(here + 1)
            else:
                return 0
            if not here:
                return 0
        return here

    def _next(self, place: int) -> int:
        return self._behind[place] if place < len(self._parts) else 0

    def _one_sided(self, place: int) -> str:
        part, here = self._parts[place], place + 1
        before = self._part(place - 1)
        if before in {"", "{", "&", r"\\"} or self._part(place - 2) == r"\left" or before.startswith(r"\begin"):
            return part
        for _ in range(INFIX[part]):
            here = self._next(here)
            if not here:
                return part
        return ""

    def _limited(self, place: int) -> bool:
        """A command, or what it made, stands before, and an index or a power behind."""
        before = self._part(place - 1)
        return self._part(place + 1) in {"^", "_"} and (before == "}" or before[:1] == "\\") and before not in _LIMITS
