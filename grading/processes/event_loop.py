"""Coroutines, run from code that is none."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context


def run_to_the_end(coroutine_function: Callable[[], Awaitable[None]]) -> None:
    """Run a coroutine here, or in a thread where this one's event loop runs already.

    The formgrader, for one, calls nbgrader's autograde, and so us, from its event loop.
    """
    if asyncio._get_running_loop() is None:
        asyncio.run(coroutine_function())
        return
    with ThreadPoolExecutor(1) as thread:
        context = copy_context()  # with the language in use
        thread.submit(context.run, lambda: asyncio.run(coroutine_function())).result()


async def end_other_tasks() -> None:
    """Cancel every other task of this event loop and wait for it, whatever it raises."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class Interrupted(Exception):
    """Ctrl-C in code of a task that does not wait, where asyncio takes no KeyboardInterrupt."""


async def interruptible(work: Awaitable[None]) -> None:
    """Do some work of a task. Raises Interrupted in place of KeyboardInterrupt."""
    try:
        await work
    except KeyboardInterrupt as interrupt:
        raise Interrupted from interrupt
