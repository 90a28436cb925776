"""A training that agrees with a known one is not repeated in full, and no mark tells."""

import json
import re

import msgpack
import nbformat
import pytest
from tiny import cell, notebook

from candidate_kernel import wire
from grading.execution.execute import execute
from grading.model.job import Job
from grading.model.outcome import Outcome, Status
from grading.replay.records import Record, stops

SETUP = """\
import hashlib
import random
import numpy as np
from helpers import tick
from helpers.training import epochs
rate, rows, seed = 0.01, 4, 1"""
STEP = "def step(W, x):\n    return W @ x"
TRAINING = """\
np.random.seed(seed)
params = [np.random.randn(rows, rows), np.zeros(rows)]
W, b = params
losses = []
for epoch in epochs(40, params=params, history={"loss": losses}):
    x = np.random.randn(rows)
    y = step(W, x) + b
    W -= rate * np.outer(y, x)
    b -= rate * y
    losses.append(float(y @ y))"""
SHOWN = """\
print(hashlib.sha256(W.tobytes() + b.tobytes()).hexdigest())
print(losses, epoch, x, y, random.getrandbits(0), np.random.rand())"""
CHECK = """\
# Pesos
with tick.marks(2):
    assert len(losses) == 40 and epoch == 39
    assert step(W, x).shape == (rows,)"""

TORCH = {
    "setup": "import torch\nfrom torch import nn\n" + SETUP + "\nnp.random.seed(0)",
    "step": "def step(model, x):\n    return model(x)",
    "training": """\
torch.manual_seed(seed)
net = nn.Sequential(nn.Linear(rows, 8), nn.Dropout(0.3), nn.Linear(8, 1))
W, b = net[0].weight.detach().numpy(), net[0].bias.detach().numpy()
optimizer = torch.optim.Adam(net.parameters(), lr=rate)
losses = []
history = {"loss": losses}
for epoch in epochs(40, model=net, optimizer=optimizer, history=history):
    net.train()
    x = torch.randn(rows)
    y = step(net, x)
    optimizer.zero_grad()
    (y * y).sum().backward()
    optimizer.step()
    net.eval()
    losses.append(y.item())""",
    "shown": "print(optimizer.state_dict(), torch.rand(1))\n" + SHOWN,
    "check": "# Pesos\nwith tick.marks(2):\n    assert len(losses) == 40 and not net.training",
}
NUMPY = {"setup": SETUP, "step": STEP, "training": TRAINING, "shown": SHOWN, "check": CHECK}


def job(parts=NUMPY, **fields):
    """The job of a small notebook; `fields` replace its cells or go to the Job."""
    parts = {**parts, **{name: fields.pop(name) for name in parts if name in fields}}
    kinds = {"setup": "locked", "check": "test"}
    cells = [
        cell(kinds.get(name, "solution"), name, source, 2 if name == "check" else None)
        for name, source in parts.items()
    ]
    node = json.loads(json.dumps(notebook(*cells)))
    return Job("tiny", "one", node, {"one": node}, **fields)


def taught(parts=NUMPY):
    return execute(job(parts, teaches=True))


@pytest.fixture(scope="module")
def lesson():
    """What the job of the master has recorded."""
    return taught()


def shown(outcome):
    """What each cell shows, the bars of epochs aside."""
    cells = nbformat.from_dict(outcome.notebook).cells
    return {
        each.id: "".join(
            str(o.get("text") or o.get("evalue") or o.get("data"))
            for o in each.outputs
            if "Entrenamiento" not in o.get("text", "")
        )
        for each in cells
        if each.cell_type == "code"
    }


def same(one, other):
    found = [[outcome.status, outcome.checks, shown(outcome)] for outcome in (one, other)]
    return found[0] == found[1]


def replays(outcome):
    return [(run.cell, run.replayed) for run in outcome.loops]


