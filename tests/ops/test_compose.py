"""docker-compose.yml without an engine: every path, variable, port and command in it is checked against the sources."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy
import yaml

import gateway.config
from ops.generate import compose
from ops.layout import GATEWAY, ROOT, SERVICES
from ops.runtime.postgres import PrivatePostgres

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
PROGRAMS = (*SERVICES, GATEWAY)
OURS = [name for name in CONTAINERS if name.removesuffix("-migrate") in PROGRAMS]
SHELL_VARIABLES = {"ZHAOHUI_PROFILE", "ZHAOHUI_PORT", "ZHAOHUI_PROXIES", "LOG_LEVEL"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make compose` writes, in place of var/compose."""
    folder = tmp_path_factory.mktemp("compose")
    assert compose.write(folder) == 0
    return folder


def folder_of(program: str) -> Path:
    return ROOT / GATEWAY if program == GATEWAY else ROOT / "services" / program


def program_of(container: str) -> str:
    return container.removesuffix("-migrate")


def variables_of(program: str) -> set[str]:
    """The variables that a program's configuration reads."""
    if program == GATEWAY:
        return set(gateway.config.NAMES)
    return set(
        re.findall(r"\$\{([A-Z0-9_]+)", (folder_of(program) / program / "config.yml").read_text(encoding="utf-8"))
    )


def env_file(folder: Path, program: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (folder / f"{program}.env").read_text().splitlines())


def test_every_program_of_ours_runs_and_is_migrated_before() -> None:
    for program in PROGRAMS:
        assert CONTAINERS[program]["depends_on"][f"{program}-migrate"] == {
            "condition": "service_completed_successfully"
        }
        assert CONTAINERS[f"{program}-migrate"]["command"] == ["python", "-m", program, "migrate"]
        assert CONTAINERS[f"{program}-migrate"]["restart"] == "no"


def test_everything_that_is_waited_for_exists_and_can_be_healthy() -> None:
    for container in CONTAINERS.values():
        for name, dependency in container.get("depends_on", {}).items():
            assert name in CONTAINERS
            assert dependency["condition"] != "service_healthy" or "healthcheck" in CONTAINERS[name]


def test_every_network_and_volume_is_declared() -> None:
    for container in CONTAINERS.values():
        assert set(container["networks"]) <= set(COMPOSE["networks"])
        for mount in container.get("volumes", []):
            source = mount.split(":")[0]
            assert source.startswith("./") or source in COMPOSE["volumes"]


def test_every_mounted_path_is_written_by_make_compose(written: Path) -> None:
    for container in CONTAINERS.values():
        mounted = [mount.split(":")[0] for mount in container.get("volumes", []) if mount.startswith("./")]
        for path in [*mounted, *container.get("env_file", [])]:
            assert path.startswith("./var/compose/")
            assert (written / path.removeprefix("./var/compose/")).is_file(), path


def test_nobody_but_the_owner_may_enter_the_folder_of_keys(written: Path) -> None:
    assert written.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("container", OURS)
def test_every_variable_is_one_the_program_reads_and_every_key_is_mounted(container: str, written: Path) -> None:
    program = program_of(container)
    given = CONTAINERS[container]["environment"]
    assert set(given) | set(env_file(written, program)) <= variables_of(program)
    places = {mount.split(":")[1] for mount in CONTAINERS[container].get("volumes", [])}
    assert {value for value in given.values() if value.startswith("/run/")} <= places


def test_every_variable_of_the_shell_has_a_default_and_is_documented_here() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    defaults = re.findall(r"\$\{([A-Z_]+)(:-[^}]*)?\}", text)
    assert {name for name, _ in defaults} == SHELL_VARIABLES
    assert all(default for _, default in defaults)


def test_each_program_has_a_database_and_a_broker_user_of_its_own(written: Path) -> None:
    for program in PROGRAMS:
        given = env_file(written, program)
        database, broker = urlsplit(given["DATABASE_URL"]), urlsplit(given["AMQP_URL"])
        assert (database.username, database.path, database.hostname) == (program, f"/{program}", "database")
        assert (broker.username, broker.hostname) == (program, "broker")
        assert {"database", "broker"} <= set(CONTAINERS)


def test_the_published_port_is_the_one_the_gateway_listens_on() -> None:
    listen = CONTAINERS[GATEWAY]["environment"]["LISTEN"].rpartition(":")[2]
    assert [port.rpartition(":")[2] for port in CONTAINERS[GATEWAY]["ports"]] == [listen]
    assert f"EXPOSE {listen}\n" in (folder_of(GATEWAY) / "Dockerfile").read_text()


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_commands_in_image_and_compose_are_known_to_the_program(program: str) -> None:
    image = (folder_of(program) / "Dockerfile").read_text()
    commands = [re.findall(r'"([^"]+)"', line) for line in image.splitlines() if "CMD [" in line]
    commands += [CONTAINERS[program]["healthcheck"]["test"][1:], CONTAINERS[f"{program}-migrate"]["command"]]
    assert len(commands) == 4
    for command in commands:
        assert command[:3] == ["python", "-m", program]
    for name in sorted({command[3] for command in commands}):
        done = subprocess.run(
            [sys.executable, "-m", program, name, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_everything_an_image_copies_is_there_and_not_ignored(program: str) -> None:
    build = CONTAINERS[program]["build"]
    image = ROOT / build["context"] / build["dockerfile"]
    assert image == folder_of(program) / "Dockerfile" and image.is_file()
    ignored = (ROOT / ".dockerignore").read_text().split()
    for source in re.findall(r"^COPY (\S+) ", image.read_text(), re.MULTILINE):
        assert (ROOT / source).exists(), source
        assert source not in ignored


def test_no_key_can_enter_an_image() -> None:
    assert "var" in (ROOT / ".dockerignore").read_text().split()


@pytest.fixture(scope="module")
def postgres(written: Path) -> Iterator[PrivatePostgres]:
    with PrivatePostgres() as cluster:
        for statement in (written / "databases.sql").read_text().splitlines():
            cluster.sql(statement)
        yield cluster


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_enters_its_own_database_and_no_other(program: str, written: Path, postgres: PrivatePostgres) -> None:
    password = urlsplit(env_file(written, program)["DATABASE_URL"]).password or ""
    with sqlalchemy.create_engine(postgres.url(program, program, password)).begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE probe (id integer)"))
    other = next(name for name in PROGRAMS if name != program)
    with pytest.raises(sqlalchemy.exc.OperationalError, match="permission denied for database"):
        sqlalchemy.create_engine(postgres.url(other, program, password)).connect()
