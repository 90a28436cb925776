"""Real Dask schedulers and workers on this machine, which share no folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

QUIET = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}


class Processes:
    """Schedulers and workers from their first to `stop`. folder: where each has a folder."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._started: list[subprocess.Popen] = []

    def scheduler(self, *options: str, protocol: str = "tcp", **variables: str):
        """Start a scheduler; its address and its process."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = ["scheduler", "--host=127.0.0.1", f"--port={port}", f"--protocol={protocol}"]
        process = self._start(f"scheduler-{port}", [*command, *options], variables)
        deadline = time.monotonic() + 30
        while not _listens(port):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        return f"{protocol}://127.0.0.1:{port}", process

    def worker(self, address: str, name: str, *options: str, threads=1, nanny=False, **variables):
        """Start a worker in a working folder and a folder for temporary files of its own."""
        command = ["worker", address, f"--name={name}", f"--nthreads={threads}"]
        command += ["--memory-limit=0", "--nanny" if nanny else "--no-nanny", *options]
        return self._start(name, command, variables)

    def folder(self, name: str) -> Path:
        return self._folder / name

    def _start(self, name: str, command: list[str], variables: dict) -> subprocess.Popen:
        folder = self.folder(name)
        folder.mkdir(parents=True)
        kind, *arguments = command
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments,
                 "--no-dashboard"],
                env={**os.environ, **QUIET, "TMPDIR": str(folder), **variables},
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._started.append(process)
        return process

    def stop(self) -> None:
        for process in self._started:
            for each in _family(process.pid) if process.poll() is None else ():
                with suppress(psutil.NoSuchProcess):  # some end with the first of them
                    each.kill()
            process.wait()


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:  # it has just ended by itself
        return []


def _listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


def runner_of(marker: str) -> psutil.Process | None:
    """The worker process whose box runs the command `sleep MARKER`, or None."""
    for process in psutil.process_iter():
        try:
            if process.cmdline() != ["sleep", marker]:
                continue
            for above in process.parents():
                words = " ".join(above.cmdline())
                if "multiprocessing.spawn" in words or "dask_worker" in words:
                    return above
        except psutil.Error:  # it has just ended
            continue
    return None
