"""The commands of who marks a script a second time: a part of the one table in `ui/actions.py`."""

from __future__ import annotations

from mv_desktop.ui.command import TEACHING, Command, Scope


def _second(what: str, text: str, *keys: str) -> Command:
    return Command(f"second.{what}", text, keys, Scope.SECOND, TEACHING)


SECOND_COMMANDS: tuple[Command, ...] = (
    _second("open", "Mark the script a second time", "Enter", "Return"),
    _second("refresh", "Refresh", "F5"),
    _second("put_away", "Put away what is not with you any more", "Del"),
    _second("mark_field", "Type the mark", "M"),
    _second("comment", "Write a comment on the question", "Shift+M"),
    _second("note", "Write to the coordinator", "C"),
    _second("half_more", "Half a mark more", "+"),
    _second("half_less", "Half a mark less", "-"),
    _second("half_and_next", "Half a mark more, and the next question", "H"),
    *(_second(f"step.{n}", f"Step {n} of the scheme: give it, or take it back", f"Ctrl+{n}") for n in range(1, 10)),
    _second("full", "Full marks", "F"),
    _second("zero", "Zero", "0"),
    _second("not_attempted", "Not attempted", "N"),
    _second("follow_stamps", "Back to the sum of the stamps", "="),
    _second("next_question", "Next question", "Tab"),
    _second("previous_question", "Previous question", "Shift+Tab"),
    _second("next_unmarked", "Next question without a mark", "U"),
    _second("model_answer", "Show the model answer, or fold it", "D"),
    _second("question_picture", "Enlarge the picture of the question", "Shift+D"),
    _second("next_page", "Next page", "J"),
    _second("previous_page", "Previous page", "K"),
    _second("first_page", "First page", "Ctrl+Home"),
    _second("last_page", "Last page", "Ctrl+End"),
    _second("fit_width", "Fit the width", "W"),
    _second("fit_page", "Fit the page", "Shift+W"),
    _second("zoom_in", "Zoom in", "Ctrl++", "Ctrl+="),
    _second("zoom_out", "Zoom out", "Ctrl+-"),
    _second("zoom_100", "Actual size (100 %)", "Ctrl+0"),
    _second("rotate", "Turn the page's view", "R"),
    _second("brighten", "Brighter pages, darker ink", "Ctrl+B"),
    _second("brighten_less", "Pages less bright", "Ctrl+Shift+B"),
    _second("undo", "Undo", "Ctrl+Z"),
    _second("redo", "Redo", "Ctrl+Shift+Z", "Ctrl+Y"),
    _second("hand_in", "Check and hand in", "Ctrl+Enter", "Ctrl+Return"),
    _second("decline", "Hand the marking back …", "B"),
    _second("back", "Back to the list, or to the queue", "Esc"),
)
