"""Submissions that want marks for nothing, one a row: which checks must still pass.

A check whose exercise is answered wrongly, or not at all, passes for nobody; the exercises beside
it keep their marks, unless the attack ends the student's own kernel. Nothing that a submission does
is a failure of the grader's.
"""

import argparse
import builtins
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from io import BytesIO
from numbers import Real
from pathlib import Path

import msgpack
import numpy as np
import psutil
import pytest
import tiny
import torch
from nbformat.v4 import new_code_cell
from tiny import cell, hand_in, notebook, solved

from candidate_kernel.wire import Unknown
from grading.batch.run import run
from grading.examiner.handles import NotData
from grading.examiner.imports import Imports
from grading.examiner.kinds import make_handle
from grading.examiner.link import Link, frame
from grading.examiner.messages import Test
from grading.examiner.namespace import RemoteNamespace
from grading.examiner.tests import Tests
from grading.execution.execute import execute
from grading.masters.build import build
from grading.model.job import Job
from grading.model.outcome import Status

# --- The notebook under attack: one exercise of each kind ----------------------------------------

HIDDEN_HINT = "double: los negativos guardan el secreto"
HIDDEN_NUMBER = 78125.4375  # what `ramp` must reach, and nothing that students get says so

IMPORTS = """\
import random
import numpy as np
from helpers import tick
from helpers.checkarr import check_hash"""

EXERCISES = {
    "double": """\
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION""",
    "word": """\
### BEGIN SOLUTION
word = "murciélago"
### END SOLUTION""",
    "ramp": """\
def ramp(n):
    ### BEGIN SOLUTION
    return np.arange(n) ** 2.0
    ### END SOLUTION""",
    "pile": """\
class Pile:
    ### BEGIN SOLUTION
    def __init__(self):
        self.items = []
    def push(self, item):
        self.items.append(item)
    def pop(self):
        return self.items.pop()
    def __len__(self):
        return len(self.items)
    def __iter__(self):
        return iter(self.items)
    ### END SOLUTION""",
    "odd": """\
def odd():
    ### BEGIN SOLUTION
    number = 1
    while True:
        yield number
        number += 2
    ### END SOLUTION""",
}

CHECKS = {
    "double": f"""\
# Doble
with tick.marks(1):
    assert double(2) == 4
    assert isinstance(double(3), int) and abs(double(3) - 6) < 1e-9, f"double(3) = {{double(3)}}"
    ### BEGIN HIDDEN TESTS
    from grading.reference import close, reference

    master = reference("tiny/attacked")
    cases = [-3, 0.5, random.random()]
    for got, want in zip(map(double, cases), map(master.double, cases)):
        assert close(got, want), "{HIDDEN_HINT}"
    ### END HIDDEN TESTS""",
    "word": """\
# Palabra
with tick.marks(1):
    assert isinstance(word, str) and len(word) == 10, f"word = {word}"
    ### BEGIN HIDDEN TESTS
    assert word == "murci" + "élago", f"word: ¿seguro que es {word}?"
    ### END HIDDEN TESTS""",
    "ramp": f"""\
# Rampa
with tick.marks(1):
    assert check_hash(ramp(4), ((4,), 68.5))
    assert isinstance(ramp(3), np.ndarray) and np.allclose(ramp(3), [0, 1, 4])
    ### BEGIN HIDDEN TESTS
    from grading.reference import close

    size = random.randint(3, 30)
    assert (ramp(size) == np.arange(size) ** 2.0).all() and len(ramp(size)) == size
    assert close(ramp(6)[-1] * {HIDDEN_NUMBER} / 25, {HIDDEN_NUMBER})
    ### END HIDDEN TESTS""",
    "pile": """\
# Pila
with tick.marks(1):
    pile = Pile()
    pile.push(1)
    pile.push("dos")
    assert len(pile) == 2 and list(pile) == [1, "dos"]
    ### BEGIN HIDDEN TESTS
    assert pile.pop() == "dos"
    assert pile.items == [1] and 1 in pile
    ### END HIDDEN TESTS""",
    "odd": """\
# Impares
with tick.marks(1):
    from itertools import islice

    assert list(islice(odd(), 4)) == [1, 3, 5, 7]
    ### BEGIN HIDDEN TESTS
    assert list(islice(odd(), 500, 501)) == [1001]
    ### END HIDDEN TESTS""",
}

ALL = frozenset(CHECKS)
NAME = "attacked"
LIMITS = {"call_seconds": 2, "check_seconds": 6, "cell_seconds": 6, "notebook_seconds": 60}


def master():
    cells = [cell("locked", "imports", IMPORTS)]
    for name in EXERCISES:
        cells += [cell("solution", name, EXERCISES[name])]
        cells += [cell("test", f"{name}-check", CHECKS[name], 1)]
    return notebook(*cells)


