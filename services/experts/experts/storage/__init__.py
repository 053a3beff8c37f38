"""The pool as rows that the draw can ask: tables, queries, migrations."""
