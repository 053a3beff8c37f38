"""The layout of one running system: folders, ports, and the environment of each process. Data only."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.faults import Fault
from ops.ports import HOST, free_ports

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("intake", "investigation", "recall", "experts", "notify")
GATEWAY = "gateway"
PACKAGES = ("chassis", *(f"services/{name}" for name in SERVICES), GATEWAY)
"""The installable packages, as folders below ROOT; each has a pyproject.toml and tests."""
PORTS = {"ZHAOHUI_PORT": 8020, "ZHAOHUI_BROKER_PORT": 8025, "ZHAOHUI_BROKER_DIST_PORT": 8026, "ZHAOHUI_EPMD_PORT": 8027}


@dataclass(frozen=True)
class Layout:
    """One running system: `folder` holds all it writes; ports are on the loopback interface.

    `amqp_url`: an external broker, used instead of a private node. `profile`: `local` or `test`.
    `python_path`: a PYTHONPATH for its programs, added to what is installed.
    """

    folder: Path
    port: int
    broker_port: int
    dist_port: int
    epmd_port: int
    services: tuple[str, ...] = SERVICES
    amqp_url: str | None = None
    profile: str = "local"
    log_level: str = "INFO"
    python: str = sys.executable
    python_path: str = str(ROOT)

    @property
    def programs(self) -> tuple[str, ...]:
        """The services and the gateway."""
        return (*self.services, GATEWAY)

    @property
    def url(self) -> str:
        """The gateway's address."""
        return f"http://{HOST}:{self.port}"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def clock(self) -> Path:
        """The file that moves legal time (see chassis.core.dates.times)."""
        return self.folder / "clock"

    def log(self, program: str) -> Path:
        """The file that one process prints to."""
        return self.logs / f"{program}.log"

    def database_url(self, program: str) -> str:
        """The program's own embedded database."""
        return f"sqlite:///{self.data / program}.db"

    def environment(self, program: str, amqp_url: str) -> dict[str, str]:
        """The variables of one service or of the gateway (docs/architecture.md, Configuration)."""
        common = {
            "DATABASE_URL": self.database_url(program),
            "AMQP_URL": amqp_url,
            "FILES_URL": f"file://{self.folder / 'files'}",
            "CLOCK": f"file:{self.clock}",
            "PROFILE": self.profile,
            "LOG_LEVEL": self.log_level,
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": self.python_path,
            "LANG": "C.UTF-8",
        }
        if program == GATEWAY:
            own = {
                "TOKEN_PRIVATE_KEY": str(self.keys / "token-private.pem"),
                "SECRET_KEY": str(self.keys / "gateway.secret"),
                "SERVICES": " ".join(self.services),
                "LISTEN": f"{HOST}:{self.port}",
            }
        else:
            own = {
                "TOKEN_PUBLIC_KEY": str(self.keys / "token-public.pem"),
                "SEAL_KEY": str(self.keys / f"{program}.seal"),
            }
        return {**common, **own}


def configured(environment: Mapping[str, str] = os.environ) -> Layout:
    """The layout of `make run`: `var/` beside the sources; the environment may set folder, ports, services. Raises Fault."""
    numbers: dict[str, int] = {}
    for name, default in PORTS.items():
        value = environment.get(name, str(default))
        if not value.isdecimal() or not 0 < int(value) < 65536:
            raise Fault(f"{name}={value} 不是端口号", f"{name} must be a port, not {value!r}")
        numbers[name] = int(value)
    port, broker, dist, epmd = numbers.values()
    folder = Path(environment.get("ZHAOHUI_VAR", ROOT / "var")).resolve()
    log_level = environment.get("LOG_LEVEL", "INFO")
    amqp_url = environment.get("AMQP_URL")
    return Layout(folder, port, broker, dist, epmd, chosen(environment), amqp_url, log_level=log_level)


def chosen(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The services to run: all of them, or those in ZHAOHUI_SERVICES. Raises Fault for an unknown name."""
    names = tuple(environment.get("ZHAOHUI_SERVICES", " ".join(SERVICES)).split())
    if unknown := " ".join(name for name in names if name not in SERVICES):
        raise Fault(f"没有这个服务：{unknown}", f"ZHAOHUI_SERVICES names no service of ours: {unknown}")
    return names


def scratch(folder: Path, services: tuple[str, ...] | None = None, profile: str = "local") -> Layout:
    """A layout in a given folder, on free ports, with these services or those of `chosen`."""
    port, broker, dist, epmd = free_ports(4)
    log_level = os.environ.get("LOG_LEVEL", "INFO")
    return Layout(
        folder.resolve(), port, broker, dist, epmd, services or chosen(), profile=profile, log_level=log_level
    )
