"""A real Jupyter server in a folder, on a free port of this machine, with settings of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# All cells of a notebook are in the page, also those that are out of sight.
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
SECONDS = 30  # to end in
THEMES = "@jupyterlab/apputils-extension/themes"


def end_sessions(address: str) -> None:
    """End every notebook's kernel."""
    with urllib.request.urlopen(f"{address}/api/sessions") as reply:
        sessions = json.load(reply)
    for session in sessions:
        one = f"{address}/api/sessions/{session['id']}"
        urllib.request.urlopen(urllib.request.Request(one, method="DELETE")).close()


@contextmanager
def jupyter_server(
    folder: Path, own: Path, app: str = "server", theme: str = "JupyterLab Light"
) -> Iterator[str]:
    """Its address, once it answers. own: an empty folder for its settings and its log."""
    for name, content in {**SETTINGS, THEMES: {"theme": theme}}.items():
        path = own / f"settings/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--allow-root", "--no-browser", f"--port={port}", "--IdentityProvider.token="]
    options.append("--ServerApp.disable_check_xsrf=True")
    folders = {"SETTINGS_DIR": "settings", "WORKSPACES_DIR": "workspaces"}
    environment = os.environ | {f"JUPYTERLAB_{k}": str(own / v) for k, v in folders.items()}
    with (own / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", app, *options],
            cwd=folder, stdout=log, stderr=log, env=environment,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api/status")
                break
            except urllib.error.URLError:
                assert process.poll() is None, (own / "server.log").read_text()
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:  # a thread of its own keeps it, once in many times
            process.kill()
            process.wait()
