"""The kernel provisioner of the candidate: jupyter_client starts the kernel in its box."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any as AnyType

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Any


class CandidateProvisioner(LocalProvisioner):
    """Starts the command of a `Box` in the stead of the one that a kernelspec names."""

    box = Any(help="The Box to start the kernel in.")
    sockets = Any(help="Port → the socket that listens there for the kernel.")
    _held: int | None = None

    async def pre_launch(self, **kwargs: AnyType) -> dict[str, AnyType]:
        kwargs = await super().pre_launch(**kwargs)
        connection = self.parent.connection_file
        sockets = {port: listening.fileno() for port, listening in self.sockets.items()}
        settings = json.dumps({**self.box.settings(connection), "sockets": sockets})
        command = [*self.box.python(), settings]
        kwargs.update(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=None)
        kwargs["env"] = self.box.environment()
        if self.box.confined:
            if os.geteuid() == 0:
                os.chmod(connection, 0o644)  # only the box finds it
            command = [*self.box.bubblewrap(connection), *command]
            kwargs["env"] = {"PATH": os.environ["PATH"]}
        kwargs["cmd"] = command
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: AnyType):
        # Its standard input: the kernel looks whether the other end is still held when it starts.
        # From then on bubblewrap ends it with the grader.
        life, self._held = os.pipe()
        try:
            return await self._launch(cmd, stdin=life, **kwargs)
        finally:
            os.close(life)

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart)
        if self._held is not None:
            os.close(self._held)
            self._held = None

    async def _launch(self, cmd: list[str], **kwargs: AnyType):
        program = self.box.filter if self.box.confined else None
        passed = [listening.fileno() for listening in self.sockets.values()]
        if program is None:
            return await super().launch_kernel(cmd, pass_fds=passed, **kwargs)
        read, write = os.pipe()
        try:
            with os.fdopen(write, "wb") as pipe:
                pipe.write(program)
            cmd = [cmd[0], "--seccomp", str(read), *cmd[1:]]
            return await super().launch_kernel(cmd, pass_fds=[read, *passed], **kwargs)
        finally:
            os.close(read)
