"""The guide and the other pages: their links lead somewhere, and the guide knows every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from mv_desktop.ui.actions import COMMANDS, Command, Scope
from tools.guide_keys import PAGE, with_tables

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SCREENS = ("sign-in", "queue", "marking", "submitting", "sync", "preferences-and-keys")
LARGEST_PICTURE = {(1366, 768): 250 * 1024, (1920, 1080): 500 * 1024}
"""Of a small screen, and of a large one."""

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


def links(page: Path) -> list[str]:
    """Where the links and pictures of a page lead, without those to the web."""
    without_code = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [link for link in _LINK.findall(without_code) if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as links spell them."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def pictures() -> list[str]:
    """What the guide shows, as its pages spell it."""
    return sorted({link for page in GUIDE.glob("*.md") for link in links(page) if link.endswith(".png")})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_there_is_a_page_for_every_screen_and_the_first_page_links_it():
    assert {f"{name}.md" for name in SCREENS} <= set(links(GUIDE / "README.md"))


@pytest.mark.parametrize("picture", pictures())
def test_pictures_are_of_a_whole_screen_and_quick_to_load(picture):
    path = GUIDE / picture
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert image.size == ((1920, 1080) if path.stem.endswith("-large") else (1366, 768))
        assert path.stat().st_size < LARGEST_PICTURE[image.size]


def test_no_picture_lies_about_that_nothing_shows():
    lying = {f"images/{path.name}" for path in (GUIDE / "images").iterdir()}
    assert lying - set(pictures()) == set()


@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if c.scope is Scope.MARKING], ids=lambda command: command.command_id
)
def test_the_guide_names_every_command_of_marking_with_its_key(command: Command):
    page = (GUIDE / "preferences-and-keys.md").read_text(encoding="utf-8")
    rows = [row for row in page.splitlines() if row.startswith("|") and row.endswith(f"| {command.text} |")]
    assert any(f"**{command.keys[0]}**" in row for row in rows)


def test_the_pages_on_marking_and_submitting_tell_every_key_of_marking():
    told = "".join((GUIDE / name).read_text(encoding="utf-8") for name in ("marking.md", "submitting.md"))
    marking = [command for command in COMMANDS if command.scope is Scope.MARKING]
    assert [c.command_id for c in marking if f"**{c.keys[0]}**" not in told] == []


def test_the_tables_of_keys_are_those_of_the_program():
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page) == page, "write them anew: .venv/bin/python tools/guide_keys.py"
