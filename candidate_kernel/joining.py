"""Enters a box that bubblewrap has made and gives up every privilege that its program gave up.

A running process does here what bubblewrap and setpriv do before they start a program. See
setns(2), capabilities(7), prctl(2) and seccomp(2).
"""

import ctypes
import fcntl
import os

KINDS = ("mnt", "net", "ipc", "uts", "cgroup", "pid")
GET_USER_NAMESPACE = 0xB701  # NS_GET_USERNS, see ioctl_ns(2)
DUMPABLE, SECCOMP, DROP_BOUND, NO_NEW_PRIVS, AMBIENT = 4, 22, 24, 38, 47
FILTER_MODE, CLEAR_ALL = 2, 4
CAPABILITY_VERSION = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def namespaces(process: int) -> list[int]:
    """Descriptors of a box's namespaces, in the order in which they can be joined.

    process: the id of one that bubblewrap has started in the box. Raises OSError when they can't be
    opened.
    """
    found = [_namespace(process, kind) for kind in KINDS]
    if os.geteuid() == 0:
        return found
    # Bubblewrap runs its program in a second user namespace, in which no third can be made.
    outer = fcntl.ioctl(found[0], GET_USER_NAMESPACE)
    return [outer, *found, _namespace(process, "user")]


def _namespace(process: int, kind: str) -> int:
    return os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY)


def be_first_to_go() -> None:
    """Have the system end this process and its children first when the machine has no memory left.

    A process that joins a box does so before `enter`: for a moment it is no descendant of the box's
    first process yet, so that whoever watches the box may not find it.
    """
    with open("/proc/self/oom_score_adj", "w") as score:  # see proc_pid_oom_score_adj(5)
        score.write("1000")


def enter(namespaces: list[int]) -> None:
    """Join namespaces, in order, and go on as a child of the box's first process.

    namespaces: their descriptors. After a process has joined a namespace of processes, only its
    children are in it; and only an orphan there becomes a child of the first process.
    """
    for namespace in namespaces:
        _call("setns", namespace, 0)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)


def drop(user: int | None, program: bytes | None) -> None:
    """Give up every privilege for good, as `user` from now on if that is not None.

    program: the system-call filter, where there is one for this machine.
    """
    with open("/proc/sys/kernel/cap_last_cap") as last:
        known = int(last.read()) + 1
    for capability in range(known):
        _control(DROP_BOUND, capability)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _control(AMBIENT, CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())
    _control(NO_NEW_PRIVS, 1)
    _control(DUMPABLE, 1)  # else a grader that is not root could not watch it
    if program is not None:
        steps = _Program(len(program) // 8, program)
        _control(SECCOMP, FILTER_MODE, ctypes.addressof(steps))


class _Program(ctypes.Structure):
    """struct sock_fprog: how many steps a filter has, and where they are."""

    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def _control(option: int, *arguments: int) -> None:
    values = [*arguments, 0, 0, 0, 0][:4]
    _call("prctl", option, *map(ctypes.c_ulong, values))


def _call(name: str, *arguments) -> None:
    if getattr(_libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")
