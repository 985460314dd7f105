"""The page on which a person changes the keys: every command by place, with a filter, and its keys below."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.ui.actions import BY_ID, COMMANDS, SCOPE_TITLES, KeyMap, Scope, native
from mv_desktop.ui.command import TEACHING
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.command_palette import matches
from mv_desktop.ui.widgets.tone_label import ToneLabel

_ID = Qt.ItemDataRole.UserRole


class _CommandList(QTreeWidget):
    """The arrow keys go from command to command, over the headings between them."""

    def moveCursor(self, action: QTreeWidget.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        index = super().moveCursor(action, modifiers)
        if not index.isValid() or index.data(_ID):
            return index
        up = action in {QTreeWidget.CursorAction.MoveUp, QTreeWidget.CursorAction.MovePrevious}
        beyond = self.indexAbove(index) if up else self.indexBelow(index)
        return beyond if beyond.isValid() else self.currentIndex()


class KeyPage(QWidget):
    """Every command and its keys; a change holds at once and can be taken back.

    Args:
        keys: the keys as they are now.
        roles: whose commands are listed.

    Signals:
        changed(KeyMap): these are the keys now.
    """

    changed = Signal(object)

    def __init__(self, keys: KeyMap, roles: frozenset[str] = TEACHING, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._before: list[KeyMap] = []
        self._commands = [command for command in COMMANDS if roles & command.roles]
        self._items: dict[str, QTreeWidgetItem] = {}
        self._groups: dict[Scope, QTreeWidgetItem] = {}
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText(tr("Search a command or a key"))
        self._filter.setAccessibleName(tr("Search a command or a key"))
        self._filter.textChanged.connect(self._on_filter_changed)
        self._filter.installEventFilter(self)
        self._list = self._build_list()
        self._name = QLabel(self)
        self._name.setFont(current_theme().font(weight=QFont.Weight.DemiBold))
        self._name.setWordWrap(True)
        self._told = ToneLabel("", "danger", self)
        self._told.setWordWrap(True)
        self._told.hide()
        self._chips = QHBoxLayout()
        self._chips.setSpacing(spacing(1))
        self._add = self._button(tr("Add a key …"), self._on_add_clicked)
        self._reset = self._button(tr("Its usual keys"), self._on_reset_clicked)
        self._undo = self._button(tr("Undo"), self._on_undo_clicked)
        self._reset_all = self._button(tr("All usual keys"), self._on_reset_all_clicked)
        self._build()
        self._fill()
        self._list.setCurrentItem(next(iter(self._items.values())))

    @property
    def keys(self) -> KeyMap:
        """The keys as they are now."""
        return self._keys

    def select(self, command_id: str) -> None:
        """Go to a command.

        Raises:
            KeyError: it is not listed.
        """
        self._list.setCurrentItem(self._items[command_id])

    # -- construction ----------------------------------------------------------------------------------------

    def _build_list(self) -> QTreeWidget:
        tree = _CommandList(self)
        tree.setAccessibleName(tr("Commands and their keys"))
        tree.setColumnCount(3)
        tree.setHeaderLabels([tr("Command"), tr("Keys"), ""])
        tree.setRootIsDecorated(False)
        tree.setItemsExpandable(False)
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.setIndentation(spacing(3))
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        tree.currentItemChanged.connect(self._on_list_current_changed)
        tree.itemDoubleClicked.connect(self._on_add_clicked)
        tree.installEventFilter(self)
        return tree

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(spacing(1))
        row.addWidget(self._add)
        row.addWidget(self._reset)
        row.addStretch(1)
        row.addWidget(self._undo)
        row.addWidget(self._reset_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, spacing(2), 0, 0)
        layout.setSpacing(spacing(2))
        layout.addWidget(self._filter)
        layout.addWidget(self._told)
        layout.addWidget(self._list, 1)
        head = QHBoxLayout()
        head.setSpacing(spacing(2))
        head.addWidget(self._name, 1)
        head.addLayout(self._chips)
        layout.addLayout(head)
        layout.addLayout(row)

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    # -- what is shown ---------------------------------------------------------------------------------------

    def _fill(self) -> None:
        for scope in Scope:
            commands = [command for command in self._commands if command.scope is scope]
            if not commands:
                continue
            self._groups[scope] = group = QTreeWidgetItem(self._list, [tr(SCOPE_TITLES[scope])])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setFont(0, current_theme().font(weight=QFont.Weight.DemiBold))
            for command in commands:
                item = QTreeWidgetItem(group, [tr(command.text)])
                item.setData(0, _ID, command.command_id)
                self._items[command.command_id] = item
        self._list.expandAll()
        self._tell()

    def _tell(self) -> None:
        """Say the keys of every command, and which of them mean two."""
        conflicts = self._keys.conflicts()
        both: dict[str, str] = {}
        for found in conflicts:
            for one, other in ((found.first, found.second), (found.second, found.first)):
                both[one.command_id] = tr("{key}: also “{command}”", key=native(found.key), command=tr(other.text))
        for name, item in self._items.items():
            item.setText(1, "  ".join(self._shown(name)))
            told = both.get(name, tr("changed") if self._keys.is_changed(name) else "")
            item.setText(2, told)
            item.setIcon(2, current_theme().icon("warning", "danger") if name in both else current_theme().icon("info"))
            if not told or name not in both:
                item.setData(2, Qt.ItemDataRole.DecorationRole, None)
        count = len(conflicts)
        self._told.setText(
            tr_count(
                "{count} key gives two commands, so neither works.",
                "{count} keys give two commands each, which do not work.",
                count,
            )
        )
        self._told.setVisible(bool(count))
        self._undo.setEnabled(bool(self._before))
        self._reset_all.setEnabled(any(self._keys.is_changed(command.command_id) for command in COMMANDS))

    def _shown(self, command_id: str) -> list[str]:
        """The keys of a command as this computer spells them; Enter's second name is not worth a word."""
        keys = self._keys.keys(command_id)
        return [native(key) for key in keys if not (key.endswith("Return") and len(keys) > 1)]

    def _show_current(self) -> None:
        while (item := self._chips.takeAt(0)) is not None:
            if (chip := item.widget()) is not None:
                chip.hide()
                chip.deleteLater()
        name = self._current()
        self._name.setText("" if name is None else tr(BY_ID[name].text))
        self._add.setEnabled(name is not None)
        self._reset.setEnabled(name is not None and self._keys.is_changed(name))
        if name is None:
            return
        keys = self._keys.keys(name)
        for key in [key for key in keys if not (key.endswith("Return") and len(keys) > 1)]:
            chip = self._button(native(key), partial(self._on_chip_clicked, key))
            chip.setIcon(current_theme().icon("close"))
            chip.setToolTip(tr("Take {key} away from this command", key=native(key)))
            chip.setAccessibleName(chip.toolTip())
            self._chips.addWidget(chip)
        before: QWidget = self._list
        for number in range(self._chips.count()):
            chip_item = self._chips.itemAt(number)
            widget = None if chip_item is None else chip_item.widget()
            if widget is not None:
                QWidget.setTabOrder(before, widget)
                before = widget
        QWidget.setTabOrder(before, self._add)

    def _current(self) -> str | None:
        item = self._list.currentItem()
        name = None if item is None or item.isHidden() else item.data(0, _ID)
        return str(name) if name else None

    def _use(self, keys: KeyMap, *, remember: bool = True) -> None:
        if remember:
            self._before.append(self._keys)
        self._keys = keys
        self._tell()
        self._show_current()
        self.changed.emit(keys)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_filter_changed(self, typed: str) -> None:
        fitting = {
            name: item
            for name, item in self._items.items()
            if matches(f"{item.text(0)} {item.text(1)} {item.text(2)}", typed)
        }
        for name, item in self._items.items():
            item.setHidden(name not in fitting)
        for scope, group in self._groups.items():
            group.setHidden(not any(BY_ID[name].scope is scope for name in fitting))
        first = next(iter(fitting.values()), None)
        if first is not None and self._current() is None:
            self._list.setCurrentItem(first)
        self._show_current()

    def _on_list_current_changed(self, *_: object) -> None:
        self._show_current()

    def _on_add_clicked(self, *_: object) -> None:
        name = self._current()
        if name is None:
            return
        from mv_desktop.ui.shell.key_catcher import KeyCatcher

        catcher = KeyCatcher(name, self._keys, self)
        catcher.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        catcher.caught.connect(partial(self._on_catcher_caught, name))
        catcher.open()

    def _on_catcher_caught(self, command_id: str, key: str) -> None:
        self._use(self._keys.given(command_id, key))

    def _on_chip_clicked(self, key: str, *_: object) -> None:
        name = self._current()
        if name is not None:
            self._use(self._keys.taken(name, key))
            self._add.setFocus()

    def _on_reset_clicked(self, *_: object) -> None:
        name = self._current()
        if name is not None:
            self._use(self._keys.reset(name))
            self._add.setFocus()

    def _on_reset_all_clicked(self, *_: object) -> None:
        self._use(self._keys.reset_all())
        self._undo.setFocus()

    def _on_undo_clicked(self, *_: object) -> None:
        if self._before:
            self._use(self._before.pop(), remember=False)

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._on_add_clicked()
            return True
        if watched is self._filter and key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._list.setFocus()
            return True
        return False
