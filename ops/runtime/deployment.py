"""One stack as its programs see it: the broker's address, the environment of each program, the list for supervisord."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

from ops.faults import Fault
from ops.layout import ROOT, Layout
from ops.runtime.broker import PrivateBroker
from ops.runtime.supervisord_config import Program

BROKER, EPMD = "broker", "epmd"
OWN_VARIABLES = {
    "DATABASE_URL",
    "AMQP_URL",
    "FILES_URL",
    "CLOCK",
    "PROFILE",
    "SEAL_KEY",
    "WORKERS",
    "THREADS",
    "LISTEN",
}
OWN_PREFIXES = ("RABBITMQ_", "ERL_", "ZHAOHUI_")


@dataclass(frozen=True)
class Deployment:
    """A layout and its private broker; `broker` is None before `prepare`, and where `layout.amqp_url` names another."""

    layout: Layout
    broker: PrivateBroker | None = None

    def amqp_url(self, user: str) -> str:
        """The broker's address for one user. Raises Fault before `prepare`."""
        return self.layout.amqp_url or self.private_broker().url(user)

    def private_broker(self) -> PrivateBroker:
        """The broker that belongs to this deployment. Raises Fault where there is none."""
        if self.broker is None:
            raise Fault("没有自己的消息代理", "this stack has no broker of its own")
        return self.broker

    def environment(self, program: str) -> dict[str, str]:
        """The variables of one service or of the gateway."""
        return self.layout.environment(program, self.amqp_url(program))

    def run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `python -m <program> <arguments>` in the program's environment; with `check` a failure is a Fault."""
        command = [self.layout.python, "-m", program, *arguments]
        environment = {**inherited_environment(), **self.environment(program)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if check and done.returncode:
            reason = last_line(done.stderr) or last_line(done.stdout)
            raise Fault(f"{program} {arguments[0]} 失败", f"python -m {program} {' '.join(arguments)} failed: {reason}")
        return done

    def log_text(self, name: str) -> str:
        """Everything a program has printed so far."""
        path = self.layout.log(name)
        return path.read_text(errors="replace") if path.exists() else ""

    def failure_reason(self, name: str) -> str:
        """The last line that a program printed, with the path of its log."""
        if name == BROKER and self.broker is not None:
            return self.broker.failure_reason()
        return f"{last_line(self.log_text(name)) or 'it said nothing'} (see {self.layout.log(name)})"

    def supervised_programs(self) -> list[Program]:
        """What supervisord runs: the private broker with its port mapper, the services, the gateway."""
        log, programs = self.layout.log, []
        if self.broker is not None:
            variables = {k: v for k, v in self.broker.environment().items() if k.startswith(("RABBITMQ_", "ERL_"))}
            variables |= {"HOME": str(self.broker.folder / "home"), "LANG": "C.UTF-8"}
            programs = [
                Program(EPMD, self.broker.epmd_command(), log(EPMD), variables, stop_seconds=3, priority=1),
                Program(BROKER, self.broker.command(), log(BROKER), variables, stop_seconds=25, priority=2),
            ]
        for name in self.layout.programs:
            command = [self.layout.python, "-m", name, "run"]
            programs.append(Program(name, command, log(name), self.environment(name)))
        return programs


def inherited_environment() -> dict[str, str]:
    """The caller's environment without the variables that configure our programs or RabbitMQ."""
    return {
        key: value for key, value in os.environ.items() if key not in OWN_VARIABLES and not key.startswith(OWN_PREFIXES)
    }


def last_line(text: str) -> str:
    """The last line of a text that is not blank, cut to 300 characters; empty where there is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
