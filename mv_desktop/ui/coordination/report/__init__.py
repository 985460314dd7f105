"""Reports: promises kept, volumes, pace and questions that stand out, as charts, tables and files."""
