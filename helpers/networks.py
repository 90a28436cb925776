"""The networks of lab 3 side by side: each notebook keeps the numbers of its own for the last one.

The numbers lie beside the notebooks, in the folder of the tally. Students can edit them: they earn
nothing, and what is no number is left out.
"""

from helpers._tally import content_of, keep
from helpers.messages import message

__all__ = ["keep_network", "network_table"]

NETWORKS = ("1_rnn", "2_lstm", "3_lstm_pytorch")


def keep_network(notebook, *, parameters, seconds, loss, test, longer, folder=None):
    """Keep the numbers of a notebook's trained network.

    notebook: its name, without .ipynb. parameters: how many numbers the network has learned.
    seconds: how long its training took; None where that is not known. loss: its mean loss on the
    test set, in nats a step. test, longer: whether EOS came in its place, for each word of the test
    set and for each longer one, two sequences of true and false.
    folder: the one that the notebook lies in; by default the current one.
    Returns whether that was possible.
    """
    kept = {"parameters": int(parameters), "seconds": seconds, "loss": float(loss)}
    kept |= {"test": [sum(map(bool, test)), len(test)]}
    kept |= {"longer": [sum(map(bool, longer)), len(longer)]}
    return keep(f"{notebook}.network", kept, folder)


def network_table(folder=None):
    """The numbers that the notebooks have kept, as a `pandas.DataFrame`, one row for each network.

    Prints which notebooks have to be run first where numbers are missing.
    """
    import pandas as pd  # only here: the checks of the other notebooks should start fast

    rows = [_row(content_of(f"{notebook}.network", folder)) for notebook in NETWORKS]
    missing = [f"{name}.ipynb" for name, row in zip(NETWORKS, rows, strict=True) if row is None]
    if missing:
        print(message("networks_missing", notebooks=", ".join(missing)))
    columns = [message(f"network_{column}") for column in _COLUMNS]
    names = [message(f"network_{name}") for name in NETWORKS]
    empty = [message("network_unknown")] * len(columns)
    return pd.DataFrame([row or empty for row in rows], index=names, columns=columns)


_COLUMNS = ("parameters", "seconds", "loss", "test", "longer")


def _row(kept):
    """The texts of a row; None where a number is missing or none."""
    try:
        seconds = kept["seconds"]
        return [
            f"{int(kept['parameters'])}",
            message("network_unknown") if seconds is None else f"{float(seconds):.0f}",
            f"{float(kept['loss']):.3f}",
            *(message("network_right", right=int(kept[key][0]), of=int(kept[key][1]))
              for key in ("test", "longer")),
        ]  # fmt: skip
    except (IndexError, KeyError, OverflowError, TypeError, ValueError):
        return None
