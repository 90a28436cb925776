"""A system-call filter for the box, as the program that bubblewrap's --seccomp takes.

Sockets only of families that end in the box: its files, its own empty network (ipykernel uses its
loopback), and the kernel's list of interfaces, which libzmq asks for. AF_VSOCK reaches the host
from any network namespace. No new namespaces, mounts or tracing, no reading of the host's log, and
no memory that belongs to no process and that the watchdog would not see.
See seccomp(2) and <linux/filter.h>; the numbers are those of <asm/unistd.h>.
"""

from __future__ import annotations

import errno
import platform
import struct

ALLOWED_FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK
CLONE_NEWUSER = 0x10000000
ALLOW = 0x7FFF0000
REFUSE = 0x00050000  # | errno

# machine → (AUDIT_ARCH, socket, clone, clone3, the calls refused whatever their arguments: mount,
# umount2, pivot_root, unshare, setns, ptrace, process_vm_readv, process_vm_writev, bpf,
# perf_event_open, userfaultfd, keyctl, add_key, request_key, io_uring_setup, open_by_handle_at,
# syslog, memfd_create, memfd_secret, shmget, msgget)
MACHINES = {
    "x86_64": (0xC000003E, 41, 56, 435, (165, 166, 155, 272, 308, 101, 310, 311, 321, 298, 323,
                                         250, 248, 249, 425, 304, 103, 319, 447, 29, 68)),
    "aarch64": (0xC00000B7, 198, 220, 435, (40, 39, 41, 97, 268, 117, 270, 271, 280, 241, 282,
                                            219, 217, 218, 425, 265, 116, 279, 447, 194, 186)),
}  # fmt: skip

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data


def program(machine: str | None = None) -> bytes | None:
    """The filter for this machine; None on one whose numbers are not known here."""
    known = MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    architecture, socket, clone, clone3, refused = known
    refuse, missing = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, refuse),
        (LOAD, 0, 0, NUMBER),
    ]
    if architecture == 0xC000003E:  # x32 calls carry other numbers
        steps += [(AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, refuse)]
    for number in refused:
        steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, refuse)]
    # Without clone3, whose flags lie in memory, the C library falls back to clone.
    steps += [(EQUAL, 0, 1, clone3), (RETURN, 0, 0, missing)]
    steps += [
        (EQUAL, 0, 4, clone),
        (LOAD, 0, 0, ARGUMENT),
        (ANY_BIT, 0, 1, CLONE_NEWUSER),
        (RETURN, 0, 0, refuse),
        (RETURN, 0, 0, ALLOW),
    ]
    steps += [(EQUAL, 0, 3 + len(ALLOWED_FAMILIES), socket), (LOAD, 0, 0, ARGUMENT)]
    for place, family in enumerate(ALLOWED_FAMILIES):
        steps.append((EQUAL, len(ALLOWED_FAMILIES) - place, 0, family))
    steps += [(RETURN, 0, 0, REFUSE | errno.EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
    steps.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)
