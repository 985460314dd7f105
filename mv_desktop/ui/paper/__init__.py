"""Papers on paper: questions with their formulas laid out on pages, as PDF, on a printer and on the screen."""