def submission(*added, answers=None, files=None, limits=None, node=None):
    """The notebook under attack as a Job: solved but for `answers`; `added` follow the imports."""
    node = deepcopy(node) if node else master()
    original = json.loads(json.dumps(node))
    for each in node.cells:
        lines = [line for line in each.source.splitlines() if "SOLUTION" not in line]
        each.source = (answers or {}).get(each.id, "\n".join(lines))
    node.cells[1:1] = [new_code_cell(source) for source in added]
    return Job(
        tiny.ASSIGNMENT, NAME, json.loads(json.dumps(node)), {NAME: original}, files or {},
        limits=LIMITS | (limits or {}),
    )  # fmt: skip


def passed(outcome):
    return {check.grade_id.removesuffix("-check") for check in outcome.checks if check.passed}


@dataclass(frozen=True)
class Attack:
    """cells: what the student adds after the imports. answers: exercise → the student's text.

    wrong: the exercises that earn nothing, by default those answered; the others keep their marks.
    """

    cells: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    wrong: frozenset[str] | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    says: str = ""  # part of an incident's text

    @property
    def earns(self):
        return ALL - (self.answers.keys() if self.wrong is None else self.wrong)


NOTHING = dict.fromkeys(EXERCISES, "pass")  # no exercise is answered


def everywhere(*cells, **more):
    """An attack beside which nothing is answered."""
    return Attack(cells, NOTHING, **more)


def answering(answer, *cells):
    """An attack that gives the same object for each exercise; `answer` makes it."""
    return Attack(cells, {
        "double": f"double = lambda x: {answer}",
        "word": f"word = {answer}",
        "ramp": f"ramp = lambda n: {answer}",
        "pile": f"Pile = lambda: {answer}",
        "odd": f"odd = lambda: {answer}",
    })  # fmt: skip


def replying(payload):
    """An attack whose kernel answers every question with `payload`, an expression in `raw`."""
    source = f"import msgpack\ndef reply(raw):\n    return {payload}\n"
    return everywhere(source + "get_ipython().kernel.bridge.answer = reply")


YES_MAN = """\
class Yes:
    def __init__(self, *args, **kwargs): pass
    def yes(self, *args, **kwargs): return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = yes
    def self(self, *args, **kwargs): return self
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __pow__ = self
    __abs__ = __neg__ = __call__ = __array_function__ = __array_ufunc__ = all = any = self
    __getattr__ = push = pop = item = detach = cpu = numpy = self
    def __float__(self): return 4.0
    def __index__(self): return 4
    __int__ = __index__
    def __len__(self): return 10
    def __iter__(self): return iter([self] * 10)
    def __getitem__(self, key): return self
    def __array__(self, *args, **kwargs): return np.zeros(4)
    __array_interface__ = {"shape": (4,), "typestr": "<f8", "version": 3, "data": (0, False)}
    __hash__ = None
    dtype = shape = size = ndim = property(self)
    def __reduce__(self): return (print, ("hola",))
    __class__ = property(lambda self: int)
    def __instancecheck__(self, other): return True
"""

LIARS = """\
def lying(base):
    def yes(*args, **kwargs): return True
    names = ("eq", "ne", "lt", "le", "gt", "ge", "bool", "contains", "array_function")
    more = {f"__{name}__": yes for name in names}
    more |= {"__hash__": base.__hash__, "__repr__": lambda self: "murciélago"}
    return type(f"Lying{base.__name__}", (base,), more)
class LyingList(lying(list)):
    def __iter__(self): return iter([1, "dos"])
    def __len__(self): return 2
    def __getitem__(self, key): return "dos"
class LyingFloat(lying(float)):
    def __float__(self): return 4.0
    def __abs__(self): return 0.0
    def __sub__(self, other): return 0.0
class LyingArray(lying(np.ndarray)):
    def __array_finalize__(self, other): pass
    def all(self, *args, **kwargs): return True
    def tobytes(self, *args, **kwargs): return np.array([0.0, 1, 4, 9]).tobytes()
    def ravel(self, *args, **kwargs): return np.array([0.0, 1, 4, 9])
"""

PUBLISH = """\
def publish(kind, content):
    kernel = get_ipython().kernel
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
def result(value):
    data = {"text/plain": str(value)}
    publish("execute_result", {"data": data, "metadata": {}, "execution_count": 1})
"""

CLAIM = """\
from candidate_kernel import wire, wire_encoding
wire_encoding.class_names = lambda kind: [CLAIM]
wire_encoding.Encoder._METHODS = []
class Claiming:
    def __call__(self, *args): return Claiming()
    def __getattr__(self, name): return Claiming()
    def __len__(self): return 10
    def __getitem__(self, key): return Claiming()
    def __iter__(self): return iter([1, "dos"])
"""


def claiming(name):
    """An attack whose objects all say that they are of the class `name`."""
    return answering("Claiming()", CLAIM.replace("CLAIM]", f"{name!r}]"))


