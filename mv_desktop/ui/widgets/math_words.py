r"""Text with formulas in one line of plain letters, as a list shows it: ``$\frac{1}{2}x^2$`` is "½x²"."""

from __future__ import annotations

import re
from functools import lru_cache

from mv_desktop.ui.widgets.math_text import Tex, split

LONGEST = 600
"""So many letters of a text are read at most: a list shows fewer."""
_DEEPEST = 20
"""Braces in braces are read so far; what lies deeper is shown as it is written."""

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_RAISED = dict(zip("0123456789+-−=()ni°′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ°′", strict=True))
_LOWERED = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))
_PARTS = {("1", "2"): "½", ("1", "3"): "⅓", ("2", "3"): "⅔", ("1", "4"): "¼", ("3", "4"): "¾"}
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_OPEN = {"pmatrix": "(", "bmatrix": "[", "Bmatrix": "{", "vmatrix": "|", "Vmatrix": "‖", "cases": "{"}
_CLOSE = {"pmatrix": ")", "bmatrix": "]", "Bmatrix": "}", "vmatrix": "|", "Vmatrix": "‖"}
_MARKED = {"vec": "\u20d7", "overrightarrow": "\u20d7", "hat": "\u0302", "bar": "\u0304", "overline": "\u0304"}
_FONTS = frozenset((
    *("text", "textbf", "textit", "textrm", "mathrm", "mathbf", "mathit", "mathsf", "mathcal", "operatorname"),
    *("boldsymbol", "mbox"),
))  # fmt: skip
_SKIPPED = frozenset((
    *("left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "textstyle"),
    *("limits", "nolimits", "rm", "bf", "it", "hline"),
))  # fmt: skip
_NAMES = frozenset((
    *("sin", "cos", "tan", "cot", "sec", "csc", "cosec", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
    *("log", "ln", "exp", "lim", "max", "min", "det", "adj", "gcd", "mod"),
))  # fmt: skip
_DOUBLE = dict(zip("RNZQC", "ℝℕℤℚℂ", strict=True))
_SPACED = {
    "times": "×", "div": "÷", "pm": "±", "mp": "∓", "cdot": "·", "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥",
    "geq": "≥", "geqslant": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "equiv": "≡", "sim": "∼", "cong": "≅", "to": "→",
    "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "implies": "⇒",
    "Leftrightarrow": "⇔", "iff": "⇔", "in": "∈", "notin": "∉",
    "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "cup": "∪",
    "cap": "∩", "perp": "⊥", "parallel": "∥", "propto": "∝", "mid": "|", "land": "∧", "lor": "∨", "wedge": "∧",
    "vee": "∨", "circ": "∘", "setminus": "∖", "therefore": "∴", "because": "∵", "mapsto": "↦", "gt": ">", "lt": "<",
}  # fmt: skip
_SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "int": "∫", "iint": "∬", "oint": "∮", "sum": "∑", "prod": "∏",
    "partial": "∂", "nabla": "∇", "angle": "∠", "triangle": "△", "degree": "°", "prime": "′", "ldots": "…", "dots": "…",
    "cdots": "…", "forall": "∀", "exists": "∃", "emptyset": "∅", "varnothing": "∅", "neg": "¬", "sqcap": "⊓",
    "rupee": "₹", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "vert": "|",
    "lvert": "|", "rvert": "|", "lbrace": "{", "rbrace": "}", "Vert": "‖", "colon": ":", "quad": " ", "qquad": " ",
    "ell": "ℓ", "square": "□", "Re": "Re", "Im": "Im",
}  # fmt: skip
_ESCAPED = {"\\\\": "; ", "\\,": " ", "\\;": " ", "\\:": " ", "\\ ": " ", "\\!": "", "\\|": "‖", "&": " ", "~": " "}
_SIMPLE = re.compile(r"[\w…½⅓⅔¼¾⁰¹²³⁴-⁹₀-₉√∛∜′°\u0302\u0304\u20d7]+|[√∛∜]?\([^()]*\)")


@lru_cache(maxsize=4096)
def in_a_line(text: str) -> str:
    """`text` as one line shows it.

    Args:
        text: as questions are written; it may end within a formula, as the opening of a long one does.
    """
    parts = split(text[:LONGEST])
    shown = [_Reader(part.source).read() if isinstance(part, Tex) else _words(part.text) for part in parts]
    return " ".join("".join(shown).split())


def _words(text: str) -> str:
    """Words; behind a dollar without a partner begins a formula that was cut."""
    before, dollar, tex = text.rpartition("$")
    if not dollar or ("\\" not in tex and "^" not in tex and "_" not in tex):
        return text
    return before + _Reader(tex).read()


class _Reader:
    """Reads one formula from the left; whatever is wrong with it, something readable comes of it."""

    def __init__(self, tex: str) -> None:
        self._tokens = _TOKEN.findall(tex)
        self._at = 0

    def read(self) -> str:
        """All of it."""
        return re.sub(r"\s+", " ", self._until("", 0)).strip()

    # -- private ---------------------------------------------------------------------------------------------

    def _next(self) -> str:
        sign = self._tokens[self._at] if self._at < len(self._tokens) else ""
        self._at += 1
        return sign

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _until(self, end: str, depth: int) -> str:
        """Up to a sign that is taken with it; "" for the end."""
        found = ""
        while self._at < len(self._tokens):
            sign = self._next()
            if sign == end:
                return found
            found += self._one(sign, found, depth)
        return found

    def _argument(self, depth: int) -> str:
        while self._peek().isspace():
            self._at += 1
        sign = self._next()
        if sign != "{":
            return self._one(sign, "", depth).strip()
        return self._until("}", depth + 1).strip() if depth < _DEEPEST else self._raw()

    def _raw(self) -> str:
        found = "".join(self._tokens[self._at :])
        self._at = len(self._tokens)
        return found

    def _one(self, sign: str, before: str, depth: int) -> str:
        if sign in _ESCAPED:
            return _ESCAPED[sign]
        if sign == "{":
            return self._until("}", depth + 1) if depth < _DEEPEST else self._raw()
        if sign in {"}", ""}:
            return ""
        if sign in {"^", "_"}:
            return _moved(self._argument(depth), sign)
        if not sign.startswith("\\"):
            return {"-": "−", "'": "′"}.get(sign, sign)
        return self._command(sign[1:], before, depth)

    def _command(self, name: str, before: str, depth: int) -> str:
        if name in {"frac", "dfrac", "tfrac", "cfrac"}:
            return _fraction(self._argument(depth), self._argument(depth))
        if name == "sqrt":
            return self._root(depth)
        if name in {"binom", "dbinom", "tbinom"}:
            return f"C({self._argument(depth)}, {self._argument(depth)})"
        if name in {"begin", "end"}:
            return self._edge(name, depth)
        if name in _MARKED:
            inner = self._argument(depth)
            return inner + _MARKED[name] if len(inner) == 1 else inner
        if name in _FONTS:
            return self._literally(depth)
        if name == "mathbb":
            inner = self._argument(depth)
            return _DOUBLE.get(inner, inner)
        return self._plain(name, before)

    def _plain(self, name: str, before: str) -> str:
        if name in _SKIPPED:
            if self._peek() == ".":
                self._at += 1  # no bracket on this side
            return ""
        if name in _SPACED:
            return f" {_SPACED[name]} "
        if name in _SIGNS:
            return _SIGNS[name]
        if not name.isalpha():
            return name
        after = self._peek()
        apart = " " if after.isalpha() or after.startswith("\\") or (name not in _NAMES and after.isdigit()) else ""
        return f"{' ' if before[-1:].isalnum() else ''}{name}{apart}"

    def _literally(self, depth: int) -> str:
        """Words within a formula: blanks around them count."""
        if self._peek() != "{":
            return self._argument(depth)
        self._at += 1
        return self._until("}", depth + 1) if depth < _DEEPEST else self._raw()

    def _root(self, depth: int) -> str:
        degree = ""
        if self._peek() == "[":
            self._at += 1
            degree = self._until("]", depth).strip()
        sign = _ROOTS.get(degree) or f"{_moved(degree, '^')}√"
        inner = self._argument(depth)
        return sign + (inner if _SIMPLE.fullmatch(inner) else f"({inner})")

    def _edge(self, name: str, depth: int) -> str:
        kind = self._argument(depth).rstrip("*")
        if name == "end":
            return _CLOSE.get(kind, "")
        if kind in {"array", "tabular"} and self._peek() == "{":
            self._argument(depth)  # how its columns stand
        return _OPEN.get(kind, "")


def _moved(inner: str, how: str) -> str:
    """Raised ("^") or lowered ("_")."""
    letters = _RAISED if how == "^" else _LOWERED
    if inner in {"∘", "°"}:
        return "°"
    if inner == "′" * len(inner):
        return inner
    if all(letter in letters for letter in inner):
        return "".join(letters[letter] for letter in inner)
    return f"{how}{inner}" if len(inner) == 1 else f"{how}({inner})"


def _fraction(above: str, below: str) -> str:
    part = _PARTS.get((above, below))
    if part is not None:
        return part
    both = (one if _SIMPLE.fullmatch(one) else f"({one})" for one in (above, below or "…"))  # cut there
    return "/".join(both)
