"""A system-call filter for the box, as the program that bubblewrap's --seccomp takes.

Sockets only of families that end in the box: its files, its own empty network (ipykernel uses its
loopback), and the kernel's list of interfaces, which libzmq asks for. AF_VSOCK reaches the host
from any network namespace. No new namespaces, mounts or tracing, no reading of the host's log, and
no memory that belongs to no process and that the watchdog would not see.
See seccomp(2) and <linux/filter.h>; the numbers are those of <asm/unistd.h>.
"""

import errno
import platform
import struct

ALLOWED_FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK
CLONE_NEWUSER = 0x10000000
ALLOW = 0x7FFF0000
REFUSE = 0x00050000  # | errno

# machine → its AUDIT_ARCH of <linux/audit.h>, and its place in the rows of numbers below.
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
SOCKET, CLONE, CLONE3 = (41, 198), (56, 220), (435, 435)
# Refused whatever their arguments. The last three rows are the memory that no process is charged
# for: files without a name, and all of System V, which needs no namespace to fill the kernel's.
REFUSED = {
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "unshare": (272, 97),
    "setns": (308, 268), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "io_uring_setup": (425, 425), "open_by_handle_at": (304, 265),
    "syslog": (103, 116), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "shmdt": (67, 197),
    "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192),
    "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187),
}  # fmt: skip

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data


def program(machine: str | None = None) -> bytes | None:
    """The filter for a machine, by default this one; None where its numbers are not known here.

    machine: a name as `platform.machine` gives it. Returned is an array of struct sock_filter.
    """
    known = MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    architecture, column = known
    socket, clone, clone3 = SOCKET[column], CLONE[column], CLONE3[column]
    refuse, missing = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, refuse),
        (LOAD, 0, 0, NUMBER),
    ]
    if architecture == 0xC000003E:  # x32 calls carry other numbers
        steps += [(AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, refuse)]
    for numbers in REFUSED.values():
        steps += [(EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, refuse)]
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
