"""Answer-sheet pages: storage, checking, rendering and the files on this computer."""
