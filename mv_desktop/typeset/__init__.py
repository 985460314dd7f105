"""Formulas as SVG, typeset by ziamath in a child process."""
