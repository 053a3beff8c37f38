"""`python -m <service> …`: the commands by which a department runs, checks and repairs its service.

Imports happen inside the commands: `run` and `relay` must be patched by eventlet before anything else is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

EVENTLET_COMMANDS = ("run", "relay")
"""Commands that run under eventlet's monkey patch."""
UNCONFIGURED = ("topology", "contracts")
"""Commands that need the application alone: no keys, no database, no broker."""

Handler = Callable[[Any, Any, argparse.Namespace], int]


def main(package: str, arguments: list[str] | None = None) -> None:
    """Run one command of the service in `package` and exit with its code."""
    argv = sys.argv[1:] if arguments is None else arguments
    if argv and argv[0] in EVENTLET_COMMANDS:
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet

        eventlet.monkey_patch()
    options = _parser(package).parse_args(argv)
    sys.exit(_run(package, options))


def _run(package: str, options: argparse.Namespace) -> int:
    """Load the application and its configuration and run the command; a fault of the deployment is one line on stderr.

    Return the exit code: 2 for a faulty configuration, 1 for a broker or file that cannot be reached or an unknown id,
    else the command's own.
    """
    import importlib

    from chassis.core import config as configuration
    from chassis.core import logs
    from chassis.core.errors import ConfigurationFault

    try:
        application = importlib.import_module(f"{package}.app").application
        if options.command in UNCONFIGURED:
            return int(options.handler(application, None, options))
        config = configuration.load(package, os.environ)
        if options.command in EVENTLET_COMMANDS:
            logs.configure(config.service, config.log_level)
        handler: Handler = options.handler
        return handler(application, config, options)
    except ConfigurationFault as fault:
        for line in fault.faults:
            print(f"{package}: {line}", file=sys.stderr)
        return 2
    except (OSError, LookupError) as fault:
        print(f"{package}: {fault}", file=sys.stderr)
        return 1


def _parser(package: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {package}",
        description=f"The service {package}: run it, check it, repair it.",
        epilog="Configuration: config.yml beside the package, each value from the environment first.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name: str, handler: Handler, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(handler=handler)
        return command

    run = add("run", _serve, "serve: answer calls, receive facts, publish the outbox, watch the clocks, run tasks")
    run.add_argument("--without-relay", action="store_true", help="leave the outbox to `relay` processes (PostgreSQL)")
    add("relay", _relay, "only publish the outbox; any number of these may share one PostgreSQL database")
    _add_migrate(add("migrate", _migrate, "bring the database to the present schema; create it when it is not there"))
    add("check", _check, "check the configuration and the rulebook without starting anything")
    add("describe", _describe, "print what the service describes: kinds, acts, clauses, facts")
    add("topology", _topology, "print what the service listens to, for the broker's definitions")
    contracts = add("contracts", _contracts, "write the service's AsyncAPI and JSON Schemas into a folder")
    contracts.add_argument("folder")
    verify = add("verify", _verify, "verify the hash chain of a root, or of every root of a dossier")
    verify.add_argument("subject", metavar="ROOT_OR_DOSSIER")
    add(
        "health",
        _health,
        "say what is wrong: database, broker, whether a process serves, what waits and what is parked",
    )
    baseline = add(
        "baseline", _baseline, "take a subject's facts from after a sequence: for a service that listens late"
    )
    baseline.add_argument("subject", metavar="SUBJECT", help="id of the other service's root")
    baseline.add_argument("sequence", metavar="SEQUENCE", type=int, help="the last sequence that is not to be taken")
    change = add(
        "change-rulebook", _change_rulebook, "move stored roots to a new edition of their rulebook, as its `moves:` say"
    )
    change.add_argument(
        "edition", metavar="EDITION", help="name of the new edition, which must be loaded beside the one it replaces"
    )
    change.add_argument(
        "--final", action="store_true", help="also the roots that have ended, which otherwise stay as they are"
    )
    add(
        "rebuild",
        _rebuild,
        "write again what lists are read from (duties, readers, words), from the roots; acts may go on meanwhile",
    )
    _add_parked(add("parked", _parked_list, "facts that need a person: list them, show one, replay one or all"))
    return parser


def _add_migrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stage",
        choices=("expand", "migrate", "contract"),
        default="contract",
        help="go only as far as this stage, leaving out what needs the service stopped; `expand`: the earlier release can "
        "go on working; the default: everything",
    )
    parser.add_argument("--plan", action="store_true", help="only print what would be applied")


def _add_parked(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="action")
    actions.add_parser("list", help="list what is parked, oldest first (the default)").set_defaults(
        handler=_parked_list
    )
    show = actions.add_parser("show", help="show one with its body")
    show.add_argument("id")
    show.set_defaults(handler=_parked_show)
    kept = actions.add_parser("kept", help="list the subjects with facts that are kept behind a missing or parked one")
    kept.set_defaults(handler=_parked_kept)
    replay = actions.add_parser("replay", help="put one (or all) back into the events queue and let its subject go on")
    replay.add_argument("id", metavar="ID|all")
    replay.set_defaults(handler=_parked_replay)


