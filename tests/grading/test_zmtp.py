"""The wire protocol of a kernel's channels, against libzmq itself and against peers that cheat."""

import asyncio
import contextlib
import socket
import tracemalloc

import pytest
import zmq
import zmq.asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.candidate.zmtp import GREETING, ZmtpSocket

MEGABYTE = 2**20
SECONDS = 20
MESSAGES = st.lists(st.lists(st.binary(max_size=600), min_size=1, max_size=6), max_size=8)
BODY = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06ROUTER"
READY = bytes([4, len(BODY)]) + BODY


@contextlib.asynccontextmanager
async def connected(path, kind="DEALER", largest=10 * MEGABYTE, waiting=100):
    ours = ZmtpSocket(kind, b"grader", largest, waiting)
    await ours.open(str(path))
    try:
        yield ours
    finally:
        await ours.close()


async def received(ours, seconds):
    async with asyncio.timeout(seconds):
        return await ours.receive()


@contextlib.asynccontextmanager
async def libzmq(path, kind):
    """A socket of libzmq that listens, as a kernel's do."""
    with zmq.asyncio.Context() as context, context.socket(kind) as theirs:
        theirs.linger = 0
        theirs.bind(f"ipc://{path}")
        yield theirs


@contextlib.contextmanager
def peer(path):
    """A plain socket that listens; the first that connects is accepted by `accepted`."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        listening.settimeout(SECONDS)
        yield listening


async def accepted(listening, *first):
    """The other end of a connection that was greeted, after what it sends first."""
    theirs, _ = await asyncio.to_thread(listening.accept)
    await asyncio.to_thread(theirs.sendall, b"".join([GREETING, READY, *first]))
    return theirs


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """A new address for each call: hypothesis runs a test many times."""
    folder, count = tmp_path_factory.mktemp("z"), iter(range(10_000))
    return lambda: folder / str(next(count))


@settings(max_examples=40, deadline=None)
@given(sent=MESSAGES, answered=MESSAGES)
def test_messages_go_to_libzmq_and_come_from_it_as_they_are(short, sent, answered):
    async def talk():
        path = short()
        async with libzmq(path, zmq.ROUTER) as theirs, connected(path) as ours:
            for parts in sent:
                ours.send(parts)
            arrived = [await theirs.recv_multipart() for _ in sent]
            assert arrived == [[b"grader", *parts] for parts in sent]
            if not sent:
                await ours.greeted()
                await asyncio.sleep(0.01)  # the router gets to know us
            theirs.router_mandatory = True
            for parts in answered:
                await theirs.send_multipart([b"grader", *parts])
            assert [await received(ours, SECONDS) for _ in answered] == answered

    asyncio.run(talk())


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_536, MEGABYTE, MEGABYTE + 1, 5 * MEGABYTE])
def test_parts_of_any_size_arrive_from_a_publisher(short, size):
    async def talk():
        path = short()
        async with libzmq(path, zmq.XPUB) as theirs, connected(path, "SUB") as ours:
            assert await theirs.recv() == b"\x01"  # its subscription
            await theirs.send_multipart([bytes(size), b"end"])
            assert await received(ours, SECONDS) == [bytes(size), b"end"]

    asyncio.run(talk())


@pytest.mark.parametrize("parts", [[bytes(3000)], [bytes(600)] * 2, [b""] * 20])
def test_a_message_over_the_limit_is_passed_over_and_the_next_one_arrives(short, parts):
    async def talk():
        path = short()
        with peer(path) as listening:
            async with connected(path, largest=1000) as ours:
                theirs = await accepted(listening)
                with theirs:
                    heads = [1] * (len(parts) - 1) + [0]
                    for more, part in zip(heads, parts, strict=True):
                        theirs.sendall(bytes([more | 2]) + len(part).to_bytes(8) + part)
                    theirs.sendall(b"\x00\x04next")
                    assert await received(ours, SECONDS) == [b"next"]
                    assert ours.passed_over

    asyncio.run(talk())


@pytest.mark.parametrize("head", [b"\x03" + MEGABYTE.to_bytes(8), b"\x03" + (2**60).to_bytes(8)])
def test_a_message_without_end_is_noticed_and_takes_no_memory(short, head):
    async def talk():
        path = short()
        with peer(path) as listening:
            async with connected(path, largest=3 * MEGABYTE) as ours:
                with await accepted(listening) as theirs:
                    for _ in range(100):
                        await asyncio.to_thread(theirs.sendall, head + bytes(MEGABYTE))
                    with pytest.raises(TimeoutError):
                        await received(ours, 0.1)
                    assert ours.passed_over

    tracemalloc.start()
    asyncio.run(talk())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * MEGABYTE


def test_what_nobody_takes_stays_with_the_other_end(short):
    async def talk():
        path = short()
        with peer(path) as listening:
            async with connected(path, waiting=2) as ours:
                with await accepted(listening) as theirs:
                    theirs.setblocking(False)
                    frame = b"\x02" + MEGABYTE.to_bytes(8) + bytes(MEGABYTE)
                    with pytest.raises(TimeoutError):
                        async with asyncio.timeout(2):
                            for _ in range(100):
                                await asyncio.get_running_loop().sock_sendall(theirs, frame)
                    assert await received(ours, SECONDS) == [bytes(MEGABYTE)]

    asyncio.run(talk())


def test_what_came_before_the_end_is_taken_first(short):
    async def talk():
        path = short()
        with peer(path) as listening:
            async with connected(path) as ours:
                half = b"\x00\x03one\x00\x03two\x01\x04half\x00\x09cut"
                (await accepted(listening, half)).close()
                assert [await received(ours, SECONDS) for _ in range(2)] == [[b"one"], [b"two"]]
                for _ in range(2):
                    with pytest.raises(ConnectionError):
                        await received(ours, SECONDS)
                with pytest.raises(ConnectionError):
                    ours.send([b"to nobody"])

    asyncio.run(talk())


def test_waiting_in_vain_loses_no_message(short):
    async def talk():
        path = short()
        with peer(path) as listening:
            async with connected(path) as ours:
                with await accepted(listening, b"\x01\x03one") as theirs:
                    for _ in range(5):
                        with pytest.raises(TimeoutError):
                            await received(ours, 0.01)
                    theirs.sendall(b"\x00\x03two")
                    assert await received(ours, SECONDS) == [b"one", b"two"]

    asyncio.run(talk())


@settings(max_examples=60, deadline=None)
@given(garbage=st.binary(max_size=400), greeted=st.booleans())
def test_garbage_ends_the_connection_or_is_a_message_and_never_anything_else(
    short, garbage, greeted
):
    async def talk():
        path = short()
        with peer(path) as listening:
            async with connected(path, largest=1000) as ours:
                theirs, _ = await asyncio.to_thread(listening.accept)
                with theirs:
                    theirs.sendall((GREETING + READY if greeted else b"") + garbage)
                with pytest.raises(ConnectionError):
                    while True:
                        assert all(
                            isinstance(part, bytes) for part in await received(ours, SECONDS)
                        )

    asyncio.run(talk())


def test_what_has_come_is_dropped_and_what_comes_later_is_not(short):
    async def talk():
        path = short()
        with peer(path) as listening:
            async with connected(path, waiting=1) as ours:
                with await accepted(listening, *3 * [b"\x00\x03old"]) as theirs:
                    await ours.greeted()
                    await asyncio.sleep(0.1)
                    await ours.drop(100)
                    theirs.sendall(b"\x00\x03new")
                    assert await received(ours, SECONDS) == [b"new"]
                await asyncio.sleep(0.1)
                await ours.drop(100)
                with pytest.raises(ConnectionError):
                    await received(ours, SECONDS)

    asyncio.run(talk())


@pytest.mark.parametrize("come", [0, 1, 3])
def test_an_interrupt_that_came_just_before_dropping_is_not_lost(short, come):
    async def talk():
        path = short()
        with peer(path) as listening:
            async with connected(path) as ours:
                with await accepted(listening, *come * [b"\x00\x03old"]):
                    await ours.greeted()
                    await asyncio.sleep(0.1)
                    asyncio.current_task().cancel()  # as asyncio does on Ctrl-C
                    await ours.drop(100)
                    await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(talk())
