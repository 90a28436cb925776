"""The first thing that runs in the box: limits, the submission's files, then the kernel.

python -I boot.py SETTINGS, a JSON object: kit (the folder of `helpers` and `inside`), files (to
copy), work (where to), connection (the kernel's connection file), limits (RLIMIT_… → a number).
"""

import json
import os
import shutil
import sys


def main() -> None:
    settings = json.loads(sys.argv[1])
    _limit(settings["limits"])
    shutil.copytree(settings["files"], settings["work"])
    os.chdir(settings["work"])
    sys.argv = ["candidate"]
    # The student's folder comes last: what lies there can't stand in for an installed module.
    sys.path[:] = [settings["kit"], *sys.path, settings["work"]]
    sys.modules["grading"] = None  # of use where there is no box: students do not have it

    from inside.bridge import CandidateKernel
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(kernel_class=CandidateKernel, ignore_cwd=True)
    app.initialize(["-f", settings["connection"], *settings["arguments"]])
    app.start()


def _limit(limits: dict) -> None:
    """Set the limits, each no higher than the one in force. Windows has none of them."""
    try:
        import resource
    except ImportError:
        return
    for name, value in limits.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


main()
