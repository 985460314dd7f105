"""What the hand does besides the keys of the table: told on the key sheet, and not to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mv_desktop.ui.command import Scope


@dataclass(frozen=True, slots=True)
class Gesture:
    """Something that is done by mouse, finger or a key that the pages need for themselves.

    Attributes:
        how: what the hand does, in English, as it is said on a key.
        text: what comes of it, in English.
    """

    how: str
    text: str


GESTURES: Mapping[Scope, tuple[Gesture, ...]] = {
    Scope.MARKING: (
        Gesture("Space + drag", "Move the pages; so does the middle button"),
        Gesture("Ctrl + wheel", "Zoom about the pointer"),
        Gesture("Drag with a stamp", "Box what you mean, with the stamp in the margin"),
        Gesture("Alt + drag", "Carry a stamp to where you let go"),
        Gesture("Shift + drag", "Straight lines, squares, circles"),
        Gesture("Shift + click", "Select one more, or one less"),
        Gesture("Alt + click", "Select one part of what was made in one go"),
        Gesture("Double click", "Write on in a note"),
        Gesture("Right click", "On a page or a question: what can be done there"),
        Gesture("Arrow keys", "Move the point where keys stamp, or what is selected"),
        Gesture("Shift + arrow keys", "The same by small steps"),
        Gesture("Alt + arrow keys", "Move the point although something is selected"),
        Gesture("Ctrl + Shift + arrow keys", "Make what is selected larger or smaller"),
        Gesture("Enter key", "Use the tool in hand at that point: begin, and end"),
        Gesture("Shift + Enter key", "Begin a stamp’s box, or a note’s frame, there"),
    ),
}
"""By the screen on which they mean something."""
