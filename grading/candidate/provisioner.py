"""The kernel provisioner of the candidate: jupyter_client starts the kernel in its box."""

import asyncio
import json
import os
import select
import signal
import subprocess
from typing import Any as AnyType

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Any

from grading.candidate import holder, kernel_forks
from grading.processes.fork_servers import ColdStart


class CandidateProvisioner(LocalProvisioner):
    """Starts the command of a `Box` instead of the one that a kernelspec names."""

    box = Any(help="The Box to start the kernel in.")
    sockets = Any(help="Port → the socket that listens there for the kernel.")
    _stdin_writer: int | None = None  # the end that the grader keeps of the box's standard input
    _kernel_pidfd: int | None = None  # of a kernel that was forked into its box

    async def pre_launch(self, **kwargs: AnyType) -> dict[str, AnyType]:
        kwargs = await super().pre_launch(**kwargs)
        connection = self.parent.connection_file
        sockets = {port: listening.fileno() for port, listening in self.sockets.items()}
        self._settings = self.box.settings(connection)
        command = [*self.box.python(), json.dumps({**self._settings, "sockets": sockets})]
        kwargs.update(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=None)
        kwargs["env"] = self.box.environment()
        if self.box.confined:
            if os.geteuid() == 0:
                os.chmod(connection, 0o644)  # only the box finds it
            kwargs["env"] = {"PATH": os.environ["PATH"]}
            self._boxed = self.box.bubblewrap(connection)
            command = [*self._boxed, *command]
        kwargs["cmd"] = command
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: AnyType):
        # When the kernel starts it looks at its standard input: where that has ended, so has the
        # grader. From then on bubblewrap ends the kernel with the grader.
        stdin, self._stdin_writer = os.pipe()
        try:
            if self.box.confined and self.box.warm is not None and not holder.why_cold():
                try:
                    return await self._launch_warm(stdin=stdin, **kwargs)
                except ColdStart:  # the kernel starts from nothing, which takes longer
                    if self.process is not None:
                        await self.send_signal(signal.SIGKILL)  # to its group, see Connection.close
                        self.process.wait()
            passed = [listening.fileno() for listening in self.sockets.values()]
            return await self._launch(cmd, passed, stdin=stdin, **kwargs)
        finally:
            os.close(stdin)

    async def poll(self) -> int | None:
        """None while the kernel lives, else its exit code.

        When a forked kernel ends, its box does not end by itself.
        """
        if self._kernel_pidfd is not None and select.select([self._kernel_pidfd], [], [], 0)[0]:
            self.process.kill()
            return self.process.wait()
        return await super().poll()

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart)
        for each in (self._stdin_writer, self._kernel_pidfd):
            if each is not None:
                os.close(each)
        self._stdin_writer = self._kernel_pidfd = None

    async def _launch_warm(self, **kwargs: AnyType):
        """Have bubblewrap make the box around a program that does nothing, then fork into it."""
        echo, written = os.pipe()
        try:
            command = [*self._boxed, *holder.PROGRAM]
            info = await self._launch(command, [], **{**kwargs, "stdout": written})
            os.close(written)
            written = None
            os.write(self._stdin_writer, b"?")
            self._kernel_pidfd = await asyncio.to_thread(self._fork_into_box, echo)
        finally:
            for each in (echo, written):
                if each is not None:
                    os.close(each)
        return info

    def _fork_into_box(self, echo: int) -> int:
        sockets = {port: listening.fileno() for port, listening in self.sockets.items()}
        ready, _, _ = select.select([echo], [], [], holder.BOX_SECONDS)
        if not ready or not os.read(echo, 1):
            raise ColdStart("bubblewrap did not make the box")
        namespaces = holder.namespaces(self.process.pid)
        try:
            return kernel_forks.start_in(self.box, namespaces, self._settings, sockets)
        finally:
            for each in namespaces:
                os.close(each)

    async def _launch(self, cmd: list[str], passed: list[int], **kwargs: AnyType):
        program = self.box.filter if self.box.confined else None
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
