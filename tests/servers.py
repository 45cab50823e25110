"""Real database servers for tests: started on a free port in a folder of their own.

They run where their programs are installed; elsewhere the tests that need them skip and say so.
A server refuses to run as root, so as root it runs as another user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

__all__ = ["PASSWORD", "Server", "mariadb", "postgresql"]

PASSWORD = "s3cr3t@:/#?%"
#: The same as it stands in an address.
ESCAPED = "s3cr3t%40%3A%2F%23%3F%25"


@dataclass(frozen=True)
class Server:
    """A running server: the address of its database, and how to run SQL as its owner."""

    url: str
    execute: Callable[[str], Any]
    close: Callable[[], None]


def _program(name: str, *places: str) -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *places])
    found = shutil.which(name, path=path)
    if not found:
        pytest.skip(f"needs {name}")
    return found


def _newest(pattern: str) -> list[str]:
    """Return folders of programs, the newest version first."""
    found = [(p.parts[-2], str(p)) for p in Path("/usr/lib").glob(pattern)]
    return [path for _version, path in sorted(found, key=lambda f: int(f[0]), reverse=True)]


def _user(*names: str) -> dict[str, Any]:
    """Return how a process is started as somebody who is not root."""
    if os.geteuid() != 0:
        return {}
    for name in names:
        try:
            who = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    pytest.skip("needs a user besides root")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    command: Sequence[str], ready: Callable[[], Server], stop: signal.Signals, **how: Any
) -> Iterator[Server]:
    process = subprocess.Popen(command, **how)
    try:
        for _attempt in range(300):
            try:
                server = ready()
                break
            except Exception:
                assert process.poll() is None, "the server ended by itself"
                time.sleep(0.1)
        else:
            pytest.fail("the server does not answer")
        yield server
        server.close()
    finally:
        process.send_signal(stop)
        process.wait(timeout=60)


@contextmanager
def _folder(how: dict[str, Any]) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="server"))
    if how:
        os.chown(folder, how["user"], how["group"])
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql() -> Iterator[Server]:
    """Run PostgreSQL for a block."""
    psycopg = pytest.importorskip("psycopg", reason="needs psycopg")
    places = _newest("postgresql/*/bin")
    initdb, postgres = _program("initdb", *places), _program("postgres", *places)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    how = _user("postgres", "nobody")
    with _folder(how) as folder:
        how |= {"cwd": folder, **quiet}
        data, secret, port = folder / "data", folder / "password", _free_port()
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o644)
        options = ("-A", "scram-sha-256", "-U", "shop", "-E", "UTF8", "--no-sync")
        subprocess.run(
            [initdb, "-D", data, *options, f"--pwfile={secret}", "--locale=C.UTF-8"],
            check=True,
            **how,
        )
        url = f"postgresql://shop:{ESCAPED}@127.0.0.1:{port}/postgres"

        def ready() -> Server:
            owner = psycopg.connect(url, autocommit=True, connect_timeout=5)
            return Server(url, owner.execute, owner.close)

        command = [postgres, "-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1",
                   "-c", "fsync=off", "-c", "max_connections=20"]  # fmt: skip
        with _running(command, ready, signal.SIGINT, **how) as server:
            yield server


@contextmanager
def mariadb() -> Iterator[Server]:
    """Run MariaDB for a block."""
    pymysql = pytest.importorskip("pymysql", reason="needs pymysql")
    install, daemon = _program("mariadb-install-db"), _program("mariadbd")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    how = _user("nobody")
    with _folder(how) as folder:
        how |= {"cwd": folder, **quiet}
        data, port = f"--datadir={folder / 'data'}", _free_port()
        method = "--auth-root-authentication-method=normal"
        subprocess.run(
            [install, "--no-defaults", data, method, "--skip-test-db"], check=True, **how
        )

        def ready() -> Server:
            if not (folder / "socket").exists():
                raise OSError("not yet")
            owner = pymysql.connect(
                unix_socket=str(folder / "socket"), user="root", autocommit=True
            )

            def execute(sql: str) -> Any:
                with owner.cursor() as cursor:
                    cursor.execute(sql)
                    return cursor.fetchall()

            execute("CREATE DATABASE IF NOT EXISTS shop CHARACTER SET utf8mb4")
            execute(f"CREATE USER IF NOT EXISTS shop@'%' IDENTIFIED BY '{PASSWORD}'")
            execute("GRANT ALL ON shop.* TO shop@'%'")
            execute("USE shop")
            return Server(f"mysql://shop:{ESCAPED}@127.0.0.1:{port}/shop", execute, owner.close)

        command = [daemon, "--no-defaults", data, f"--port={port}", "--bind-address=127.0.0.1",
                   f"--socket={folder / 'socket'}", "--innodb-flush-log-at-trx-commit=0",
                   "--innodb-buffer-pool-size=32M", "--performance-schema=0"]  # fmt: skip
        with _running(command, ready, signal.SIGTERM, **how) as server:
            yield server