CANDIDATE = "grading.examiner.namespace"  # a module of the examiner's that imports builtins

VISIBLE_ONLY = {
    "double": "def double(x):\n    return {2: 4, 3: 6}.get(x, 0)",
    "word": "word = 'xxxxxxxxxx'",
    "ramp": "def ramp(n):\n    return np.array([0.0, 1, 4, 9])[:n]",
}

ATTACKS = {
    "nothing is answered": everywhere(),
    "nothing is attacked": Attack(),
    # --- Objects that agree with everything ---
    "an object that says yes to all": answering("Yes()", YES_MAN),
    "the class itself": answering("Yes", YES_MAN),
    "a class of the master's name": Attack(
        (YES_MAN.replace("class Yes", "class Pile"),),
        {
            "double": "def double(x):\n    return Pile()",
            "word": "word = Pile()",
            "ramp": "def ramp(n):\n    return Pile()",
            "pile": "del Pile.__getattr__",
            "odd": "def odd():\n    return Pile()",
        },
    ),
    "an object that equals one number by a guess": answering(
        "Guess()",
        "class Guess:\n    asked = 0\n    __float__ = None\n"
        "    def __eq__(self, other):\n"
        "        Guess.asked += 1\n        return Guess.asked == 501\n",
    ),
    "numbers that lie": answering("LyingFloat(1)", LIARS),
    "texts that lie": answering("lying(str)('x' * 10)", LIARS),
    "lists that lie": answering("LyingList()", LIARS),
    "dicts that lie": answering("lying(dict)(detach=1, items=[1])", LIARS),
    "arrays that lie": answering("np.zeros(4).view(LyingArray)", LIARS),
    "nan": answering("float('nan')"),
    "empty arrays": answering("np.empty((0,))"),
    "a masked array": answering("np.ma.masked_all(4)"),
    "arrays of lying objects": answering("np.array([Yes()] * 4, object)", YES_MAN),
    "objects that claim to be int": claiming("builtins:int"),
    "objects that claim to be int by another way": claiming(f"{CANDIDATE}:builtins.int"),
    "objects that claim to be ndarray by another way": claiming("grading.reference:np.ndarray"),
    # --- What the stock grader falls for ---
    "displayhook and execute_result": everywhere(
        PUBLISH + "import sys\nsys.displayhook(5.0)\nresult(1)\nresult('nan')\n"
        "get_ipython().events.register('pre_run_cell', lambda info: result(1.0))\n"
        "def double(x):\n    sys.displayhook(1.0)\n    result(1)\n"
        "def ramp(n):\n    return result(float('nan'))\n"
    ),
    "transformers that empty the tests": everywhere(
        "import ast\n"
        "class Empty(ast.NodeTransformer):\n"
        "    def visit_With(self, node): return ast.Pass()\n"
        "    def visit_Assert(self, node): return ast.Pass()\n"
        "shell = get_ipython()\nshell.ast_transformers.append(Empty())\n"
        "shell.input_transformers_cleanup.append(lambda lines: ['pass\\n'])\n"
    ),
    "run_cell, do_execute and send replaced": everywhere(
        "kernel, shell = get_ipython().kernel, get_ipython()\n"
        "send = kernel.session.send\n"
        "def quiet(stream, kind, content=None, *args, **kwargs):\n"
        "    if kind == 'error': return\n"
        "    if isinstance(content, dict) and 'status' in content: content['status'] = 'ok'\n"
        "    return send(stream, kind, content, *args, **kwargs)\n"
        "kernel.session.send = quiet\n"
        "ok = {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}\n"
        "async def do_execute(*args, **kwargs): return ok\n"
        "kernel.do_execute = do_execute\n"
        "shell.run_cell = shell.run_cell_async = lambda *args, **kwargs: None\n"
    ),
    "settrace that rewrites variables": everywhere(
        "import sys\n"
        "def trace(frame, event, arg):\n"
        "    for name in ('got', 'want', 'error', 'reply'):\n"
        "        if name in frame.f_locals: frame.f_locals[name] = True\n"
        "    return trace\n"
        "sys.settrace(trace)\nsys.setprofile(trace)\n"
    ),
    "checks, NumPy and imports patched": everywhere(
        "import builtins, helpers.tick, helpers.checkarr\n"
        "yes = lambda *args, **kwargs: True\n"
        "np.allclose = np.array_equal = helpers.checkarr.check_hash = check_hash = yes\n"
        "class tick:\n"
        "    marks = staticmethod(lambda n: tick())\n"
        "    def __enter__(self): return self\n"
        "    def __exit__(self, *args): return True\n"
        "helpers.tick.marks = tick.marks\nmaster = reference = close = yes\n"
        "cases, got, want, size, pile = [], 0, 0, 3, [1, 'dos']\n"
        "real = builtins.__import__\n"
        "builtins.__import__ = lambda name, *args: tick if 'tick' in name else real(name, *args)\n"
    ),
    "builtins replaced": everywhere(
        "import builtins\n"
        "len = isinstance = abs = list = zip = map = yes = lambda *args, **kwargs: True\n"
        "builtins.len = builtins.isinstance = builtins.abs = builtins.list = yes\n"
        "AssertionError = builtins.AssertionError = type('Nothing', (Exception,), {})\n"
        "__builtins__ = {}\n__debug__ = False\n".replace("__debug__ = False\n", "")
    ),
    "modules beside the notebook": everywhere(
        "import sys\nsys.path.insert(0, '.')\n",
        files={
            "ipykernel_launcher.py": b"raise SystemExit",
            "numpy.py": b"allclose = lambda *a: True",
            "tick.py": b"marks = None",
            "msgpack.py": b"raise SystemExit",
            "sitecustomize.py": b"import os; os._exit(0)",
            "helpers/__init__.py": b"",
            "helpers/tick.py": b"raise SystemExit",
            "grading/__init__.py": b"",
            "grading/reference.py": b"reference = close = lambda *a: True",
            "source/tiny/attacked.ipynb": b"{}",
            "grader_config.py": b"raise SystemExit",
        },
    ),
    # --- Later, and meanwhile ---
    "threads, atexit and signals": everywhere(
        "import atexit, threading, time, signal, weakref\n"
        "def later():\n"
        "    end = time.monotonic() + 20\n"
        "    while time.monotonic() < end:\n"
        "        globals().update(got=1, want=1, error=None, word=None)\n"
        "        get_ipython().kernel.bridge._objects[0] = lambda *args: True\n"
        "        time.sleep(0.001)\n"
        "threading.Thread(target=later, daemon=True).start()\n"
        "atexit.register(lambda: print(1.0))\n"
        "signal.signal(signal.SIGALRM, lambda *args: later())\nsignal.setitimer(0, 0.3)\n"
    ),
    "answers for the visible inputs only": Attack((), VISIBLE_ONLY),
    "right for the first calls only, or outside of a test": Attack((), {
        "double": "calls = []\ndef double(x):\n    calls.append(x)\n"
        "    return 2 * x if len(calls) < 5 and type(x) is int else 0",
        "ramp": "import sys\ndef ramp(n):\n    frame = sys._getframe()\n"
        "    while frame:\n        if frame.f_code.co_name == '_reply': return np.zeros(n)\n"
        "        frame = frame.f_back\n    return np.arange(n) ** 2.0",
    }),  # fmt: skip
    "waits to see which input comes": Attack((), {
        "double": "import time\nseen, known = [], {2: 4, 3: 6}\ndef double(x):\n"
        "    seen.append(x)\n    time.sleep(0.05)\n    kernel = get_ipython().kernel\n"
        "    kernel.shell_stream.socket.poll(50)\n    return known.get(x, seen[-1])",
        "odd": "def odd():\n    for number in range(1, 10 ** 6, 2):\n"
        "        yield number if number < 9 else Later()\n"
        "class Later:\n    def __getattr__(self, name): return 1001\n"
        "    def __eq__(self, other): return True",
    }),  # fmt: skip
    # --- Errors that would end a test early, or the examiner ---
    "StopIteration": Attack((), {
        "double": "def double(x):\n    if x in (2, 3): return 2 * x\n    raise StopIteration",
        "odd": "def odd():\n    raise StopIteration(1)",
    }),  # fmt: skip
    "exceptions that end processes": Attack((), {
        "double": "def double(x):\n    raise SystemExit(0)",
        "ramp": "def ramp(n):\n    raise KeyboardInterrupt",
        "pile": "def Pile():\n    raise GeneratorExit",
        "odd": "def odd():\n    raise BaseExceptionGroup('a', [KeyboardInterrupt(), ValueError()])",
    }),  # fmt: skip
    "exceptions that lie": Attack((
        "class CheckFailed(AssertionError):\n"
        "    __cause__ = None\n    def __str__(self): raise self\n"
        "    def __getattr__(self, name): return self\n"
        "CheckFailed.__module__ = 'helpers.tick'\n"
        "class Lost(AssertionError): pass\nLost.__module__ = 'grading.examiner.namespace'\n"
        "class Odd(UnicodeDecodeError, OSError): pass\n"
        "Odd = type('\\ud800\\x00 ñ' * 200, (KeyError, SyntaxError), {})\n",
    ), {
        "double": "def double(x):\n    raise CheckFailed",
        "ramp": "def ramp(n):\n    raise Lost('\\ud800\\x1b[2J\\u202e' * 10**5)",
        "pile": "def Pile():\n    raise Odd",
        "odd": "def odd():\n    yield 1\n    raise MemoryError",
    }),  # fmt: skip
    "halves of characters and control characters": Attack(
        ("globals()['\\ud800'] = 1\nprint('\\ud800\\x00\\x1b[2J')\n",),
        {
            "double": "def double(x):\n    return [np.array('\\ud800\\x00')[()]]",
            "word": "word = np.str_('\\ud800\\x1b[2J\\x00\\u202eaa')",
            "ramp": "def ramp(n):\n    return np.array(['\\ud800'] * n)",
            "pile": "Pile = type('\\ud800', (), {'\\ud800': 1})",
        },
    ),
    "outputs that no kernel gives": everywhere(
        PUBLISH + "result(1)\n"
        "for count in (3, 'x' * 4_000_000, {'a': 1}, None):\n"
        "    publish('execute_input', {'execution_count': count, 'code': ''})\n"
        "for text in (5, None, ['a'], 'Falta completar'):\n"
        "    name = 'NotImplementedError'\n"
        "    publish('error', {'ename': name, 'evalue': text, 'traceback': text})\n"
        "deep = 1\n"
        "for depth in range(1000):\n"
        "    deep = [deep]\n"
        "    if depth % 9 == 0:\n"
        "        data = {'application/json': deep, 'text/plain': '\\ud800', 'text/html': 7}\n"
        "        publish('display_data', {'data': data, 'metadata': {}})\n"
        "publish('update_display_data', {'data': 1, 'transient': {'display_id': [1]}})\n"
        "publish('clear_output', {'wait': 'no'})\npublish('comm_open', {'comm_id': 1})\n"
        "publish('status', {'execution_state': 'idle'})\n"
    ),
    # --- Replies that no kernel gives ---
    "no msgpack": replying("b'\\xc1' * 100"),
    "a value that is no value": replying("msgpack.packb({'value': b'\\xc1'})"),
    "True to everything": replying("msgpack.packb({'value': msgpack.packb(True)})"),
    "a handle to everything": replying(
        "msgpack.packb({'value': msgpack.packb(['handle', -1, 'callable', ['builtins:int']])})"
    ),
    "replies sent twice, early and to others": everywhere(
        "import msgpack\nkernel = get_ipython().kernel\nsend = kernel.session.send\n"
        "true = msgpack.packb({'value': msgpack.packb(True)})\n"
        "def many(stream, kind, content=None, parent=None, ident=None, buffers=None, **kwargs):\n"
        "    if kind == 'candidate_reply':\n"
        "        name, number, count = parent['header']['msg_id'].rsplit('_', 2)\n"
        "        for k in range(-3, 60):\n"
        "            header = parent['header'] | {'msg_id': f'{name}_{number}_{int(count) + k}'}\n"
        "            send(stream, kind, {}, {'header': header}, ident, [true])\n"
        "        stream.send_multipart([*ident, b'nonsense', b'<IDS|MSG>', b'', b'{'])\n"
        "    return send(stream, kind, content, parent, ident, buffers, **kwargs)\n"
        "kernel.session.send = many\n"
    ),
    "packing patched": everywhere(
        "import json, base64, msgpack\nfrom candidate_kernel import wire\n"
        "true = msgpack.packb(True)\n"
        "json.dumps = json.loads = base64.b64decode = lambda *args, **kwargs: '4'\n"
        "wire.pack = lambda *args: true\nwire.unpack = lambda *args: ()\n"
    ),
    "msgpack patched": everywhere(
        "import msgpack\ntrue = msgpack.packb({'value': msgpack.packb(True)})\n"
        "real = msgpack.unpackb\n"
        "msgpack.packb = lambda *args, **kwargs: true\n"
        "msgpack.unpackb = lambda raw, **kwargs: real(raw, **kwargs) if b'ask' in raw else True\n"
    ),
    "sent deep, endless and huge": Attack((), {
        "double": "deep = []\nfor _ in range(5000): deep = [deep]\ndef double(x): return deep",
        "word": "word = []\nword.append(word)",
        "ramp": "def ramp(n): return np.zeros(40_000_000)",
        "pile": "class Pile:\n    def push(self, item): pass\n    def __len__(self): return 2\n"
        "    def __iter__(self):\n        while True: yield 1",
    }, limits={"memory_mb": 2048}),  # fmt: skip
    "late": Attack(
        (), {"double": "import time\ndef double(x): time.sleep(30)"}, limits={"call_seconds": 1},
        says="a call took more than 1 s",
    ),
    "late, and deaf": Attack(
        (),
        {
            "ramp": "import time\ndef ramp(n):\n    while True:\n"
            "        try: time.sleep(30)\n        except BaseException: pass"
        },
        frozenset({"ramp", "pile", "odd"}),
        limits={"call_seconds": 1},
        says="could not be interrupted",
    ),
    "the kernel ends in a call": Attack(
        (), {"pile": "import os\ndef Pile(): os.kill(os.getpid(), 9)"}, frozenset({"pile", "odd"}),
        says="ended the kernel",
    ),
    "the kernel stops listening": Attack(
        (),
        {
            "ramp": "import gc, zmq\ndef ramp(n):\n    for each in gc.get_objects():\n"
            "        if isinstance(each, zmq.Socket): each.close(0)"
        },
        frozenset({"ramp", "pile", "odd"}),
        limits={"call_seconds": 1},
    ),
    "the kernel stops listening to interruptions": Attack(
        (
            "import gc, zmq\nshell = get_ipython().kernel.shell_stream.socket\n"
            "for each in gc.get_objects():\n"
            "    if isinstance(each, zmq.Socket) and each is not shell:\n"
            "        if each.type == zmq.ROUTER: each.close(0)\n"
            "import time\ntime.sleep(0.3)\nwhile True: pass\n",
        ),
        NOTHING,
        limits={"cell_seconds": 1},
    ),
}  # fmt: skip


