"""The parts of the gateway, assembled once a process: configuration, accounts, services, files, clock."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from chassis.client import RpcClient
from chassis.core.dates.times import Clock
from chassis.core.errors import ConfigurationFault
from chassis.core.files import Files
from chassis.core.storage.database import Database
from gateway.accounts import Accounts
from gateway.config import Config
from gateway.database import open_database
from gateway.identity import Identity, Signer, signing_key
from gateway.limits import Buckets
from gateway.services import Client, Services

EXTENSION = "zhaohui"
SECRET_BYTES = 32


@dataclass(frozen=True)
class Gateway:
    """The parts that a request uses."""

    config: Config
    database: Database
    accounts: Accounts
    identity: Identity
    services: Services
    files: Files
    clock: Clock
    public: Buckets
    secret: bytes


def assemble(config: Config, client: Client | None = None) -> Gateway:
    """Assemble the parts; without a client, one for the configured broker is made."""
    secret = config.secret_key.read_bytes().strip()
    if len(secret) < SECRET_BYTES:
        raise ConfigurationFault([f"SECRET_KEY: shorter than {SECRET_BYTES} bytes"])
    signer = Signer(signing_key(config.token_private_key))
    database = open_database(config.database_url)
    accounts = Accounts(database)
    return Gateway(
        config=config,
        database=database,
        accounts=accounts,
        identity=Identity(database, accounts, config.clock),
        services=Services(client if client is not None else RpcClient(config.amqp_url), signer, config.services),
        files=Files(config.files_url),
        clock=config.clock,
        public=Buckets(config.public_per_minute, config.public_per_minute / 60),
        secret=secret,
    )


def gateway() -> Gateway:
    """The parts of the running app."""
    current: Gateway = current_app.extensions[EXTENSION]
    return current
