"""A program that runs a notebook cell by cell, as VS Code, Colab or JupyterLab do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jupyter_client.manager import start_new_kernel

SECONDS = 120

# What Colab's kernel has and no other: a module for the user's Drive and the browser. `sys.asked`
# notes what it was asked for. Whether the real one does what is assumed here, only Colab can tell.
COLAB = """
import shutil, sys, types
sys.asked = []

def upload():
    sys.asked.append("upload")
    return {{shutil.copy(path, "."): b"" for path in {uploads!r}}}

colab = types.ModuleType("google.colab")
colab.files = types.SimpleNamespace(
    upload=upload, download=lambda path: sys.asked.append(f"download {{path}}")
)
colab.drive = types.SimpleNamespace(mount=lambda place: sys.asked.append(f"mount {{place}}"))
sys.modules["google"] = types.ModuleType("google")
sys.modules["google.colab"] = sys.modules["google"].colab = colab
"""


def run(folder: Path, cells: Iterable[tuple[str, str | None]]) -> list[str]:
    """Run cells in a new kernel that works in `folder`: what each of them showed.

    cells: the source of each, and the id that the program tells the kernel, None for no id.
    """
    manager, client = start_new_kernel(cwd=str(folder))
    try:
        return [_shown(client, source, cell_id) for source, cell_id in cells]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _shown(client, source: str, cell_id: str | None) -> str:
    """Run one cell: its output, and the name and text of its error if it raises one."""
    content = {"code": source, "silent": False, "store_history": True, "stop_on_error": False}
    metadata = {} if cell_id is None else {"cellId": cell_id}
    request = client.session.msg("execute_request", content, metadata=metadata)
    client.shell_channel.send(request)
    texts = []
    while True:
        message = client.get_iopub_msg(timeout=SECONDS)
        if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
            continue
        content = message["content"]
        if message["msg_type"] == "status" and content["execution_state"] == "idle":
            return "\n".join(filter(None, texts))
        if message["msg_type"] == "error":
            texts.append(f"{content['ename']}: {content['evalue']}")
        texts.append(content.get("text") or content.get("data", {}).get("text/plain") or "")