def outside():
    """What a submission must leave as it is: files of the kit, of the environment and at home, the
    temporary folder and the processes of this one."""
    environment = next(Path(sys.prefix).glob("lib/*/site-packages"))
    kept = [
        path
        for name in ("grading", "helpers", "source", "submitted", "release")
        for path in (tiny.REPOSITORY / name).rglob("*")
        if "__pycache__" not in path.parts
    ]
    kept += [*tiny.REPOSITORY.glob("*.py"), *environment.glob("*"), *environment.glob("nbgrader/*")]
    kept += Path.home().glob(".ipython/profile_default/startup/*")
    files = {str(path): (path.stat().st_mtime_ns, path.stat().st_size)
             for path in kept if path.is_file()}  # fmt: skip
    ours = Path(tempfile.gettempdir()).glob(f"grading-{os.getpid()}-*")
    alive = [each for each in psutil.Process().children(recursive=True)
             if each.status() != psutil.STATUS_ZOMBIE]  # fmt: skip
    return files, sorted(map(str, environment.glob("*"))), list(ours), alive


@pytest.fixture(scope="module")
def warm():
    """The processes that kernels are forked from: they stay from one notebook to the next."""
    execute(submission())


@pytest.mark.parametrize("name", ATTACKS)
def test_only_right_answers_earn_marks_and_nothing_outside_changes(warm, name):
    attack, before = ATTACKS[name], outside()
    job = submission(
        *attack.cells, answers=attack.answers, files=attack.files, limits=attack.limits
    )
    outcome = execute(job)
    assert (outcome.status is Status.GRADER_FAILED, outcome.reason[:0]) == (False, ""), outcome
    assert [check.grade_id for check in outcome.checks] == [f"{name}-check" for name in CHECKS]
    assert passed(outcome) == attack.earns, [(c.title, c.reason) for c in outcome.checks]
    assert attack.says in " ".join(incident.text for incident in outcome.incidents)
    assert outside() == before
    text = outcome.to_json()
    assert len(text) < 2_000_000
    text.encode()


