"""The page view: a script's pages in a column, and the ink on them."""