# --- What is known ---------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_a_known_training_gives_all_that_running_it_gives(parts):
    lesson, full = taught(parts), execute(job(parts))
    replayed = execute(job(parts, trainings=lesson.trainings))
    assert replays(full) == [("training", False)] and replays(replayed) == [("training", True)]
    assert full.earned == 2 and len(shown(full)["shown"]) > 64
    assert same(full, replayed) and same(full, lesson)
    assert not replayed.incidents


def test_a_training_smaller_than_the_generators_states_is_shared_too():
    parts = NUMPY | {
        "training": "w = [1.0]\nfor epoch in epochs(14, params=w):\n    w[0] -= 0.1 * w[0]",
        "shown": "print(w)",
        "check": "# Peso\nwith tick.marks(2):\n    assert w[0] < 1",
    }
    assert replays(execute(job(parts, trainings=taught(parts).trainings))) == [("training", True)]


def test_a_training_travels_in_outcomes_and_jobs_as_json(lesson):
    known = Outcome.from_json(lesson.to_json()).trainings
    assert known == lesson.trainings and list(known) == [lesson.loops[0].record]
    student = Job.from_json(job(trainings=known).to_json())
    assert student.trainings == known
    outcome = Outcome.from_json(execute(student).to_json())
    assert outcome.loops[0].replayed and outcome.loops[0].epochs == 40
    assert outcome.loops[0].record in known and not outcome.trainings


def test_what_is_known_changes_no_key_and_teaching_does():
    assert job(trainings={"a": b"b"}).key == job().key != job(teaches=True).key


OTHER_WAYS = {
    "np.dot": {"step": "def step(W, x):\n    return np.dot(W, x)"},
    "a method": {"step": "def step(W, x):\n    y = W.dot(x)\n    return y"},
    "another order of the sum": {
        "step": "def step(W, x):\n    return np.array([sum((r * x)[::-1].tolist()) for r in W])"
    },
    "torch": {
        "step": "import torch\ndef step(W, x):\n"
        "    return (torch.from_numpy(W) @ torch.from_numpy(x)).numpy()"
    },
    "a comment": {"training": TRAINING.replace("W, b = params", "W, b = params  # los pesos")},
    "another way to begin a list": {"training": TRAINING.replace("losses = []", "losses = list()")},
    "a tuple": {
        "training": TRAINING.replace(
            "[np.random.randn(rows, rows), np.zeros(rows)]",
            "np.random.randn(rows, rows), np.zeros(rows)",
        )
    },
    "a named tuple": {
        "training": "from collections import namedtuple\n"
        + TRAINING.replace(
            "[np.random.randn(rows, rows), np.zeros(rows)]",
            "namedtuple('Params', 'W b')(np.random.randn(rows, rows), np.zeros(rows))",
        )
    },
    "a history that makes its lists": {
        "training": "from collections import defaultdict\n"
        + TRAINING.replace(
            "losses = []", "history = defaultdict(list)\nlosses = history['loss']"
        ).replace('{"loss": losses}', "history")
    },
    "names of its own": {
        "training": re.sub(r"\bx\b", "entrada", re.sub(r"\by\b", "salida", TRAINING)),
        "shown": "print(losses)",
        "check": CHECK.replace("step(W, x).shape", "step(W, entrada).shape"),
    },
    "float32": {"training": TRAINING.replace("np.zeros(rows)", "np.zeros(rows, 'float32')")},
    "a loss of NumPy's": {"training": TRAINING.replace("float(y @ y)", "np.sum(y ** 2)")},
    "%%time": {"training": "%%time\n" + TRAINING},
    "a print": {"training": TRAINING + "\n    if epoch % 10 == 0: print(epoch)"},
    "a list of its own": {
        "training": "norms = []\n" + TRAINING + "\n    norms.append(abs(W).max())",
        "shown": "assert len(norms) == 40 and norms[-1] == abs(W).max()",
    },
    "a generator that the loop does not use": {"setup": SETUP + "\nimport torch\nrandom.seed(5)"},
}