# --- What a table cannot say ----------------------------------------------------------------------

SEARCH = """\
import gc, hashlib, os, re, struct, sys
DIGESTS = {digests!r}
LONGEST = 50_000_000
found = []

def look(raw, where):
    \"\"\"Compare digests, so that what is looked for stands nowhere in this process.\"\"\"
    for start, (length, digest) in DIGESTS.items():
        for match in re.finditer(re.escape(start), raw):
            text = raw[match.start() : match.start() + length]
            if hashlib.sha256(text).hexdigest() == digest:
                found.append((digest[:6], where))

def look_everywhere():
    look(repr([sys.argv, dict(os.environ), get_ipython().kernel.bridge.__dict__]).encode(), "names")
    for each in gc.get_objects():
        if type(each) in (dict, list, tuple) and len(each) < 1000:
            for item in each.values() if type(each) is dict else each:
                if type(item) is str: look(item.encode("utf-8", "replace"), "an object")
                if type(item) is bytes: look(item, "an object")
    frame = sys._getframe()
    while frame:
        look(frame.f_code.co_filename.encode(), "a frame")
        look(repr(list(frame.f_locals)).encode(), "a frame")
        frame = frame.f_back
    for line in open("/proc/self/maps"):
        start, end = (int(part, 16) for part in line.split()[0].split("-"))
        if "r" in line.split()[1] and end - start < LONGEST and "[v" not in line:
            try:
                with open("/proc/self/mem", "rb") as memory:
                    memory.seek(start)
                    look(memory.read(end - start), line)
            except OSError: pass
    for top in ("/proc", "/tmp", "/home", "/work", "/kit", "/files", "/etc", "/root", "/dev/shm"):
        for folder, folders, names in os.walk(top):
            skip = ("site-packages", "task", "lib", "sys", "net", "map_files")
            folders[:] = [name for name in folders if name not in skip]
            for name in names:
                path = os.path.join(folder, name)
                look(path.encode("utf-8", "replace"), path)
                if name in ("kmsg", "mem", "pagemap", "kcore", "kpagecount", "kpageflags"): continue
                try:
                    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                    try: look(os.read(file, LONGEST), path)
                    finally: os.close(file)
                except OSError: pass
    return 1

controls = b"".join([b"con", b"trol of the ", b"search"])
look_everywhere()
"""


