"""How the program looks: palettes on Fusion, the bundled face, the grid, and icons in the palette's colours.

Red is ink and danger only, amber is "soon", green is "done", and there is one accent colour. The page is the
brightest thing on the screen in every palette. A colour is never the only sign of a state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast, get_args

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from mv_desktop.core.errors import SetupError
from mv_desktop.core.paths import resource

GRID = 4
"""All distances are multiples of this many pixels."""

FONT_FAMILY = "Mukta"
_FONT_FILES = ("Mukta-Regular.ttf", "Mukta-Medium.ttf", "Mukta-SemiBold.ttf")
_POINT_SIZE = 10.0

ThemeName = Literal["light", "dark", "contrast"]
ThemeChoice = Literal["system", "light", "dark", "contrast"]
TextScale = Literal["normal", "large", "largest"]
ColorRole = Literal["text", "muted", "accent", "danger", "soon", "done", "on_accent", "on_skeleton"]

TEXT_SCALES: dict[TextScale, float] = {"normal": 1.0, "large": 1.2, "largest": 1.45}
"""The three text sizes, as factors."""


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one palette, as ``#rrggbb``.

    Attributes:
        window: behind panels and bars; base: behind lists and fields; raised: buttons and cards.
        text, muted: writing, and writing that stands back.
        border: lines between things; outline: the edge of a control.
        accent, on_accent: the one accent colour, also as writing, and writing on it.
        selection, on_selection: a selected row.
        danger, soon, done: writing and icons of these states; the tints are badges' backgrounds for them.
        canvas, on_canvas: behind the pages, and writing there; page_edge: the line around a page.
        skeleton, on_skeleton: a page that is not there, and writing on it.
    """

    window: str
    base: str
    raised: str
    text: str
    muted: str
    border: str
    outline: str
    accent: str
    on_accent: str
    selection: str
    on_selection: str
    danger: str
    danger_tint: str
    soon: str
    soon_tint: str
    done: str
    done_tint: str
    canvas: str
    on_canvas: str
    page_edge: str
    skeleton: str
    on_skeleton: str


PALETTES: dict[ThemeName, Colors] = {
    "light": Colors(
        window="#e8eaed",
        base="#f5f6f7",
        raised="#eff1f3",
        text="#1a1d21",
        muted="#4f5761",
        border="#cfd3d9",
        outline="#7b838f",
        accent="#1b5cab",
        on_accent="#ffffff",
        selection="#cfe0f5",
        on_selection="#10294a",
        danger="#ad0f1b",
        danger_tint="#f7dcdd",
        soon="#7d4a00",
        soon_tint="#f8e6c6",
        done="#17633a",
        done_tint="#d6ecdd",
        canvas="#c3c8cf",
        on_canvas="#30363e",
        page_edge="#a7aeb8",
        skeleton="#eceef0",
        on_skeleton="#4a525c",
    ),
    "dark": Colors(
        window="#22252a",
        base="#1b1d21",
        raised="#2b2f35",
        text="#e3e6ea",
        muted="#a9b1bc",
        border="#3a3f47",
        outline="#767e8a",
        accent="#7fb2f5",
        on_accent="#0c1a2b",
        selection="#2c4a70",
        on_selection="#f2f6fb",
        danger="#ff938d",
        danger_tint="#4a2426",
        soon="#f2bd5e",
        soon_tint="#45361a",
        done="#79d199",
        done_tint="#1f3d2b",
        canvas="#141619",
        on_canvas="#a9b1bc",
        page_edge="#000000",
        skeleton="#d5d8dc",
        on_skeleton="#3b424b",
    ),
    "contrast": Colors(
        window="#000000",
        base="#000000",
        raised="#000000",
        text="#ffffff",
        muted="#f0f0f0",
        border="#9a9a9a",
        outline="#ffffff",
        accent="#5ccbff",
        on_accent="#000000",
        selection="#5ccbff",
        on_selection="#000000",
        danger="#ffa39e",
        danger_tint="#3a0000",
        soon="#ffd166",
        soon_tint="#332400",
        done="#7df0a5",
        done_tint="#00290f",
        canvas="#000000",
        on_canvas="#ffffff",
        page_edge="#ffffff",
        skeleton="#e6e6e6",
        on_skeleton="#111111",
    ),
}