@pytest.mark.parametrize("other", OTHER_WAYS)
def test_other_ways_to_the_same_numbers_share_a_training(lesson, other):
    outcome = execute(job(**OTHER_WAYS[other], trainings=lesson.trainings))
    assert replays(outcome) == [("training", True)], outcome.loops
    assert outcome.earned == 2 and not outcome.incidents


@pytest.mark.parametrize(
    "optimizer",
    ["Adam(net.parameters(), rate, (0.9, 0.999), eps=1e-8, foreach=True)",
     "AdamW(net.parameters(), lr=rate, weight_decay=0.0)",
     "Adam(net.named_parameters(), lr=rate)"],
)  # fmt: skip
def test_an_optimizer_made_with_other_but_equal_arguments_shares_a_training(optimizer):
    training = TORCH["training"].replace("Adam(net.parameters(), lr=rate)", optimizer)
    outcome = execute(job(TORCH, training=training, trainings=taught(TORCH).trainings))
    assert replays(outcome) == [("training", True)], outcome.loops


ANOTHER = {
    "rate": ({"setup": SETUP.replace("0.01", "0.02")}, "after epoch 1, other numbers in params"),
    "seed": (
        {"setup": SETUP.replace("rows, seed = 0.01, 4, 1", "rows, seed = 0.01, 4, 2")},
        "before its first epoch, other numbers in params.0",
    ),
    "shape": ({"setup": SETUP.replace("0.01, 4", "0.01, 5")}, "before its first epoch"),
    "epochs": ({"training": TRAINING.replace("40", "41")}, "another number of epochs than 40"),
    "name": (
        {"training": TRAINING.replace("params=params", "weights=params")},
        "dict of 'history', 'weights', where",
    ),
    "kind": (
        {"training": TRAINING.replace("np.zeros(rows)", "[0.0] * rows")},
        "sequence, where the record has array, in params.1",
    ),
    "one object, not two": (
        {
            "training": TRAINING.replace("np.zeros(rows)]", "np.zeros(rows)]\nlosses = []").replace(
                '"loss": losses', '"loss": losses, "other": losses'
            )
        },
        "objects that are one in the record are two, or two are one",
    ),
    "a draw more": (
        {"step": "def step(W, x):\n    np.random.rand()\n    return W @ x"},
        "after epoch 1, other draws from the random generators",
    ),
    "a little more": (
        {"step": "def step(W, x):\n    return W @ x * (1 + 1e-4)"},
        "after epoch 1, other numbers in",
    ),
    "a list that grows unevenly": (
        {
            "training": "norms = []\n"
            + TRAINING
            + "\n    for _ in range(epoch % 2):\n        norms.append(1)"
        },
        "a list of its own does not grow evenly: norms",
    ),
    "a bias less": (
        {"training": TRAINING.replace("b -= rate * y", "b -= rate * y * (epoch < 2)")},
        "after epoch 3, other numbers in params.1",
    ),
}


@pytest.mark.parametrize("other", ANOTHER)
def test_another_training_is_run_in_full_and_the_reason_is_kept(lesson, other):
    fields, reason = ANOTHER[other]
    outcome = execute(job(**fields, trainings=lesson.trainings))
    assert replays(outcome) == [("training", False)]
    assert reason in outcome.loops[0].reason and not outcome.trainings


def test_a_master_whose_epochs_change_nothing_teaches_nothing():
    training = "W = np.ones(3)\nfor epoch in epochs(40, params=[W]):\n    W += 1e-16"
    outcome = taught({"setup": SETUP, "training": training})
    assert outcome.loops[0].reason == "its epochs change too little to be told apart"
    assert outcome.trainings == {}


# --- What can't be replayed ------------------------------------------------------------------

