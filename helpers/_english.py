"""Every sentence of `helpers` that students read, in English: see `helpers.messages`."""

ENGLISH = {
    # Marks
    "passed": "✓ [{marks} marks]",
    "failed": "✘ [0/{marks} marks]",
    "partly": "◐ [{earned}/{marks} marks]",
    "correct": "✓ Correct",
    "incorrect": "✘ Not yet",
    "prestige": "🏆 Challenge mastered!",
    "prestige_not_yet": "🏆 Optional challenge: not yet. It costs no marks; try again.",
    "short_traceback": "✘ {name}: the check did not pass; the hint is above.",
    "traceback_with_hint": "✘ {name}: {hint}",
    "exercise": "Check {number}",
    "bad_marks": "the marks must be a number of 0 or more: {marks!r}",
    "quoted": "“{text}”",
    # Hints
    "no_hint": "The result is not the expected one. Look at the formula and the shapes of the "
    "arrays.",
    "failed_comparison": "“{comparison}” does not hold: {values}.",
    "not_implemented": "This exercise is not done yet.",
    "name_error": "“{name}” does not exist yet: run the cells above in order, and see that the "
    "exercises before this one are done.",
    "name_stopped": "“{name}” does not exist yet, because the cell that defines it stopped: "
    "{reason}.",
    "interrupted": "it took too long or was interrupted",
    "out_of_order": "Was a cell above not run?",
    "error": "The code stopped with an error: {error}.",
    "error_place": "It happened in {function}, line {line}: {source}",
    "top_level": "the cell",
    "stop_place": "{error} (in {function}, line {line}: {source})",
    "generator_sum": "np.sum was given a generator, which it can't add up: write it in brackets, "
    "[... for ...], so that it is a list",
    # Tally
    "total": "{earned} / {available} marks ({percent:.1f}%)",
    "tally_title": "Automatic marks of {notebook}",
    "tally_title_plain": "Automatic marks",
    "column_exercise": "Check",
    "column_marks": "Marks",
    "column_notebook": "Notebook",
    "not_run": "Checks that were not run",
    "empty_tally": "No check has been run yet.",
    "lab_title": "Automatic marks of the whole assignment",
    "lab_pending": "To see the total of the assignment, run in this folder: {notebooks}.",
    "by_hand": "Written questions are marked by hand and are not counted here.",
    "unsaved": "{notebook}.ipynb has changes that were not saved, or were saved and not run: save "
    "it and, if need be, run it again.",
    "stale": "Changed after they were run: {notebooks}. Run them again to see the marks that they "
    "earn now.",
    "not_saved": "The tally of this notebook could not be saved beside it.",
    # The table of networks
    "networks_missing": "To see the missing rows, run in this folder: {notebooks}. (Grading runs "
    "each notebook alone, so that it sees only its own row.)",
    "network_1_rnn": "RNN in NumPy",
    "network_2_lstm": "LSTM in NumPy",
    "network_3_lstm_pytorch": "LSTM in PyTorch",
    "network_parameters": "parameters",
    "network_seconds": "training (s)",
    "network_loss": "test loss (nats a step)",
    "network_test": "EOS in its place, test",
    "network_longer": "EOS in its place, longer",
    "network_right": "{right} of {of}",
    "network_unknown": "–",
    # Arrays
    "none": "The result is None: is a return missing, or an assignment to the variable?",
    "callable": "The function {name} was given, not its result: is the call with ( ) missing?",
    "not_array": "An array of numbers was expected, and the result is of type {type}.",
    "ragged": "The rows have different lengths, so they make no array.",
    "object_dtype": "The array holds more than numbers (its dtype is object): is there a None or a "
    "list in it?",
    "text_dtype": "The array holds text, and numbers were expected.",
    "complex_dtype": "The array holds complex numbers (dtype {dtype}), and real ones were "
    "expected.",
    "other_dtype": "The dtype {dtype} is not numeric.",
    "empty": "The array is empty (shape {shape}): was it filled inside of the loop?",
    "no_axes": "It is a single number, and an array was expected.",
    "transposed": "The shape is {shape}: is it transposed?",
    "transposed_values": "The shape is the expected one, but the values have changed places: is it "
    "transposed?",
    "axes_order": "The shape is {shape}: look at the order of the axes.",
    "reshaped": "The shape is {shape}: the number of elements is the expected one, the shape is "
    "not.",
    "dimensions": "The shape is {shape}: the number of dimensions is not the expected one.",
    "length": "The length, {length}, is not the expected one.",
    "first_axis": "The shape is {shape}: the first axis has not the expected length. Is there an "
    "element too few or too many?",
    "shape": "The shape is {shape}, which is not the expected one.",
    "nan": "There are NaN values: look at divisions by zero, and at logarithms of zero or of "
    "negative numbers.",
    "inf": "There are infinite values: look at divisions by zero and at very large exponentials.",
    "values": "The shape {shape} is the expected one, the values are not: look at the formula, the "
    "signs and the seed.",
    "values_integer": "The shape {shape} is the expected one, the values are not, and they are of "
    "type {dtype}: were the decimals lost?",
    # Scalars and texts
    "not_number": "A single number was expected, and the result is of type {type}.",
    "many_numbers": "A single number was expected, and the result is an array of shape {shape}.",
    "scalar": "The number is not the expected one ({value} was found): look at the formula, the "
    "signs and the seed.",
    "not_text": "A text was expected, and the result is of type {type}.",
    "empty_text": "The text is empty.",
    "spaces": "The text is almost the expected one: there are spaces at its beginning or its end.",
    "text": "The text is not the expected one: look at letters, accents and signs.",
    "not_list": "A list of texts was expected, and the result is of type {type}.",
    "not_texts": "A list of texts was expected, but it holds an element of type {type}.",
    "empty_list": "The list is empty.",
    "list_": "The list, of length {length}, is not the expected one: look at its elements and "
    "their order.",
    "anagram": "The list, of length {length}, does not hold the expected elements (the order does "
    "not matter).",
    # Comparisons
    "bad_number": "it is not a number: {value!r}",
    "bad_hex": "it is not a hexadecimal number: {value!r}",
    "bad_operator": "unknown operator: {value!r}; known are {known}",
    "comparison": "The number that was found ({value}) does not meet the condition of the "
    "exercise.",
    "not_sequence": "a list was expected, and a value of type {type} was given",
    "sizes": "the lists have different lengths, {first} and {second}: what the shorter one lacks "
    "counts as different",
    "coincidences": "{percent:.1f} % of the elements are the same, fewer than the exercise asks "
    "for.",
    # Handing in
    "not_packed": "The hand-in was not made",
    "no_lab": "There is no {file} in {folder}: run this in the folder of the assignment.",
    "bad_lab": "{file} is damaged: download the assignment again and copy that file.",
    "ready": "Hand-in ready: {name} ({size})",
    "ready_with_warnings": "Hand-in made, with warnings: {name} ({size})",
    "hand_in_next": "Upload that file to the platform of the course. If you change something "
    "later, make it again.",
    "hand_in_colab": "The browser downloads it; it is also in the folder of the assignment. What "
    "Colab saves takes some seconds to reach that folder: if a warning is not true, wait and run "
    "this again.",
    "no_notebook": "the notebook {notebook} is missing.",
    "unreadable_notebook": "{notebook} can't be read as a notebook; it is included as it is.",
    "other_notebook": "{file} is no notebook of the assignment and is not included: was it "
    "renamed?",
    "deleted": "{notebook}: cells that are marked are missing: {cells}. Copy them from the "
    "original notebook.",
    "split": "{notebook}: {cells} takes more than one cell: was it split in two? Select the parts "
    "and merge them (Shift+M in JupyterLab); if one is a copy, delete it.",
    "blanks": "{notebook}: still to be done ({count}): {cells}.",
    "unanswered": "{notebook}: written questions without an answer: {cells}. The answer goes into "
    "the cell below each question.",
    "not_run_yet": "{notebook}: it was not run to its end in this folder, so it is not known what "
    "it earns.",
    "hand_in_stale": "{notebook}: what is saved is not what was run last: save it (Ctrl+S) and run "
    "it again.",
    "no_identity": "{name} is missing.",
    "short_identity": "{name} has fewer than {length} characters.",
    "no_id": "no-id",
    "plain_name": "hand-in",  # in the name of the zip, as no_id
    "two_identities": "{name} is not the same in all notebooks: {values}.",
    "same_identity": "{first} and {second} are the same.",
    "file_left_out": "{file} is not included: {reason}.",
    "too_large": "it is over {mb} MB",
    "too_many": "there are more than {count} files",
    "cannot_write": "{file} could not be written: {error}. See that there is room and that the "
    "file is not open.",
    # The self-check
    "check_about": "Runs notebooks from scratch, as grading does, and shows the marks of the "
    "visible checks. It does not change them.",
    "check_file": "{file}: there is no such file.",
    "check_unreadable": "{file}: it can't be read as a notebook ({error}).",
    "check_running": "Running {notebook}",
    "check_cells": " cells",
    "check_late": "Cell {cell} ran over {seconds:g} s and was interrupted: is there a loop without "
    "end? If it is a long training, give it more time, for example: --seconds {more:g}.",
    "check_seconds": "seconds that each cell is given, at least, before it is stopped; without "
    "this option, those that the cell says or {seconds}. When grading, the limits of the course "
    "hold.",
    "bad_seconds": "it must be a number above 0: {value!r}",
    "check_died": "The kernel ended in cell {cell}: was there no memory left?",
    "check_error": "Cell {cell} stopped: {error}",
    "check_hidden": "Grading adds tests that are not seen here.",
    "check_names": "NOTEBOOK.ipynb",
    "check_kernel": "No Python kernel could be started: {error}",
    # Names of the older library
    "older_check_answer": "{name} is of the older library: use check_scalar, check_string or "
    "check_list of helpers.checkarr, inside of a block “with tick.marks(n):”.",
    "older_init_marks": "{name} is of the older library and no longer needed: delete that line. "
    "To begin the tally anew: tick.reset_marks().",
    "older_summarise": "{name} is of the older library: use tick.summarise_marks().",
    "older_totals": "{name} is of the older library: use tick.results(), which gives the marks of "
    "each check.",
    "older_pictures": "helpers.{name} is of the older library and is not here: for pictures use "
    "matplotlib.pyplot (imread, imshow); for sound, IPython.display.Audio.",
    "older_arrays": "helpers.{name} is of the older library and is not here: show arrays with "
    "print and draw them with matplotlib.pyplot.",
    "older_tool": "helpers.{name} is of the older library and is not here: delete that line and "
    "those that use it.",
    # Provided pieces
    "bad_epochs": "the number of epochs must be an integer of 0 or more: {epochs!r}",
    "bar": "Training",
    "epoch_unit": " epochs",
    "stopped": "The training stopped after {done} of {total} epochs; what was computed until then "
    "is kept.\nGo on with the cells below, or run this one again from the beginning.",
    "bad_dimensions": "an array of 2 dimensions was expected, and it has {ndim}",
    "bad_split": "the shares must be between 0 and 1 and add up to 1 at most: {split}",
}
