"""Ruler and protractor: instruments that lie on the pages and are no part of the script."""