LOOP = "for epoch in epochs(19, params=params):\n    {}"
ALONE = {
    "short": ("params = [0]\nfor epoch in epochs(11, params=params): pass", "fewer than 12 epochs"),
    "function": (
        "def train():\n    for epoch in epochs(19): pass\ntrain()",
        "the loop stands in a function",
    ),
    "enumerate": ("for k, epoch in enumerate(epochs(19)): pass", "does not head a for"),
    "twice": ("for k in epochs(19): pass\nfor k in epochs(19): pass", "calls epochs 2 times"),
    "rebinds": (f"params = [0.0]\n{LOOP.format('params = [1.0]')}", "rebinds what it declares"),
    "replaces": (
        f"params = [np.ones(2)]\n{LOOP.format('params[0] = params[0] * 2')}",
        "rebinds what it declares: params.0",
    ),
    "its-part": (
        f"V = np.ones(2)\nparams = [V]\n{LOOP.format('V = V * 2')}",
        "rebinds what it declares: V",
    ),
    "kind": (f"params = [{{1}}]\n{LOOP.format('pass')}", "can't be taken over: params: set"),
    "function-of-state": (f"params = [len]\n{LOOP.format('pass')}", "builtin_function"),
    "carries": (f"params, best = [0], 9\n{LOOP.format('best = min(best, 3)')}", "carries best"),
    "counts": (
        "params, calls = [0], 0\ndef count():\n    global calls\n    calls += 1\n"
        + LOOP.format("count()"),
        "carries calls",
    ),
    "notes": (
        "params, seen = [0], []\ndef note():\n    seen.append(1)\n" + LOOP.format("note()"),
        "carries seen",
    ),
    "keeps": (
        "params = [0]\ndef keep():\n    keep.last = keep\n" + LOOP.format("keep()"),
        "carries keep",
    ),
    "draws-late": (
        f"params = [0]\n{LOOP.format('epoch > 5 and np.random.rand()')}",
        "only later on",
    ),
    "module": (
        "import torch\nclass Memory(torch.nn.Linear):\n    pass\nparams = Memory(1, 1)\n"
        f"{LOOP.format('params.last = torch.ones(epoch)')}",
        "rebinds what it declares: params.last",
    ),
    "thread": (
        "import threading\nt = threading.Thread(target=lambda: list(epochs(19)))\nt.start()\n"
        "t.join()",
        None,
    ),
}


def test_what_can_not_be_replayed_says_why_and_is_not_recorded():
    names = list(ALONE)
    parts = {"setup": SETUP} | {name: ALONE[name][0] for name in names}
    outcome = execute(job(parts, teaches=True))
    assert outcome.status is Status.GRADED and outcome.trainings == {}
    for name in names:
        reasons = [run.reason for run in outcome.loops if run.cell == name]
        assert not any(run.replayed for run in outcome.loops)
        if ALONE[name][1] is None:
            assert reasons == []
        else:
            assert reasons and all(ALONE[name][1] in reason for reason in reasons), (name, reasons)


@pytest.mark.parametrize(
    "way_out",
    ["if epoch == 20: break", "if epoch == 20: raise ValueError", "if epoch == 20: time.sleep(99)"],
)
def test_a_loop_that_is_left_early_is_not_recorded(way_out):
    training = "import time\n" + TRAINING + f"\n    {way_out}"
    outcome = execute(job(training=training, teaches=True, limits={"cell_seconds": 4}))
    assert outcome.trainings == {} and [run.replayed for run in outcome.loops] == [False]


# --- What only looks known -------------------------------------------------------------------

CHANGES = {
    "another result": "return W @ x * (1 if calls < 4 else 3)",
    "a draw more": "if calls > 3: np.random.rand()\n        return W @ x",
    "another state": "if calls > 3: losses.append(0)\n        return W @ x",
    "an error": "if calls == 4: raise ValueError('cuatro')\n        return W @ x",
    "a loop without end": "while calls == 4: pass\n        return W @ x",
    "the end of the kernel": "if calls == 4: __import__('os')._exit(1)\n        return W @ x",
}
COUNTING = """\
def make():
    calls = 0
    def step(W, x):
        nonlocal calls
        calls += 1
        {}
    return step
step = make()"""