def _print(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def _serve(application: Any, config: Any, options: argparse.Namespace) -> int:
    from chassis.host.process import run

    return run(application, config, relay=not options.without_relay)


def _relay(application: Any, config: Any, options: argparse.Namespace) -> int:
    from chassis.host.process import run_relay

    return run_relay(application, config)


def _migrate(application: Any, config: Any, options: argparse.Namespace) -> int:
    """Exit code 1 when a revision could not be applied; those before it are kept, and a further run goes on from there."""
    from contextlib import closing

    from sqlalchemy.exc import DBAPIError

    from chassis.core.storage.migrate import of_service, opened

    migrations = of_service(application.package)
    with closing(opened(config.database_url)) as database:
        planned = migrations.plan(database, options.stage)
        if stops := [revision.id for revision in planned if revision.stop]:
            print(f"{application.name}: no process of the service may run meanwhile, because of {', '.join(stops)}")
        for revision in planned:
            print(f"{application.name}: to apply: {revision}")
        for revision in migrations.plan(database):
            if revision not in planned:
                print(f"{application.name}: left for later: {revision}")
        if options.plan:
            return 0
        try:
            for revision in migrations.apply(database, options.stage):
                print(f"{application.name}: applied {revision.id}", flush=True)
        except DBAPIError as fault:
            print(f"{application.name}: broken off, to be run again: {fault.orig}", file=sys.stderr)
            return 1
    return 0


def _check(application: Any, config: Any, options: argparse.Namespace) -> int:
    """Opening the office checks configuration and rulebooks, then what is stored; a fault raises ConfigurationFault."""
    from sqlalchemy.exc import DBAPIError

    from chassis.core import Office

    office = Office(application, config)
    print(f"{application.name}: configuration and rulebooks are in order: {', '.join(application.registry.books)}")
    try:
        office.check_stored()
        print(f"{application.name}: everything that is stored lives under one of them")
    except DBAPIError as fault:
        print(f"{application.name}: the database was not looked at: {fault.orig}")
    return 0


def _describe(application: Any, config: Any, options: argparse.Namespace) -> int:
    from chassis.core import Office

    _print(Office(application, config).describe({}))
    return 0


def _topology(application: Any, config: Any, options: argparse.Namespace) -> int:
    _print({"service": application.name, "listens": sorted(application.listens())})
    return 0


def _contracts(application: Any, config: Any, options: argparse.Namespace) -> int:
    from chassis.core.contracts.documents import write

    write(application.promises(), options.folder)
    return 0


def _verify(application: Any, config: Any, options: argparse.Namespace) -> int:
    """Exit code 1 when a chain is broken, or the root is not here."""
    from chassis.core import Office, Refusal

    try:
        faults = Office(application, config).verify(options.subject)
    except Refusal as refusal:
        print(f"{options.subject}: {refusal.en}")
        return 1
    for fault in faults:
        print(fault)
    print(f"{options.subject}: {'broken' if faults else 'intact'}")
    return 1 if faults else 0


def _baseline(application: Any, config: Any, options: argparse.Namespace) -> int:
    from chassis.core import Office

    Office(application, config).baseline(options.subject, options.sequence)
    print(f"{application.name}: facts of {options.subject} are taken from {options.sequence + 1} on")
    return 0


def _change_rulebook(application: Any, config: Any, options: argparse.Namespace) -> int:
    """Broken off, it goes on where it stopped."""
    from chassis.core import Office

    moved = 0
    for progress in Office(application, config).change_rulebook(options.edition, final=options.final):
        moved = progress.moved
        print(
            f"{application.name}: {progress.moved} moved, {progress.left} left, {progress.drafts_ended} drafts sent back"
        )
    print(f"{application.name}: {moved} roots live under {options.edition} now")
    return 0


def _rebuild(application: Any, config: Any, options: argparse.Namespace) -> int:
    """Where a serving process has the lease, this one takes over when it ends, some seconds later."""
    import time

    from chassis.core import Office

    office, rewritten = Office(application, config), 0
    office.rebuild.restart()
    while not office.rebuild.done():
        written = office.rebuild_projections()
        rewritten += written
        if not written and not office.rebuild.done():
            time.sleep(1.0)
    print(f"{application.name}: the rows of {rewritten} roots are written again")
    return 0


def _health(application: Any, config: Any, options: argparse.Namespace) -> int:
    """Exit code 1 when anything is wrong."""
    from chassis.core import Office
    from chassis.host.health import health_report

    report = health_report(Office(application, config), config.amqp_url)
    _print(report)
    return 0 if report["ok"] else 1


def _parked_list(application: Any, config: Any, options: argparse.Namespace) -> int:
    from chassis.host.parking import parked_messages

    _print([parked.to_dict() for parked in parked_messages(config.amqp_url, application.name)])
    return 0


def _parked_show(application: Any, config: Any, options: argparse.Namespace) -> int:
    from chassis.host.parking import parked_messages

    rows = [
        parked.to_dict(full=True)
        for parked in parked_messages(config.amqp_url, application.name)
        if parked.id == options.id
    ]
    if not rows:
        raise LookupError(f"nothing parked has the id {options.id}")
    _print(rows[0])
    return 0


def _parked_kept(application: Any, config: Any, options: argparse.Namespace) -> int:
    from chassis.core import Office

    _print(Office(application, config).kept())
    return 0


def _parked_replay(application: Any, config: Any, options: argparse.Namespace) -> int:
    from chassis.core import Office
    from chassis.host.parking import replay

    replayed = replay(config.amqp_url, application.name, options.id, Office(application, config).release)
    if not replayed and options.id != "all":
        raise LookupError(f"nothing parked has the id {options.id}")
    _print([parked.to_dict() for parked in replayed])
    return 0
