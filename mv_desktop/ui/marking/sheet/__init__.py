"""The mark sheet: a row a question, and the scheme of the current one."""
