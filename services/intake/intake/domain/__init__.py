"""The judgement of intake that a rulebook cannot hold: pure Python, no database, no broker, no I/O."""
