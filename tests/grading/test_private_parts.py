"""The parts of IPython and Jupyter that the kit uses although nobody promises to keep them.

When an update takes one away or changes its parameters, the test here says which one, and which
file of the kit needs it; the tests of whole notebooks, which fail then too, do not say that.
"""

import importlib
import inspect
from importlib.metadata import version

import pytest

CHANNELS = [f"KernelClient._{name}_channel" for name in ("shell", "iopub", "stdin", "control")]

# What of which module; its parameters where it is called or overridden; the file that needs it.
PARTS = [
    ("ipykernel.ipkernel", "IPythonKernel._publish_status", ["status", "channel", "parent"],
     "candidate_kernel/bridge.py"),
    ("ipykernel.ipkernel", "IPythonKernel.msg_types", None, "candidate_kernel/bridge.py"),
    ("ipykernel.ipkernel", "IPythonKernel.do_execute", ["code", "silent"],
     "candidate_kernel/bridge.py"),
    ("ipykernel.ipkernel", "IPythonKernel.get_parent", ["channel"], "candidate_kernel/follower.py"),
    ("ipykernel.ipkernel", "IPythonKernel.stdin_socket", None, "candidate_kernel/follower.py"),
    ("ipykernel.ipkernel", "IPythonKernel._parent_ident", None, "candidate_kernel/follower.py"),
    ("ipykernel.kernelapp", "IPKernelApp._try_bind_socket", ["s", "port"],
     "candidate_kernel/boot.py"),
    ("ipykernel.kernelapp", "IPKernelApp.init_heartbeat", [], "candidate_kernel/boot.py"),
    ("ipykernel.kernelapp", "IPKernelApp.parse_command_line", ["argv"], "candidate_kernel/boot.py"),
    ("IPython.core.interactiveshell", "InteractiveShell.builtin_trap", None,
     "candidate_kernel/bridge.py"),
    *(("jupyter_client.client", channel, None, "grading/candidate/connection.py")
      for channel in CHANNELS),
    ("jupyter_client.manager", "AsyncKernelManager._connect_control_socket", [],
     "grading/candidate/connection.py"),
    ("jupyter_client.session", "json_unpacker", ["s"], "grading/candidate/connection.py"),
    ("jupyter_client.session", "Session.digest_history_size", None,
     "grading/candidate/connection.py"),
    ("jupyter_client.session", "Session.unpack", None, "grading/candidate/connection.py"),
    ("jupyter_client.session", "Session.feed_identities", ["msg_list"],
     "grading/candidate/channel.py"),
    ("jupyter_client.provisioning", "LocalProvisioner.process", None,
     "grading/candidate/provisioner.py"),
    ("nbclient", "NotebookClient._async_poll_for_reply",
     ["msg_id", "cell", "timeout", "task_poll_output_msg", "task_poll_kernel_alive"],
     "grading/candidate/client.py"),
    ("nbclient", "NotebookClient.process_message", ["msg", "cell", "cell_index"],
     "grading/candidate/client.py"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "part", "parameters", "needed"), PARTS, ids=[part for _, part, _, _ in PARTS]
)
def test_it_is_still_there_with_its_parameters(module, part, parameters, needed):
    package = module.partition(".")[0]
    about = f"{part} of {package} {version(package)}, which {needed} needs,"
    found = importlib.import_module(module)
    for name in part.split("."):
        found, owner = getattr(found, name, None), found
    annotated = any(
        name in vars(c).get("__annotations__", {}) for c in getattr(owner, "__mro__", [])
    )
    assert annotated or hasattr(owner, name), f"{about} is gone"
    if parameters is not None:
        names = [each for each in inspect.signature(found).parameters if each != "self"]
        assert names[: len(parameters)] == parameters, f"{about} takes {names} now"
