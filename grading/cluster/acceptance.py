"""Who may be given jobs: safe addresses, and workers that would give the same marks as here.

`describe` and `work_here` run on a worker. A scheduler imports this module too, so it imports
nothing heavy at its top.
"""

import json
import platform
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import uuid4

from grading.candidate.box import why_no_box
from grading.course import CourseError
from grading.versions import code_digest, code_parts, digest_of, package_versions

PROCESS = uuid4().hex  # tells this process from a later one at the same address


class Restarted(Exception):
    """The worker is no longer the process that was accepted."""


def require_safe(address: str) -> None:
    """Raises CourseError unless a scheduler's address is tls://, or tcp:// on this machine."""
    parts = urlsplit(address)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or not _port(parts):
        raise CourseError(
            f"{address!r} is no scheduler's address: write tls://HOST:PORT, or on this machine "
            "tcp://127.0.0.1:PORT."
        )
    if not is_private(address):
        raise CourseError(
            f"{address} was not contacted: whoever reaches a scheduler can run code on its workers "
            "and read the hidden tests, so on a network it must be encrypted and ask for "
            "certificates. Start it with --protocol tls and use "
            f"tls://{parts.netloc} (how: docs/cluster.md)."
        )


def is_private(address: str) -> bool:
    """Whether nobody without a certificate and outside of this machine can use an address."""
    parts = urlsplit(address)
    if parts.scheme == "tls" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:  # a name, whoever it may lead to
        return False


def _port(parts) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None


def describe() -> bytes:
    """What a job's marks depend on in this process, as JSON.

    kit: the digest of the code and packages that this process began with; kit_now: of those that
    are installed now, which the processes of the next job would run.
    """
    description = {
        "process": PROCESS,
        "python": platform.python_version(),
        "packages": package_versions(),
        "kit": code_digest(),
        "kit_now": digest_of(code_parts.__wrapped__()),
        "no_box": why_no_box.__wrapped__(),  # bubblewrap may have been installed since
    }
    return json.dumps(description).encode()


def differences(there: dict, here: dict, confined: bool) -> list[str]:
    """Why the worker that is `there` may not work for this process; empty when it may.

    there, here: the descriptions that `describe` gave. confined: whether jobs run in a sandbox.
    """
    versions = {"Python": there["python"], **there["packages"]}
    reasons = [
        f"{name} {versions.get(name, 'none')}, here {version}"
        for name, version in {"Python": here["python"], **here["packages"]}.items()
        if versions.get(name, "none") != version
    ]
    if there["kit"] != there["kit_now"]:
        reasons.append("the kit or a package was changed after it started: restart it")
    elif not reasons and there["kit"] != here["kit"]:
        reasons.append("another edition of the kit: install there what is here")
    if confined and there["no_box"]:
        reasons.append(f"no sandbox: {there['no_box']}")
    return reasons


def work_here(process: str, job: bytes) -> bytes:
    """`work`, in the process that was accepted and in no other. Raises Restarted."""
    if process != PROCESS:
        raise Restarted
    from grading.execution.worker import work

    return work(job)
