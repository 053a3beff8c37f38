"""Measurements: `python -m tests.bench http|rpc|relay|subscriber`, each beside a bare baseline in the same run."""
