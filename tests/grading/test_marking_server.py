"""The page for marking in a real Jupyter server: who gets an answer, and what a page may do."""

import json
import subprocess
import sys
import time

import pytest
import tiny
import written_class
from marking_server import TOKEN, call, serve, signed_in
from written_class import HOSTILE, hand_in

from grading.batch.run import alone, run
from grading.marking.handlers import ROUTES

ONE = "marking/tiny/1_square/square-question"
READ = ["marking", "marking/tiny", "marking/tiny/questions", ONE, f"{ONE}/answers?ids=x",
        f"{ONE}/states", "marking/tiny/publish", "marking-static/main.js",
        "marking-static/page.css"]  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of two, whose answers are equal but for one's HTML."""
    course = written_class.make_course(tmp_path_factory.mktemp("course"))
    hand_in(course, "ana", "Mismo signo.")
    hand_in(course, "nil", HOSTILE)
    list(run(course.assignment(tiny.ASSIGNMENT)))
    return course


@pytest.fixture(scope="module")
def server(course, tmp_path_factory):
    """The address of a server in the course."""
    address, process = serve(course.root, tmp_path_factory.mktemp("log") / "server.log")
    yield address
    process.terminate()
    process.wait()


@pytest.mark.parametrize("path", READ)
def test_without_a_token_nothing_is_answered(server, path):
    status, _, body = call(f"{server}/{path}")
    assert status in (302, 403) and "Mismo signo" not in body and "import" not in body


@pytest.mark.parametrize(("address", "handler"), [route[:2] for route in ROUTES])
@pytest.mark.parametrize(("method", "body"), [("get", None), ("post", {})])
def test_no_address_of_the_page_is_open(server, address, handler, method, body):
    """Every address that there is, with the methods of reading and of writing."""
    is_there = method in vars(handler)  # else the server has no such method to open
    path = address.replace("/?", "").replace(r"([a-z]+\.(?:js|css))", "main.js")
    path = path.replace("([^/]+)", "{}").format("tiny", "1_square", "square-question")
    assert "(" not in path and call(f"{server}{path}", body)[0] in (
        (302, 403) if is_there else (403, 405)
    )


def test_a_write_from_another_site_is_refused(server):
    """A browser sends the cookie of a signed-in instructor along; the XSRF token it does not."""
    _, headers, _ = call(f"{server}/marking/tiny?token={TOKEN}")
    cookies = [value.partition(";")[0] for value in headers.get_all("Set-Cookie")]
    body = changes(server, 1.0)
    assert call(f"{server}/{ONE}/marks", body, Cookie="; ".join(cookies))[0] == 403
    token = next(each for each in cookies if each.startswith("_xsrf=")).removeprefix("_xsrf=")
    sent = {"Cookie": "; ".join(cookies), "X_XSRFToken": token}
    assert call(f"{server}/{ONE}/marks", body, **sent)[0] == 200


def changes(server, mark):
    """A mark for all answers, as the page would send it."""
    question = json.loads(signed_in(server, ONE)[2])
    members = [
        member
        for group in question["groups"]
        for variant in group["variants"]
        for member in variant["members"]
    ]
    seen = {m["id"]: {f: m[f] for f in ("mark", "comment", "waits")} for m in members}
    return {n: {"seen": s, "to": s | {"mark": mark, "waits": False}} for n, s in seen.items()}


def test_a_stale_page_is_told_what_changed(server):
    stale = changes(server, 0.5)
    assert signed_in(server, f"{ONE}/marks", changes(server, 2.0))[0] == 200
    status, _, body = signed_in(server, f"{ONE}/marks", stale)
    assert status == 409
    assert {state["mark"] for state in json.loads(body)["changed"].values()} == {2.0}


def test_a_page_that_asks_again_is_sent_only_what_is_new(server):
    _, headers, body = signed_in(server, f"{ONE}/states")
    assert all(state["mark"] == 2 for state in json.loads(body)["states"].values())
    etag = headers["ETag"]
    assert signed_in(server, f"{ONE}/states", If_None_Match=etag)[::2] == (304, "")
    signed_in(server, f"{ONE}/marks", changes(server, 1.0))
    status, _, body = signed_in(server, f"{ONE}/states", If_None_Match=etag)
    told = json.loads(body)
    assert status == 200 and {state["mark"] for state in told["states"].values()} == {1.0}
    assert [each["waiting"] for each in told["questions"]] == [0, 2]


def published(server):
    """What is told once the feedback of the class was made again."""
    status, _, body = signed_in(server, "marking/tiny/publish", {})
    assert (status, json.loads(body)) == (202, {"working": True})
    while (told := json.loads(signed_in(server, "marking/tiny/publish")[2]))["working"]:
        time.sleep(0.2)
    return told


def test_publish_says_for_how_many_the_feedback_changed(server):
    published(server)
    signed_in(server, f"{ONE}/marks", changes(server, 1.5))
    told = published(server)
    assert told["ok"] and told["said"].startswith("Feedback renewed: 2\n")


def test_publish_says_plainly_that_a_run_is_at_work(server, course):
    with alone(course):
        told = published(server)
    assert not told["ok"] and "Another run is grading this course" in told["said"]


def test_the_formgrader_shows_a_link_to_the_page(server):
    for path, link in {"gradebook": "marking", "gradebook/tiny": "marking/tiny",
                       "manage_assignments": "marking", "manage_students": "marking",
                       "manage_submissions/tiny": "marking/tiny"}.items():  # fmt: skip
        status, _, page = signed_in(server, f"formgrader/{path}")
        assert status == 200 and f'href="/{link}"' in page and "formgrader/gradebook" in page


def test_a_server_starts_without_what_only_the_page_needs():
    heavy = ["nbgrader", "sqlalchemy", "nbconvert", "rapidfuzz", "grading.feedback"]
    told = f"import grading.marking.extension, sys; print([m for m in {heavy} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True)
    assert ran.stdout.strip() == "[]", ran.stdout + ran.stderr


TEXT = {"mark": "1", "comment": None, "waits": True}
BAD = ["no", {}, [], {"x": 1}, {"x": {"seen": {}, "to": {}}}, {"x": {"seen": TEXT, "to": TEXT}}]


@pytest.mark.parametrize("body", BAD, ids=repr)
def test_what_is_no_change_is_refused(server, body):
    assert signed_in(server, f"{ONE}/marks", body)[0] == 400


def test_only_the_pages_own_script_may_run_and_nothing_is_loaded(server):
    _, headers, body = signed_in(server, "marking/tiny")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert body.count("<script") == 1 and "Mismo signo" not in body


@pytest.mark.parametrize(
    "path", ["marking/none", "marking/..", "marking/tiny/1_square/none", "marking/tiny/x/y/marks",
             "marking-static/../handlers.py", "marking-static/secret.js"],
)  # fmt: skip
def test_what_the_course_has_not_is_not_found(server, path):
    assert signed_in(server, path)[0] in (404, 405)


def test_outside_of_a_course_there_is_no_page(tmp_path):
    address, process = serve(tmp_path, tmp_path / "server.log")
    pages = [path for path in READ if "static" not in path]
    try:
        assert {path: signed_in(address, path)[0] for path in pages} == dict.fromkeys(pages, 404)
        assert "/marking" not in signed_in(address, "formgrader/gradebook")[2]
    finally:
        process.terminate()
        process.wait()
