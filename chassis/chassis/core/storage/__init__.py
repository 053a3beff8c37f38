"""The database of a service: tables, roots, outbox, leases, number series, migrations."""