def test_a_submission_finds_nothing_that_is_the_masters():
    control = "control of the search"
    secrets = [HIDDEN_HINT, str(HIDDEN_NUMBER), 'word == "murci" + "élago"', control]
    raw = [secret.encode() for secret in secrets]
    digests = {each[:4]: (len(each), hashlib.sha256(each).hexdigest()) for each in raw}
    search = SEARCH.format(digests=digests)
    within = "def double(x):\n    return look_everywhere() and 2 * x"
    outcome = execute(
        submission(
            search, "print(len(found))",
            answers={
                "double": within,
                "odd": "print(sorted(set(found)))",
                "word": "word = 'ornitorrin'",
            },
            limits={"cell_seconds": 60, "call_seconds": 60, "check_seconds": 120},
        )
    )  # fmt: skip
    assert passed(outcome) == {"double", "ramp", "pile"}
    found = set(re.findall(r"'([0-9a-f]{6})', '", text_of(outcome, "odd")))
    assert found == {hashlib.sha256(control.encode()).hexdigest()[:6]}


def text_of(outcome, cell_id):
    cells = {each["id"]: each for each in outcome.notebook["cells"]}
    return "".join(output.get("text", "") for output in cells[cell_id]["outputs"])


def check(source, *replies):
    """The result of a test cell when the kernel answers with `replies`, the last one for ever."""

    class Link:
        def __init__(self):
            self.replies = list(replies)

        def write(self, message):
            message["question"].hex()

        def read(self):
            return {"answer": self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]}

    test = Test(source, "check", "Título", 1, seed=0, stops=[])
    return Tests(Imports([IMPORTS]), RemoteNamespace(Link())).run(test).result


