"""The formgrader of a real Jupyter server takes the same path as the command line."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
import tiny
from tiny import hand_in


@pytest.fixture
def server(built):
    """The address of a Jupyter server in the course folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--allow-root", "--no-browser", f"--port={port}", "--IdentityProvider.token="]
    command = [sys.executable, "-m", "jupyter", "server", *options]
    command.append("--ServerApp.disable_check_xsrf=True")
    log = (built.root / "server.log").open("w")
    process = subprocess.Popen(command, cwd=built.root, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/formgrader"
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api/assignments")
                break
            except urllib.error.URLError:
                assert process.poll() is None, (built.root / "server.log").read_text()
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait()
        log.close()


def call(address, method="GET"):
    with urllib.request.urlopen(urllib.request.Request(address, method=method)) as reply:
        return json.load(reply)


def test_its_buttons_grade_and_write_feedback_and_its_page_opens(built, server):
    hand_in(built, "ana")
    assert call(f"{server}/api/submission/{tiny.ASSIGNMENT}/ana/autograde", "POST")["success"]
    assert call(f"{server}/api/assignment/{tiny.ASSIGNMENT}/ana/generate_feedback", "POST")[
        "success"
    ]
    (found,) = call(f"{server}/api/submitted_notebooks/{tiny.ASSIGNMENT}/1_square")
    assert (found["student"], found["score"], found["needs_manual_grade"]) == ("ana", 8, True)
    page = urllib.request.urlopen(f"{server}/submissions/{found['id']}/").read().decode()
    assert "Dos factores del mismo signo" in page  # graders see the mark scheme
    feedback = (built.feedback / "ana" / tiny.ASSIGNMENT / "1_square.html").read_text()
    assert "Dos factores del mismo signo" not in feedback
