"""The judgement of intake that a rulebook cannot hold: pure Python, no session, no broker, no I/O."""