def value(tree):
    return msgpack.packb({"value": msgpack.packb(tree)})


FUNCTION = value(["handle", 0, "function", ["builtins:function"]])
REPLIES = {
    "no bytes": b"",
    "no msgpack": b"\xc1",
    "no map": msgpack.packb([1]),
    "an empty map": msgpack.packb({}),
    "a value that is none": msgpack.packb({"value": 4}),
    "a value too much": msgpack.packb({"value": msgpack.packb(4) * 2}),
    "an extension": msgpack.packb({"value": msgpack.ExtType(1, b"4")}),
    "missing": msgpack.packb({"missing": True}),
    "an error of no kind": msgpack.packb({"error": 4}),
    "an error without anything": msgpack.packb({"error": {}}),
    "an error of odd kinds": msgpack.packb(
        {"error": {"classes": ["", ":", "builtins:", 4, "a:\0"], "text": 4, "name": 4, "steps": 4}}
    ),
    "an error with odd steps": msgpack.packb(
        {"error": {"classes": ["builtins:NameError"], "name": 3, "steps": [[1], [2, 3, 4]]}}
    ),
    "what is no exception": msgpack.packb({"error": {"classes": ["builtins:int"]}}),
    **{
        f"a {kind.__name__}": msgpack.packb({"error": {"classes": [f"builtins:{kind.__name__}"]}})
        for kind in vars(builtins).values()
        if isinstance(kind, type) and issubclass(kind, BaseException)
    },
    **{
        f"a handle that claims to be {name}": value(["handle", 2**63, "callable", [name]])
        for name in ("builtins:int", "builtins:bool", "numpy:ndarray", "torch:Tensor", "__main__:x")
    },
}


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_that_is_no_answer_fails_the_check_and_nothing_more(name):
    for replies in ([REPLIES[name]], [msgpack.packb({}), FUNCTION, REPLIES[name]]):
        for source in (CHECKS["double"], "for got in map(double, [1, 2]):\n    assert got == 4"):
            assert check(source, *replies).passed is False
    right = [msgpack.packb({}), FUNCTION, value(4)]
    assert check("for got in map(double, [2, 2]):\n    assert got == 4", *right).passed


@pytest.mark.parametrize(
    "claimed",
    [
        "builtins:int", "collections.abc:Mapping", "_collections_abc:Mapping", "numbers:Real",
        f"{CANDIDATE}:builtins.str", "grading.reference:np.ndarray", "enum:IntEnum",
        "helpers.checkarr:np.float64", "grading.examiner.handles:NotData", "torch._tensor:Tensor",
        "helpers.checkarr:Real", "json:decoder.JSONDecodeError",
    ],
)  # fmt: skip
def test_an_object_cannot_claim_to_be_a_value(claimed):
    handle = make_handle(None, Unknown(0, "callable", [claimed, "builtins:object"]))
    kinds = [int, str, float, dict, np.ndarray, np.generic, Real, Mapping, Exception]
    kinds += [sys.modules["torch"].Tensor] if "torch" in sys.modules else []
    assert not isinstance(handle, tuple(kinds))


