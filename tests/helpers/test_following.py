"""A loop of epochs can be followed, and its middle left out, by whoever knows its end."""

from types import SimpleNamespace

import IPython
import pytest

from helpers.training import epochs


@pytest.fixture
def follow(monkeypatch):
    """Run as in a kernel that follows the loops, for one test."""

    def in_kernel(follower):
        shell = SimpleNamespace(kernel=SimpleNamespace(follow_epochs=follower))
        monkeypatch.setattr(IPython, "get_ipython", lambda: shell)

    return in_kernel


def test_nobody_follows_a_students_loop():
    assert list(epochs(3)) == [0, 1, 2]


def test_a_follower_is_told_the_loop_and_each_number_of_epochs_done(follow):
    seen = []
    follow(
        lambda loop: seen.append((loop.n, loop.state)) or (lambda done: seen.append(done) or done)
    )
    assert list(epochs(3, history={})) == [0, 1, 2]
    assert seen == [(3, {"history": {}}), 1, 2, 3]


def test_the_loop_goes_on_from_the_number_that_it_is_given(follow, capsys):
    follow(lambda loop: lambda done: 8 if done == 2 else done)
    assert list(epochs(9)) == [0, 1, 8]
    assert "9/9" in capsys.readouterr().out


def test_a_follower_may_leave_a_loop_alone(follow):
    follow(lambda loop: None)
    assert list(epochs(3)) == [0, 1, 2]


def test_an_interruption_while_the_follower_waits_ends_the_loop(follow, capsys):
    def wait(done):
        if done == 2:
            raise KeyboardInterrupt
        return done

    follow(lambda loop: wait)
    with pytest.raises(KeyboardInterrupt):
        list(epochs(5))
    assert "después de 2 de 5 épocas" in capsys.readouterr().out
