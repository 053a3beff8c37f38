"""`python -m gateway migrate|sample|run|health|openapi`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

from chassis.client import RpcClient
from chassis.core.errors import ConfigurationFault
from gateway import database
from gateway.api.contract import own_document
from gateway.config import Config, read
from gateway.openapi import document
from gateway.sample import loader
from gateway.services import Services


def main(arguments: list[str] | None = None) -> int:
    """Run one command; every fault of the configuration is a line on standard error, and the exit code 2."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "openapi":
            return _openapi(options.descriptions, options.out)
        config = read()
        commands = {"migrate": _migrate, "sample": _sample, "run": _run, "health": _health}
        return commands[options.command](config)
    except ConfigurationFault as fault:
        for line in fault.faults:
            print(f"gateway: {line}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway", description="The gateway: accounts, HTTP API, pages.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("migrate", help="bring the accounts database to the present schema")
    commands.add_parser("sample", help="load the sample province and print its logins; refused in production")
    commands.add_parser("run", help="serve, by gunicorn, on LISTEN")
    commands.add_parser("health", help="ask a running gateway whether it is ready; exit code 1 when it is not")
    openapi = commands.add_parser("openapi", help="write the OpenAPI document")
    openapi.add_argument(
        "--descriptions", type=Path, help="folder of <service>.json, each from `python -m <service> describe`"
    )
    openapi.add_argument("--out", type=Path, help="file to write; standard output when absent")
    return parser


def _migrate(config: Config) -> int:
    database.migrate(database.open_database(config.database_url))
    return 0


def _sample(config: Config) -> int:
    accounts = loader.load(config, database.open_database(config.database_url))
    for account in accounts:
        print(f"{account['username']:<20} {account['name']}（{account['organisation']}）{account['posts']}")
    print(f"密码 password: {loader.PASSWORD}")
    return 0


def _run(config: Config) -> int:
    command = [
        "-m",
        "gunicorn",
        "--worker-class",
        "gthread",
        "--workers",
        str(config.workers),
        "--threads",
        str(config.threads),
    ]
    os.execv(
        sys.executable,
        [sys.executable, *command, "--bind", config.listen, "--timeout", "60", "gateway.wsgi:application"],
    )


def _health(config: Config) -> int:
    try:
        with urllib.request.urlopen(f"http://{config.listen}/readyz", timeout=10) as answer:
            body, status = answer.read(), answer.status
    except urllib.error.HTTPError as error:
        body, status = error.read(), error.code
    except OSError as fault:
        print(f"gateway: no answer on {config.listen}: {fault}", file=sys.stderr)
        return 1
    print(body.decode())
    return 0 if status == 200 else 1


def _openapi(folder: Path | None, out: Path | None) -> int:
    """Write the document: from descriptions in files, or else from the running services."""
    if folder is not None:
        descriptions = {
            path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))
        }
        contract = document(own_document(), descriptions)
    else:
        config = read()
        services = Services(RpcClient(config.amqp_url), names=config.services)
        contract = document(own_document(), *services.descriptions())
    text = json.dumps(contract, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
