"""A Jupyter server with the page for marking, a token and XSRF checks, as people have it."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

import grading.marking

TOKEN = "secret"
ATTEMPTS, WAIT = 1200, 0.5  # to reach it, and the seconds in between


def serve(folder: Path, log: Path) -> tuple[str, subprocess.Popen]:
    """A server in a folder, once it answers: its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = {"JUPYTER_CONFIG_PATH": str(Path(grading.marking.__file__).parent)}
    options = ["--allow-root", "--no-browser", f"--port={port}", f"--ServerApp.root_dir={folder}",
               f"--IdentityProvider.token={TOKEN}"]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "server", *options],
        cwd=folder, stdout=log.open("w"), stderr=subprocess.STDOUT, env=os.environ | config,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(ATTEMPTS):
        assert process.poll() is None, log.read_text()
        if call(f"{address}/api/status")[0]:
            return address, process
        time.sleep(WAIT)
    process.kill()
    raise AssertionError(f"The server does not answer: {log.read_text()}")


def call(address: str, body: object = None, **headers: str):
    """The status, headers and body of a reply; 0 where nobody answers. No redirect is followed."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, headers)
    try:
        try:
            reply = urllib.request.build_opener(Stay).open(request)
        except urllib.error.HTTPError as error:
            reply = error
        raw = reply.read()
    except (OSError, HTTPException):  # nobody there, or gone meanwhile
        return 0, {}, ""
    if reply.headers.get("Content-Encoding") == "gzip":
        raw = gzip.decompress(raw)
    return reply.status, reply.headers, raw.decode()


def signed_in(address: str, path: str, body: object = None, **headers: str):
    """The reply to somebody who has the token."""
    return call(f"{address}/{path}", body, Authorization=f"token {TOKEN}", **headers)
