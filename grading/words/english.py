"""Every sentence that students read from grading, in English: see `grading.words`."""

ENGLISH = {
    "sampled": "Training verified by sampling: some of its epochs were run with your code; the "
    "other losses are those of the reference training.",
    # Limits that were hit: `grading.model.stops`
    "stop_cell_time": "The cell ran over its limit of {seconds:g} s and was stopped.",
    "stop_notebook_time": "The notebook ran over its limit of {notebook_seconds} s: what "
    "followed was not run.",
    "stop_call_time": "The code took more than {call_seconds} s to answer the check.",
    "stop_check_time": "The check ran over {check_seconds} s and was stopped.",
    "stop_output": "The cell showed more than {output_mb} MB, or the notebook four times as "
    "much, and was stopped; what followed was not kept.",
    "stop_memory": "The notebook used more than {memory_mb} MB of memory and was stopped here.",
    "stop_files": "The notebook made more than {files} files and was stopped here.",
    "stop_uninterrupted": "The code could not be interrupted: the notebook was stopped here.",
    "stop_died": "The kernel ended here: what followed was not run.",
    "stop_test_lacks": "This check could not be run; your code is not the reason. It will be "
    "graded again.",
    "stop_not_run": "The check was not run: the notebook had stopped before it.",
    # What works at home only: `grading.model.causes`
    "cause_syntax": "This cell uses {what}, which Python has since {needed}; grading uses Python "
    "{ours}{saved}. Write it in another way.",
    "cause_newer_python": "Your notebook was saved by Python {theirs} and is graded with Python "
    "{ours}, which does not accept this cell. Try it in Python {ours}.",
    "cause_colab": "“{name}” exists in Google Colab only, and grading does not use Colab. Take "
    "those lines out and read files by their names, from the folder of the notebook.",
    "cause_library": "The library “{name}” is not installed where your notebook is graded: the "
    "course does not include it. Use the libraries of the course only, or hand in the module "
    "beside the notebook if it is your own.",
    "cause_windows": "“{name}” exists on Windows only, and grading uses Linux. Write the cell "
    "without it.",
    "cause_version": "“{name}” does not exist in {library} {version}, the version that grading "
    "uses. Use what that version has.",
    "cause_network": "There is no internet connection while your notebook is graded. If you need "
    "a file, download it before, hand it in beside the notebook and read it by its name.",
    "cause_install": "There is no internet connection while your notebook is graded, so nothing "
    "is installed: there are only the libraries of the course.",
    "cause_input": "Nobody can answer input() while your notebook is graded. Write the value "
    "into the cell.",
    "cause_debugger": "The debugger (breakpoint(), pdb or %debug) waits for commands that nobody "
    "can give while your notebook is graded. Take it out of the cell.",
    "cause_other_name": "There is no “{path}” where your notebook is graded; the file that there "
    "is has the name “{found}”. Write the path like that, with “/” and with the same upper and "
    "lower case.",
    "cause_absolute": "“{path}” does not exist where your notebook is graded: a path that begins "
    "at the root holds on one computer only. Hand in your files beside the notebook and read them "
    "by their names.",
    "cause_no_file": "There is no “{path}” where your notebook is graded. If it is a file of "
    "yours, hand it in beside the notebook, with that same name.",
    "cause_window": "There is no screen to open windows on while your notebook is graded. Use "
    "%matplotlib inline.",
    "cause_gpu": "There is no GPU where your notebook is graded. Use the CPU when "
    "torch.cuda.is_available() is False.",
    "cause_locale": "The locale “{name}” does not exist where your notebook is graded: it was "
    "left as it was.",
    "cause_exit": "sys.exit() stopped the cell at that line: what follows in the cell was not "
    "run. Take it out.",
    "cause_restart": "This cell shuts down or restarts the kernel, and grading does not begin "
    "again: what follows is not run. Take it out.",
    "syntax_quotes": "the same quotes inside of an f-string",
    "syntax_backslash": "“\\” or “#” inside of an f-string",
    "syntax_type": "“type X = …”",
    "syntax_generic": "“def f[T]” or “class C[T]”",
    "syntax_saved": " (your notebook was saved by {python})",
    # How a hand-in was read: `grading.intake`
    "unreadable": "The notebook that you handed in could not be read. Talk to your instructor.",
    "answer_elsewhere": "The answer to cell {cell} stands in another cell ({where}) and was "
    "taken from there.",
    "added_cell": "one that you added",
    "merged_cell": "Cell {cell} held several cells in one; they were taken apart again.",
    "an_added_cell": "that you added",
    "foreign_notebook": "None of the assignment's cells is in the notebook that you handed in. "
    "Hand in the right one, or talk to your instructor.",
    "by_place": "Cells {cells}: they came without an id and were recognised by their place.",
    "cell_fault": "Cell number {cells}: {fault}.",
    "cells_fault": "Cells number {cells}: {fault}.",
    "fault_no_cell": "it is no cell and was left out",
    "fault_no_text": "it brings no text and was read as empty",
    "fault_odd_text": "it brings something that is not text among its lines; what could be read "
    "was read",
    "fault_kind": "it is of a kind that Jupyter does not know; the nearest one was taken",
    "fault_no_metadata": "it brings no metadata that can be read",
    "fault_attachments": "it brings attachments that cannot be read; they were left out",
    # Reasons of checks: `grading.examiner`
    "wants_a_value": "A value was expected, and an object of type {type} was received.",
    "too_many_questions": "The check asked for too many values: is there a sequence without end?",
    "cannot_send": "The check can't send a value of type {type}.",
    "too_much_memory": "The check used too much memory with the values that it received.",
    "step": "{function}, line {line}: {source}",
    # The page of feedback: `grading.feedback`
    "page_title": "{notebook}: feedback",
    "your_notebook": "Your notebook",
    "your_code": "Your code",
    "your_answer": "Your answer",
    "no_response": "No answer: the cell is as it was in the original notebook.",
    "comment": "Comment of whoever graded it",
    "see_the_test": "Show the test",
    "was_not_run": "– was not run",
    "achieved": "✓ achieved",
    "partly_achieved": "◐ partly achieved",
    "failed_visible": "✘ did not pass the visible test",
    "failed_hidden": "✘ did not pass the hidden test",
    "to_review": "✘ to be reviewed",
    "written_question": "✎ written question",
    "adjusted": "(marks adjusted by hand)",
    "notice_student_error": "A cell ended with an error. What depends on it could not be judged.",
    "notice_timed_out": "A cell took longer than is allowed and was stopped. What depends on it "
    "could not be judged.",
    "notice_over_a_limit": "The notebook went over a limit on memory, files or output and was "
    "stopped. What depends on that could not be judged.",
    "notice_unreadable": "The notebook that you handed in could not be read. Talk to your "
    "instructor.",
    "notice_a_test_could_not_run": "A check could not be run; your code is not the reason. It will "
    "be graded again.",
    "notice_grader_failed": "Automatic grading did not come to its end; that was not because of "
    "your code. Talk to your instructor.",
    "page_total": "Total: {earned} / {available} marks",
    "late": "{marks} marks were taken off because it was handed in late.",
    "column_exercise": "Exercise",
    "column_marks": "Marks",
    "see_the_hint": "show the hint",
    "to_the_top": "to the top",
    "picture_of_a_cell": "Picture that the cell made",
    "picture_missing": "no file of that name is among what was handed in",
    "picture_elsewhere": "it is not part of what was handed in and is not shown; to be seen, the "
    "file has to be handed in with the notebook",
    "picture_damaged": "it is damaged and can't be shown; it has to be saved again",
    "picture_too_heavy": "it has more than {mb} MB and is not shown; save it smaller",
    "picture_too_large": "it has more than {millions} million pixels and is not shown; save it "
    "smaller",
    "picture_of_other_kind": "it is {kind}, which can't be shown here; it has to be saved as JPEG "
    "or PNG and handed in so",
    "picture_of_no_kind": "it is no JPEG, PNG, GIF, WebP or SVG picture and can't be shown",
    "picture_no_room": "it is not shown, because the page has too many pictures already",
    "picture_not_shown": "(picture {name}: {why})",
    "picture": "[Picture]",
    "picture_of": "[Picture: {words}]",
    "picture_without_words": "Picture without a description",
    "plot_with": "Plot with {parts}",
    "plot_title": "title",
    "plot_x": "horizontal axis",
    "plot_y": "vertical axis",
    "interactive": "(interactive output, which this page does not show)",
    "text_too_long": "(too long for this page)",
    "output_too_long": "(output that is too long for this page)",
    "more_outputs": "({count} more outputs of this cell are left out)",
    "damaged_output": "(damaged output, which can't be shown)",
    "shortened": "… {count} characters are left out …",
    "other_output": "(output that this page does not show: {kinds})",
    "empty_output": "empty",
    # What is released: `grading.masters`
    "code_stub": '# Write your code here\nraise NotImplementedError("{exercise} is not done yet")',
    "text_stub": "*Write your answer here.*",
    "an_exercise": "“{name}”",
    "this_exercise": "This exercise",
    "exercise_in": "{exercise}, in {name}",
    "colab_title": "For Google Colab only: run this cell first. In other programs it does nothing.",
    "colab_several": "There are several folders of {lab} in your Drive: {names}. Leave only one "
    "of them.",
    "colab_upload": "There is no folder of {lab} in your Drive. Upload the file {lab}.zip here:",
    "colab_not_received": "{lab}.zip, the file of the course, did not arrive. Try again.",
    "colab_is_there": "The folder is in your Drive now: {folder}. Close this notebook and open "
    "the one in that folder (if you have written here already, copy your answers first).",
    "colab_ready": "Ready. Work with the notebooks in this folder of your Drive: {folder}",
}
