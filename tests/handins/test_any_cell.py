"""What students write in cells of their own does not cost the marks of the others."""

import nbformat
import pytest
import tiny
from habits import Habit, edit, graded, judge


def first(*sources):
    """Add code cells before all others."""

    def change(notebook):
        notebook.cells[2:2] = [nbformat.v4.new_code_cell(source) for source in sources]

    return edit("1_square", change)


HABITS = [
    Habit("await at the top of a cell", first("import asyncio\nawait asyncio.sleep(0.01)")),
    Habit(
        "an asynchronous comprehension",
        first(
            "async def numbers():\n    for n in range(3):\n        yield n",
            "print([n async for n in numbers()])",
        ),
    ),
    Habit(
        "an asynchronous with and for at the top of a cell",
        first(
            "import asyncio, contextlib\n"
            "@contextlib.asynccontextmanager\nasync def opened():\n    yield [1, 2]",
            "async with opened() as values:\n    print(values)",
            "print(await asyncio.gather(asyncio.sleep(0.01, 1), asyncio.sleep(0.01, 2)))",
        ),
    ),
    Habit(
        "a task that still runs when later cells do",
        first("import asyncio\ntask = asyncio.create_task(asyncio.sleep(0.05, 'listo'))"),
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return graded(tiny.make_course(tmp_path_factory.mktemp("any-cell")), HABITS)


@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_what_it_earns(habit, results):
    judge(habit, results[habit.name])
