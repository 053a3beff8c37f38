"""Stubs of services and the gateway, so that the runner is tested without them."""

from __future__ import annotations

from pathlib import Path

SERVICE = """
import json, os, sys, urllib.parse
import amqp

def connect():
    url = urllib.parse.urlsplit(os.environ["AMQP_URL"])
    return amqp.Connection(f"{url.hostname}:{url.port}", userid=url.username, password=url.password)

def run():
    connection = connect()
    connection.connect()
    channel = connection.channel()
    channel.queue_declare("rpc-NAME", durable=True, auto_delete=False)
    channel.basic_consume("rpc-NAME", callback=lambda message: None)
    print("NAME serves", flush=True)
    while True:
        connection.drain_events()

command = sys.argv[1]
if command == "topology":
    print(json.dumps({"service": "NAME", "listens": ["other.case"]}))
elif command == "migrate":
    with open(os.environ["DATABASE_URL"].removeprefix("sqlite:///"), "a") as database:
        database.write("migrated\\n")
elif command == "run":
    BEFORE_RUN
    run()
"""

GATEWAY = """
import os

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [os.environ["PROFILE"].encode()]
"""

GATEWAY_COMMANDS = """
import os, sys
if sys.argv[1] == "run":
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--bind", os.environ["LISTEN"], "gateway.wsgi"])
if sys.argv[1] not in ("migrate", "sample"):
    sys.exit("unknown command")
"""


def write(folder: Path, *services: str, before_run: str = "pass") -> str:
    """Write the stubs; `before_run` is a Python statement that each service executes first in `run`. Returns a PYTHONPATH."""
    for name in services:
        package = folder / name
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(SERVICE.replace("NAME", name).replace("BEFORE_RUN", before_run))
    gateway = folder / "gateway"
    gateway.mkdir()
    (gateway / "__init__.py").touch()
    (gateway / "wsgi.py").write_text(GATEWAY)
    (gateway / "__main__.py").write_text(GATEWAY_COMMANDS)
    return str(folder)
