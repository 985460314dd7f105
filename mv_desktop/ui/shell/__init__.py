"""The main window, sign-in and what surrounds the screens."""
