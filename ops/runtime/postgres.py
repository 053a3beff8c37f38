"""A private PostgreSQL cluster for tests and measurements: own folder, loopback port; the system's own is not changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from ops.faults import Fault
from ops.ports import HOST, free_ports

BIN = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "postgres"
COMMAND_SECONDS = 120


class PrivatePostgres:
    """One cluster without passwords for its superuser, on the loopback interface; removed when stopped.

    As root it runs as the distribution's user `postgres`, since PostgreSQL refuses to run as root.
    """

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_ports(1)[0]
        self._folder: Path | None = None

    def url(self, database: str = SUPERUSER, user: str = SUPERUSER, password: str = "") -> str:
        """The SQLAlchemy URL of a database for a user."""
        secret = f":{password}" if password else ""
        return f"postgresql+psycopg2://{user}{secret}@{HOST}:{self.port}/{database}"

    def start(self) -> PrivatePostgres:
        """Make the cluster and start it. Raises Fault."""
        if not (BIN / "initdb").exists():
            raise Fault("没有安装 PostgreSQL 15", "PostgreSQL is not installed: install the package postgresql-15")
        self._folder = Path(tempfile.mkdtemp(prefix="zhaohui-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, SUPERUSER, SUPERUSER)
        access = ["--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"]
        pwfile = self._folder / "superuser"
        pwfile.write_text(SUPERUSER)
        try:
            self._run("initdb", "-D", self._data, "-U", SUPERUSER, "-E", "UTF8", f"--pwfile={pwfile}", *access)
            options = f"-p {self.port} -k {self._folder} -c listen_addresses={HOST} -c fsync=off -c max_connections=200"
            self._run("pg_ctl", "-D", self._data, "-o", options, "-l", str(self._folder / "log"), "-w", "start")
        except BaseException:
            self.stop()
            raise
        return self

    def sql(self, text: str, database: str = SUPERUSER) -> str:
        """Run SQL as the superuser; returns what psql prints. Raises Fault."""
        return self._run("psql", "-h", str(self._folder), "-p", str(self.port), "-U", SUPERUSER, "-d", database,
                        "-v", "ON_ERROR_STOP=1", "-qAt", "-c", text)  # fmt: skip

    def stop(self) -> None:
        """End the cluster and remove its folder."""
        if self._folder is None:
            return
        if (self._folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None

    def __enter__(self) -> PrivatePostgres:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _data(self) -> str:
        return str(self._folder / "data") if self._folder else ""

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(BIN / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", SUPERUSER, "--", *command]
        with tempfile.TemporaryFile() as out:  # a pipe would be held open by the server that pg_ctl leaves behind
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=COMMAND_SECONDS, check=False, cwd="/"
            )
            out.seek(0)
            output = out.read().decode(errors="replace").strip()
        if done.returncode:
            raise Fault(
                f"{program} 失败", f"{program} failed: {output.splitlines()[-1] if output else 'it said nothing'}"
            )
        return output
