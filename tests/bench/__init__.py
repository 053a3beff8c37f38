"""Measurements: `python -m tests.bench rpc|relay|subscriber`, each beside something raw in the same run."""
