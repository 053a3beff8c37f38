"""What docker-compose.yml mounts: keys, passwords, the broker's definitions, the databases, each program's secrets.

Everything is written into var/compose/, a folder that only its owner may enter; the files in it may be read by all,
because each container reads them as a user of its own.
"""

from __future__ import annotations

from pathlib import Path

from ops.generate import descriptions, keys, topology
from ops.layout import GATEWAY, ROOT, SERVICES, Layout

FOLDER = ROOT / "var" / "compose"
BROKER_CONFIG = """\
load_definitions = /etc/rabbitmq/zhaohui.json
heartbeat = 10
"""
SUPERUSER = "postgres"


def write(folder: Path = FOLDER) -> int:
    """Write everything; keys and passwords that exist already are kept. Returns the exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    layout = Layout(folder, 0, 0, 0, 0)
    at_broker = keys.make(layout)
    at_database = keys.passwords(layout.keys / "databases.json", (*SERVICES, GATEWAY, SUPERUSER))
    (layout.keys / "postgres.password").write_text(at_database[SUPERUSER])
    with descriptions.scratch_layout() as scratch:
        topologies = [
            topology.service_topology(name, scratch.python, descriptions.environment(scratch, name))
            for name in SERVICES
        ]
    topology.write(folder / "definitions.json", topologies, at_broker)
    (folder / "rabbitmq.conf").write_text(BROKER_CONFIG)
    (folder / "databases.sql").write_text(databases({name: at_database[name] for name in (*SERVICES, GATEWAY)}))
    for program in (*SERVICES, GATEWAY):
        (folder / f"{program}.env").write_text(secret_variables(program, at_broker[program], at_database[program]))
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    print(f"已写入 written: {folder}")
    return 0


def databases(passwords: dict[str, str]) -> str:
    """SQL for an empty PostgreSQL: a database and a user for each program; no other user may connect to it."""
    lines = []
    for name, password in passwords.items():
        lines += [
            f"CREATE ROLE {name} LOGIN PASSWORD '{password}';",
            f"CREATE DATABASE {name} OWNER {name};",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;",
        ]
    return "\n".join(lines) + "\n"


def secret_variables(program: str, at_broker: str, at_database: str) -> str:
    """The variables of a program that hold a password."""
    return (
        f"DATABASE_URL=postgresql+psycopg2://{program}:{at_database}@database:5432/{program}\n"
        f"AMQP_URL=amqp://{program}:{at_broker}@broker:5672//\n"
    )
