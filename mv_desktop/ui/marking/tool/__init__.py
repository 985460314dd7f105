"""The tools: the strip above the pages and the box beside them."""
