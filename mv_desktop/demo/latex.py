"""The part of LaTeX that students' answers use, as a tree to be written by hand.

Small on purpose: `demo.handwriting` draws what this file can read; anything else is an error that the tests
find in the question bank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Role = Literal["ordinary", "relation", "operator", "word"]


class UnreadableMathsError(ValueError):
    """A formula that this file cannot read."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One or more characters side by side; `role` decides the space around them."""

    text: str
    role: Role = "ordinary"


@dataclass(frozen=True, slots=True)
class Row:
    """Things side by side."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One thing over another."""

    above: Node
    below: Node


@dataclass(frozen=True, slots=True)
class Root:
    """A root, with its degree where that is not two."""

    body: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A base with something raised, something lowered, or both; `stacked` puts them over and under it."""

    base: Node
    above: Node | None = None
    below: Node | None = None
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Fence:
    """A body between brackets as tall as it is; a bracket may be ""."""

    left: str
    body: Node
    right: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells: a matrix, or cases."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Accent:
    """Something with a hat, a bar or an arrow above."""

    body: Node
    mark: Literal["hat", "bar", "arrow"]


Node: TypeAlias = Symbol | Row | Fraction | Root | Script | Fence | Grid | Accent


def _table(pairs: str) -> dict[str, str]:
    words = pairs.split()
    return dict(zip(words[::2], words[1::2], strict=True))


_SYMBOLS = _table(
    "alpha α beta β gamma γ theta θ lambda λ mu μ pi π sigma σ phi φ omega ω Delta Δ infty ∞ triangle △ angle ∠ "
    "ldots ... cdots ... dots ... therefore ∴ because ∵ prime ' degree ° % % $ $ { { } } # # & & lvert | rvert | "
    "vert | mid | varnothing ∅ emptyset ∅ partial ∂ forall ∀ exists ∃"
)
_RELATIONS = _table(
    "le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ in ∈ notin ∉ to → rightarrow → Rightarrow ⇒ implies ⇒ parallel ∥ perp ⊥ "
    "sim ∼ cong ≅ subset ⊂ subseteq ⊆ equiv ≡ approx ≈ iff ⇔ Leftrightarrow ⇔ lt < gt >"
)
# a raised ring is a degree sign, one between functions their composition
_OPERATORS = _table("times × cdot · div ÷ pm ± mp ∓ cap ∩ cup ∪ circ ∘ setminus −")
_WORDS = frozenset(
    "sin cos tan cot sec csc cosec log ln lim max min arcsin arccos arctan det adj exp deg".split()  # noqa: SIM905
)
_LARGE = _table("int ∫ sum ∑")
_SPACES = {",": " ", ";": " ", ":": " ", " ": " ", "quad": "  ", "qquad": "   ", "!": ""}
_FENCES = {"lvert": "|", "rvert": "|", "vert": "|", "{": "{", "}": "}", "|": "|", "lbrace": "{", "rbrace": "}"}
_ENVIRONMENTS = {
    "bmatrix": ("[", "]"),
    "vmatrix": ("|", "|"),
    "pmatrix": ("(", ")"),
    "matrix": ("", ""),
    "cases": ("{", ""),
    "array": ("", ""),
    "aligned": ("", ""),
}
_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)


def parse(formula: str) -> Row:
    """The tree of `formula`, which stands without its dollar signs.

    Raises:
        UnreadableMathsError: it holds a command this file does not know, or its braces do not match.
    """
    reader = _Reader(_TOKEN.findall(formula), formula)
    row = reader.row(until=())
    if reader.next is not None:
        raise reader.error(f"unexpected {reader.next}")
    return row


class _Reader:
    def __init__(self, tokens: Sequence[str], formula: str) -> None:
        self._tokens = list(tokens)
        self._at = 0
        self._formula = formula

    @property
    def next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def error(self, problem: str) -> UnreadableMathsError:
        return UnreadableMathsError(f"{problem} in ${self._formula}$")

    def row(self, until: tuple[str, ...]) -> Row:
        """Everything up to one of the tokens `until`, which stays unread."""
        items: list[Node] = []
        while (token := self.next) is not None and token not in until:
            if token in "^_'" or token.startswith("'"):
                base = items.pop() if items else Symbol("")
                items.append(self._scripts(base))
            elif token == "}":
                break
            elif (node := self._node()) is not None:
                items.append(node)
        return Row(tuple(items))

    def _take(self) -> str:
        token = self.next
        if token is None:
            raise self.error("something is missing at the end")
        self._at += 1
        return token

    def _skip_spaces(self) -> None:
        while self.next is not None and self.next.isspace():
            self._at += 1

    def _expect(self, wanted: str) -> None:
        self._skip_spaces()
        if self._take() != wanted:
            raise self.error(f"{wanted} is missing")

    def _argument(self) -> Node:
        self._skip_spaces()
        token = self.next
        if token is not None and token[0].isdigit() and len(token) > 1:
            # \frac12 takes one digit, not the number
            self._tokens[self._at : self._at + 1] = list(token)
        while (node := self._node()) is None:
            pass
        return node

    def _scripts(self, base: Node) -> Node:
        above: list[Node] = []
        below: Node | None = None
        while self.next is not None and self.next in ("^", "_", "'"):
            token = self._take()
            if token == "'":
                above.append(Symbol("'"))
            elif token == "^":
                above.append(self._argument())
            else:
                below = self._argument()
        large = isinstance(base, Symbol) and (base.text in ("∑", "lim"))
        raised = (above[0] if len(above) == 1 else Row(tuple(above))) if above else None
        return Script(base, raised, below, stacked=large)

    def _node(self) -> Node | None:
        token = self._take()
        if token.isspace():
            return None
        if token == "{":
            body = self.row(until=("}",))
            self._expect("}")
            return body
        if token.startswith("\\"):
            return self._command(token[1:])
        if token in "=<>":
            return Symbol(token, "relation")
        if token in "+-−":
            return Symbol("−" if token == "-" else token, "operator")
        return Symbol("−" if token == "–" else token)

    def _command(self, name: str) -> Node | None:
        if name in _SPACES:
            return Symbol(_SPACES[name])
        if name in ("frac", "dfrac", "tfrac"):
            return Fraction(self._argument(), self._argument())
        if name == "sqrt":
            return self._root()
        if name == "left":
            return self._fence()
        if name == "begin":
            return self._environment()
        if name in ("text", "mathrm", "operatorname", "textbf", "mathbf"):
            return Symbol(self._raw_argument(), "word")
        if name == "mathbb":
            return Symbol({"R": "ℝ"}.get(letter := self._raw_argument(), letter))
        if name in ("vec", "overrightarrow"):
            return Accent(self._argument(), "arrow")
        if name in ("hat", "bar", "overline", "widehat"):
            return Accent(self._argument(), "hat" if name.endswith("hat") else "bar")
        return self._symbol(name)

    def _symbol(self, name: str) -> Node | None:
        if name in _RELATIONS:
            return Symbol(_RELATIONS[name], "relation")
        if name in _SYMBOLS:
            return Symbol(_SYMBOLS[name])
        if name in _OPERATORS:
            return Symbol(_OPERATORS[name], "operator")
        if name in _LARGE:
            return Symbol(_LARGE[name])
        if name in _WORDS:
            return Symbol("cosec" if name == "csc" else name, "word")
        if name in ("limits", "displaystyle", "nolimits"):
            return None
        raise self.error(f"unknown command \\{name}")

    def _root(self) -> Root:
        self._skip_spaces()
        if self.next != "[":
            return Root(self._argument())
        self._take()
        degree = self.row(until=("]",))
        self._expect("]")
        return Root(self._argument(), degree)

    def _fence(self) -> Fence:
        left = self._bracket()
        body = self.row(until=("\\right",))
        self._expect("\\right")
        return Fence(left, body, self._bracket())

    def _bracket(self) -> str:
        self._skip_spaces()
        token = self._take()
        if token == ".":
            return ""
        return _FENCES.get(token.removeprefix("\\"), token)

    def _environment(self) -> Node:
        name = self._raw_argument()
        if name not in _ENVIRONMENTS:
            raise self.error(f"unknown environment {name}")
        if name == "array":
            self._raw_argument()
        rows: list[tuple[Node, ...]] = []
        cells: list[Node] = []
        while True:
            cells.append(self.row(until=("&", "\\\\", "\\end")))
            token = self._take()
            if token == "&":
                continue
            rows.append(tuple(cells))
            cells = []
            if token == "\\end":
                break
        if self._raw_argument() != name:
            raise self.error(f"\\end{{{name}}} is missing")
        rows = [row for row in rows if any(cell != Row(()) for cell in row)]
        left, right = _ENVIRONMENTS[name]
        return Fence(left, Grid(tuple(rows)), right)

    def _raw_argument(self) -> str:
        self._expect("{")
        text = ""
        while (token := self._take()) != "}":
            text += token
        return text