ON_PAPER = PALETTES["light"].accent
"""The accent colour for what is drawn over a page: paper is white in every palette."""

_BRIGHT = 0.5
_ICON_SIZES = (16, 20, 24, 32)


@dataclass(frozen=True, slots=True)
class Theme:
    """What `apply_theme` made of the application.

    Attributes:
        name: which palette.
        colors: its colours.
        scale: the text size.
    """

    name: ThemeName
    colors: Colors
    scale: TextScale

    def color(self, role: ColorRole) -> QColor:
        """The colour of a kind of writing or icon."""
        return QColor(cast(str, getattr(self.colors, role)))

    def icon(self, name: str, role: ColorRole = "text") -> QIcon:
        """The icon ``resources/icons/<name>.svg`` in this palette's colours.

        Raises:
            SetupError: there is no such icon.
        """
        colors = self.colors
        return _icon(name, getattr(colors, role), _blend(colors.muted, colors.window), colors.on_selection)

    def pixmap(self, name: str, size: int, role: ColorRole = "text", ratio: float = 1.0) -> QPixmap:
        """One icon as a picture of `size` logical pixels for a screen of `ratio` pixels each.

        Raises:
            SetupError: there is no such icon.
        """
        return _pixmap(name, getattr(self.colors, role), size, ratio)

    def font(self, factor: float = 1.0, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The face at `factor` times the normal text size, with figures of one width."""
        _load_fonts()  # paths of letters are kept by family: the first must be of that face already
        font = QFont(FONT_FAMILY)
        font.setPointSizeF(_POINT_SIZE * TEXT_SCALES[self.scale] * factor)
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font


def make_application(program: str, arguments: Sequence[str] = ()) -> QApplication:
    """Qt's application object, in the style of all our themes from its beginning.

    `setStyle` answers with a style, and for that PySide makes its class ready with some five hundred names: the window
    would wait for it.
    """
    app = QApplication([program, "-style", _FUSION_NAME, *arguments])
    app.setProperty(_FUSION, True)
    return app


def apply_theme(app: QApplication, choice: ThemeChoice = "system", scale: TextScale = "normal") -> Theme:
    """Dress the whole application; may be called again at any time, and open windows follow.

    Args:
        app: the application.
        choice: a palette, or "system" for the desktop's own preference.
        scale: the text size.

    Raises:
        SetupError: a font or the style sheet is missing from the installation.
    """
    _load_fonts()
    theme = Theme(_resolved(choice), PALETTES[_resolved(choice)], scale)
    app.setProperty(_PROPERTY, f"{theme.name} {theme.scale}")  # first: widgets ask for it when they hear of the rest
    if not app.property(_FUSION):
        app.setStyle(_FUSION_NAME)
        app.setProperty(_FUSION, True)
    app.setPalette(_palette(theme.colors))
    app.setFont(theme.font())
    app.setStyleSheet("".join(_style_sheet(name, theme.colors) for name in _STYLES.get(theme.name, _STYLE)))
    return theme


def current_theme() -> Theme:
    """What the running application wears, for a widget that follows a change (`QEvent.PaletteChange`).

    Light and normal while `apply_theme` was not called.
    """
    app = QApplication.instance()
    worn = app.property(_PROPERTY) if app is not None else None
    return _theme(worn if isinstance(worn, str) else "light normal")


def text_factor() -> float:
    """By how much text is larger than normal, for what is not written in the application's font."""
    return TEXT_SCALES[current_theme().scale]


def spacing(steps: int) -> int:
    """A distance of `steps` on the grid, in pixels."""
    return GRID * steps


def contrast(first: str, second: str) -> float:
    """The contrast of two colours by WCAG 2: 1 (none) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def desktop_theme() -> ThemeName:
    """The palette that the desktop asks for now."""
    return _resolved("system")


def follow_desktop(changed: Callable[[], object]) -> None:
    """Call `changed` whenever the desktop turns dark or light, or asks for high contrast or no more."""
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.connect(changed)
    accessibility = getattr(hints, "accessibility", lambda: None)()
    if accessibility is not None:
        accessibility.contrastPreferenceChanged.connect(changed)


# -- private -------------------------------------------------------------------------------------------------

_PROPERTY = "mv_theme"
_FUSION, _FUSION_NAME = "mv_fusion", "Fusion"
_STYLE = ("application.qss",)
_STYLES: dict[ThemeName, tuple[str, ...]] = {"contrast": (*_STYLE, "contrast.qss")}
"""Fusion draws edges a little darker than the window, which on black is nothing."""


@cache
def _theme(worn: str) -> Theme:
    """What the property of the application says."""
    name, scale = worn.split(" ")
    return Theme(cast(ThemeName, name), PALETTES[cast(ThemeName, name)], cast(TextScale, scale))


def _resolved(choice: ThemeChoice) -> ThemeName:
    if choice != "system":
        return choice
    hints = QGuiApplication.styleHints()
    contrast_wanted = getattr(getattr(hints, "accessibility", lambda: None)(), "contrastPreference", None)
    if contrast_wanted is not None and contrast_wanted().value == 1:
        return "contrast"
    return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"


@cache
def _load_fonts() -> None:
    for name in _FONT_FILES:
        if QFontDatabase.addApplicationFont(str(resource("fonts", name))) < 0:
            raise SetupError(
                f"This installation is incomplete: its font {name} cannot be used.", remedy="Install the program again."
            )


def _palette(colors: Colors) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, value in {
        roles.Window: colors.window,
        roles.WindowText: colors.text,
        roles.Base: colors.base,
        roles.AlternateBase: colors.raised,
        roles.Text: colors.text,
        roles.PlaceholderText: colors.muted,
        roles.Button: colors.raised,
        roles.ButtonText: colors.text,
        roles.BrightText: colors.on_accent,
        roles.Highlight: colors.selection,
        roles.HighlightedText: colors.on_selection,
        roles.Accent: colors.accent,
        roles.Link: colors.accent,
        roles.LinkVisited: colors.accent,
        roles.ToolTipBase: colors.raised,
        roles.ToolTipText: colors.text,
        roles.Light: colors.raised,
        roles.Midlight: colors.raised,
        roles.Mid: colors.border,
        roles.Dark: colors.outline,
        roles.Shadow: colors.page_edge,
    }.items():
        palette.setColor(role, QColor(value))
    disabled = QColor(_blend(colors.muted, colors.window))
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, disabled)
    return palette


def _style_sheet(name: str, colors: Colors) -> str:
    """The few things that Fusion does not take from the palette.

    ``@name`` is a colour, ``@folder`` where it stands, ``@tick`` the tick that is seen on the accent colour.
    """
    path = resource("styles", name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SetupError(
            f"This installation is incomplete: {path.name} cannot be read.", remedy="Install the program again."
        ) from error
    text = text.replace("@folder", path.parent.as_posix())
    text = text.replace("@tick", "tick-light" if _luminance(colors.on_accent) > _BRIGHT else "tick-dark")
    for color in sorted(Colors.__slots__, key=len, reverse=True):
        text = text.replace(f"@{color}", getattr(colors, color))
    return text


@cache
def _svg(name: str) -> str:
    path = resource("icons", f"{name}.svg")
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SetupError(
            f"This installation is incomplete: its icon “{name}” is missing.", remedy="Install the program again."
        ) from error


@cache
def _pixmap(name: str, color: str, size: int, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", color).encode()))
    side = round(size * ratio)
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@cache
def _icon(name: str, color: str, disabled: str, selected: str) -> QIcon:
    icon = QIcon()
    for size in _ICON_SIZES:
        for ratio in (1.0, 2.0):
            icon.addPixmap(_pixmap(name, color, size, ratio), QIcon.Mode.Normal)
            icon.addPixmap(_pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
            icon.addPixmap(_pixmap(name, selected, size, ratio), QIcon.Mode.Selected)
    return icon


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _blend(front: str, back: str) -> str:
    """`front` at half strength on `back`: what cannot be used just now."""
    mixed = ((f + b) // 2 for f, b in zip(_channels(front), _channels(back), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


THEME_CHOICES: tuple[ThemeChoice, ...] = get_args(ThemeChoice)