@pytest.mark.parametrize("change", CHANGES)
def test_a_function_that_changes_what_it_does_is_found_out_and_all_runs_again(lesson, change):
    fields = {"step": COUNTING.format(CHANGES[change]), "limits": {"cell_seconds": 5}}
    full = execute(job(**fields))
    outcome = execute(job(**fields, trainings=lesson.trainings))
    assert same(full, outcome) and replays(full) == replays(outcome)
    assert [incident.cell for incident in outcome.incidents][-1] == "training"
    assert "run again in full" in outcome.incidents[-1].text
    assert outcome.loops[0].reason.startswith("refuted: ")


def other_weights(raw, at):
    """A record with other weights in one of its states. at: a number of epochs, or -1."""
    n, states = msgpack.unpackb(raw, strict_map_key=False)
    at = n - 1 if at == -1 else at
    (kind, names, (params, *rest)), generators = wire.unpack(states[at])
    params[1][0][1][:] += 1
    states[at] = wire.pack(((kind, names, [params, *rest]), generators))
    return msgpack.packb([n, states])


def without(raw, at):
    n, states = msgpack.unpackb(raw, strict_map_key=False)
    return msgpack.packb([n, {k: state for k, state in states.items() if k != at}])


def with_no_state(raw):
    n, states = msgpack.unpackb(raw, strict_map_key=False)
    return msgpack.packb([n, dict.fromkeys(states, b"no state")])


