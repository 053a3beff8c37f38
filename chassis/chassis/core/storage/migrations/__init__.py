"""Migrations of the chassis's own tables: a branch that every service's branch stands beside."""