def test_an_object_is_of_the_class_that_it_says_unless_that_is_a_values():
    names = ["__main__:Link", "argparse:ArgumentParser", "builtins:object"]
    assert isinstance(make_handle(None, Unknown(0, "object", names)), argparse.ArgumentParser)


class Answering:
    """A candidate that has a right answer to each question about a sequence."""

    def length(self, number):
        return 2

    def item(self, number, key):
        return [1.0, 2.0][key]

    def iterate(self, number):
        return iter([1.0, 2.0])


ARRAYS_OF = {
    "np.asarray": np.asarray,
    "np.array of objects": lambda handle: np.array(handle, dtype=object),
    "np.array of a list": lambda handle: np.array([handle, handle]),
    "np.allclose": lambda handle: np.allclose([1.0, 2.0], handle),
    "a comparison": lambda handle: np.array([1.0, 2.0]) == handle,
    "torch.tensor": lambda handle: torch.tensor(handle),
    "torch.as_tensor": lambda handle: torch.as_tensor(handle),
    "torch.Tensor": lambda handle: torch.Tensor(handle),
}


@pytest.mark.parametrize("make", ARRAYS_OF.values(), ids=ARRAYS_OF)
@pytest.mark.parametrize("kind", ["object", "callable", "iterator"])
def test_an_object_becomes_no_array(make, kind):
    handle = make_handle(Answering(), Unknown(0, kind, ["__main__:Sequence"]))
    with pytest.raises(NotData, match="de tipo Sequence"):
        make(handle)


def test_an_object_has_the_length_and_the_items_that_the_student_gave_it():
    handle = make_handle(Answering(), Unknown(0, "object", ["__main__:Sequence"]))
    assert (len(handle), handle[1], list(handle)) == (2, 2.0, [1.0, 2.0])


def test_a_docstring_is_the_students_own():
    source = "assert double.__doc__ and double.__name__"
    assert not check(source, msgpack.packb({}), FUNCTION, value(None)).passed
    assert check(source, msgpack.packb({}), FUNCTION, value("Doble.")).passed


def test_an_examiner_without_memory_goes_on_with_the_next_message():
    class Pipe(BytesIO):
        def read(self, size):
            if size > 2**20:
                raise MemoryError
            return super().read(size)

    link = Link(Pipe(frame({"answer": b"x" * 2**21}) + frame({"answer": b"y"})), BytesIO())
    with pytest.raises(MemoryError):
        link.read()
    assert link.read() == {"answer": b"y"} and link.read() is None


def test_asserts_count_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    assert passed(execute(submission(answers=VISIBLE_ONLY))) == {"pile", "odd"}


def test_libraries_are_the_masters_however_it_imports_them():
    node = master()
    node.cells[0].source = (
        "import random\nfrom helpers.checkarr import *\nfrom helpers import tick\n"
        "try:\n    import numpy as np\nexcept ImportError:\n    np = None"
    )
    patched = "class Yes:\n    def __getattr__(self, name): return lambda *args: True\n"
    patched += "np = tick = random = Yes()\ncheck_hash = lambda *args: True"
    outcome = execute(submission(patched, answers=NOTHING, node=node))
    assert passed(outcome) == set() and outcome.status is not Status.GRADER_FAILED
    assert passed(execute(submission(node=node))) == ALL


def test_links_to_the_master_and_tags_earn_nothing(tmp_path):
    course = tiny.make_course(tmp_path)
    build(course.assignment(tiny.ASSIGNMENT))
    folder = hand_in(course, "links", square=None)
    (folder / "1_square.ipynb").symlink_to(course.source / tiny.ASSIGNMENT / "1_square.ipynb")
    tagged = solved("1_square")
    for each in tagged.cells:
        tags = ["skip-execution", "raises-exception", "run-in-kernel"]
        each.metadata |= {"tags": tags, "grading": {"timeout": "siempre"}}
        each.source = "def square(x):\n    return 4" if each.id == "square" else each.source
        each.source = "def cube(x):\n    return 8" if each.id == "cube" else each.source
    extra = new_code_cell("1 + 1", metadata=tagged.cells[3].metadata | {"grading": 3})
    tagged.cells.append(extra)
    hand_in(course, "tags", square=json.dumps(tagged).encode())
    outcomes = {
        outcome.submission: outcome for outcome, _ in run(course.assignment(tiny.ASSIGNMENT))
    }
    marks = {
        student: {notebook.notebook: notebook.marks for notebook in outcome.notebooks}
        for student, outcome in outcomes.items()
    }
    assert marks == {"links": {"1_square": 0, "2_name": 4}, "tags": {"1_square": 0, "2_name": 4}}
    assert all(o.status is not Status.GRADER_FAILED for o in outcomes.values())
