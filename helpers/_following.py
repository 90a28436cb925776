"""Who follows the loops of `helpers.training`: nobody, unless a notebook is being graded.

`follow`, where there is one, is called with each loop (an `Epochs`) at its start, and gives a
function of the number of epochs done. The loop calls it after each epoch and goes on from the
number that it gives back. This module holds nothing else: setting it loads no progress bar.
"""

follow = None