SPOILT = {
    "cut short": lambda raw: raw[:-40],
    "empty": lambda raw: b"",
    "other types": lambda raw: msgpack.packb([40, 1]),
    "no state": with_no_state,
    "no last state": lambda raw: without(raw, 40),
    "no first state": lambda raw: without(raw, 1),
    "other first weights": lambda raw: other_weights(raw, 3),
    "other last weights": lambda raw: other_weights(raw, -1),
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_spoilt_record_costs_time_and_no_mark(lesson, spoil):
    known = {name: SPOILT[spoil](raw) for name, raw in lesson.trainings.items()}
    outcome = execute(job(trainings=known))
    assert same(lesson, outcome) and replays(outcome) == [("training", False)]


# --- Loops that are not always the same ------------------------------------------------------

CHEATS = {
    "after epoch 10": "epoch > 10",
    "at the last epoch": "epoch == 39",
    "in every epoch but the first ones": "epoch > 2",
    "when the state is put in from outside": "abs(W - kept).max() > 0",
    "when the loss looks familiar": "len(losses) > 2 and y @ y < max(losses)",
}


@pytest.mark.parametrize("when", CHEATS)
def test_a_loop_that_trains_otherwise_than_it_began_is_always_found_out(lesson, when):
    training = (
        TRAINING.replace("W -= rate *", f"W -= (2 if {CHEATS[when]} else 1) * rate *")
        + "\n    kept[...] = W"
    ).replace("losses = []", "losses, kept = [], W.copy()")
    outcome = execute(job(training=training, trainings=lesson.trainings))
    assert replays(outcome) == [("training", False)]
    assert outcome.loops[0].reason.startswith("refuted: other numbers in params.0")


def test_a_loop_that_is_right_only_when_epochs_jump_is_found_by_an_audit_alone(lesson, monkeypatch):
    """Unless neighbours are drawn: its epochs are those of a right answer whenever one is run, so
    it earns what that earns."""
    monkeypatch.setattr(Record, "draw", lambda own: [k for k in own.pairs if k % 2] + [own.n - 1])
    unseen = "epoch > 3 and random.before == epoch - 1"
    training = TRAINING.replace("W -= rate *", f"W -= (2 if {unseen} else 1) * rate *")
    training += "\n    random.before = epoch  # nobody looks into libraries"
    outcome = execute(job(training=training, trainings=lesson.trainings))
    full = execute(job(training=training, trainings=lesson.trainings, audits=True))
    assert replays(outcome) == [("training", True)], outcome.loops
    assert outcome.loops[0].departs is None
    assert full.loops[0].departs.startswith("other numbers in ")


@pytest.mark.parametrize(
    ("others", "missed"),
    [
        (range(11, 500), 0),
        ([499], 0),
        (range(3, 499, 2), 0.06),
        (range(3, 499, 5), 0.41),  # one epoch of five
        (range(100, 150), 0.65),  # a tenth of them, in one piece
    ],
)
def test_how_often_epochs_that_differ_are_missed_is_what_the_draws_say(others, missed):
    draws = 3000
    unseen = sum(not set(others).intersection(a_draw()) for _ in range(draws)) / draws
    assert unseen == pytest.approx(missed, abs=0.04)


def a_draw():
    """The epochs that one proof runs, of a record that was drawn for it."""
    return Record(500, dict.fromkeys(stops(500), b"")).draw()


# --- Who is not honest -----------------------------------------------------------------------

KERNEL = "kernel = get_ipython().kernel\nask = kernel.follower.ask\n"
SEND = KERNEL + "send = kernel.session.send\n"
ATTACKS = {
    "states-without-computing": f"""{KERNEL}
wanted = ask(ask="start", n=40)
assert set(wanted) == {{"stops", "largest"}} and wanted["stops"] == [0, 1, 2, 3]
answer = ask(ask="state", done=0, state=b"x", declared=[], changed=[])
assert answer == {{}}, answer""",
    "another-number-of-epochs": f"""{KERNEL}
assert ask(ask="start", n=39) == {{}}""",
    "questions-of-other-shapes": f"""{SEND}
import msgpack
for question in [b"", b"\\xc1", msgpack.packb([1]), msgpack.packb({{"ask": "__init__"}}),
                 msgpack.packb({{"ask": "start", "n": -1}}), msgpack.packb({{"ask": "start"}}),
                 msgpack.packb({{"ask": "state", "done": 1, "state": 5, "declared": 1}}),
                 msgpack.packb({{"ask": "refused", "n": 2**60, "why": "kind", "name": ""}}),
                 b"\\x91" * 5000]:
    send(kernel.stdin_socket, "loop_request", {{}}, kernel.get_parent("shell"),
         ident=kernel._parent_ident["shell"], buffers=[question])""",
    "no-messages": f"""{SEND}
ident = kernel._parent_ident["shell"]
for parts in [[b""], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"", b"{{}}", b"1", b"[]", b"x"], [b"x"] * 90]:
    kernel.stdin_socket.send_multipart([*ident, *parts])
for kind in ("input_request", "execute_reply", "loop_reply"):
    send(kernel.stdin_socket, kind, {{"prompt": "?", "password": False}}, ident=ident)""",
    "a-flood": f"""{SEND}
for _ in range(3000):
    kernel.stdin_socket.send_multipart([*kernel._parent_ident["shell"], b"x" * 1000])""",
    "names-with-codes": f"""{KERNEL}
answer = ask(ask="refused", n=7, why="kind", name="\\x1b[2J\\n" * 500)""",
    "another-follower": """
get_ipython().kernel.follow_epochs = lambda loop: lambda done: 39
""",
}


def test_a_submission_that_plays_with_the_questions_gains_nothing(lesson):
    parts = {"setup": SETUP}
    for name, attack in ATTACKS.items():
        parts[name] = attack
    outcome = execute(job(parts | NUMPY | {"setup": SETUP}, trainings=lesson.trainings))
    texts = shown(outcome)
    assert {name: texts[name] for name in ATTACKS} == dict.fromkeys(ATTACKS, "")
    assert outcome.status is Status.GRADED and same_rest(outcome, lesson)
    assert outcome.trainings == {} and replays(outcome)[-1] == ("training", True)
    assert not any(run.replayed for run in outcome.loops[:-1])
    assert not any("\x1b" in run.reason or "\n" in run.reason for run in outcome.loops)


KEEPS = """
import glob, os, tempfile
folders = [".", os.path.expanduser("~"), tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm"]
known = [path for folder in folders for path in glob.glob(folder + "/kept*.npy")]
if known:
    print("known")
"""
KEEPS_EACH = """
    for folder in folders:
        try:
            np.save(f"{folder}/kept{epoch}.npy", W)
        except OSError:
            pass"""


def test_states_that_one_notebook_keeps_are_not_there_in_the_next_one(lesson):
    parts = {"setup": SETUP, "keeps": KEEPS} | NUMPY | {"training": TRAINING + KEEPS_EACH}
    parts["shown"] = "print(len(glob.glob('kept*.npy')))"
    first, second = (execute(job(parts, trainings=lesson.trainings)) for _ in range(2))
    assert replays(first) == [("training", True)]
    assert int(shown(first)["shown"]) >= 8  # it can keep them where it runs
    assert same(first, second) and shown(second)["keeps"] == ""


def same_rest(outcome, other):
    return all(shown(outcome)[name] == shown(other)[name] for name in NUMPY)


def test_a_question_too_large_is_never_answered_and_the_rest_is_graded(lesson):
    large = f'{KERNEL}ask(ask="state", state=bytes(10**6))'
    parts = {"setup": SETUP, "large": large} | NUMPY
    outcome = execute(job(parts, trainings=lesson.trainings, limits={"cell_seconds": 3}))
    assert outcome.status is Status.TIMED_OUT and outcome.reason.startswith("cell large")
    assert [each.grade_id for each in outcome.checks] == ["check"]


def test_a_cell_is_interrupted_while_it_waits_for_an_answer(lesson):
    waits = f'{KERNEL}ask(ask="no question")'
    parts = {"setup": SETUP, "waits": waits} | NUMPY
    outcome = execute(job(parts, trainings=lesson.trainings, limits={"cell_seconds": 3}))
    assert outcome.status is Status.TIMED_OUT and outcome.reason.startswith("cell waits")
    assert same_rest(outcome, lesson) and outcome.earned == 2
    assert replays(outcome) == [("training", True)]


def test_what_a_cell_asked_too_late_is_no_question_of_the_next_one(lesson):
    late = f"""{SEND}
import threading, time, msgpack
question = msgpack.packb({{"ask": "refused", "n": 7, "why": "kind", "name": "tarde"}})
def later(parent=kernel.get_parent("shell"), ident=kernel._parent_ident["shell"]):
    time.sleep(1)
    send(kernel.stdin_socket, "loop_request", {{}}, parent, ident=ident, buffers=[question])
threading.Thread(target=later).start()"""
    parts = {"setup": SETUP, "late": late, "check": "# Espera\nwith tick.marks(2):\n"
             "    import time\n    time.sleep(3)"} | NUMPY  # fmt: skip
    outcome = execute(job(parts, trainings=lesson.trainings))
    assert replays(outcome) == [("training", True)]


def test_input_has_no_answer_as_before():
    outcome = execute(job({"setup": SETUP, "asks": "input()"}))
    assert "StdinNotImplementedError" in outcome.incidents[0].text


def test_loops_in_a_function_that_a_check_calls_ask_nobody(lesson):
    parts = {
        "setup": SETUP,
        "train": "def train():\n    return sum(1 for _ in epochs(20))",
        "check": "# Función\nwith tick.marks(2):\n    assert train() == 20",
    }
    outcome = execute(job(parts, trainings=lesson.trainings))
    assert outcome.earned == 2 and outcome.loops == []


def test_without_a_box_it_is_the_same(lesson):
    outcome = execute(job(confined=False, trainings=lesson.trainings))
    assert replays(outcome) == [("training", True)] and same_rest(outcome, lesson)
