"""The numbers of the system-call filter are those of the system's own headers."""

import re
from pathlib import Path

import pytest

from grading.candidate import seccomp

HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}
TABLE = seccomp.REFUSED | {
    "socket": seccomp.SOCKET, "clone": seccomp.CLONE, "clone3": seccomp.CLONE3,
}  # fmt: skip
ALL_OF_SYSTEM_V = r"(shm|sem|msg)(get|at|ctl|dt|op|timedop|snd|rcv)"


def numbers_of(machine: str) -> dict[str, int]:
    """System calls of a machine by name, as its header says."""
    header = Path(HEADERS[machine])
    if not header.exists():
        pytest.skip(f"needs {header}, of Debian's linux-libc-dev")
    return {
        name: int(number)
        for name, number in re.findall(r"#define __NR_(\w+)\s+(\d+)\b", header.read_text())
    }


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_numbers_are_those_of_the_header(machine):
    known, column = numbers_of(machine), seccomp.MACHINES[machine][1]
    assert {n: row[column] for n, row in TABLE.items()} == {n: known[n] for n in TABLE}


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_every_call_of_system_v_is_refused(machine):
    found = {name for name in numbers_of(machine) if re.fullmatch(ALL_OF_SYSTEM_V, name)}
    assert len(found) == 12 and found <= seccomp.REFUSED.keys()


def test_another_machine_has_no_filter():
    assert seccomp.program("riscv64") is None
