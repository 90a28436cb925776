"""Text of others, as it is shown in a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from grading.text import for_terminal

LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@given(st.text(), st.sampled_from(LINE_ENDS), st.text(min_size=1))
def test_text_for_a_terminal_is_one_line_of_the_same_length(before, line_end, after):
    text = before + line_end + after
    assert len(for_terminal(text).splitlines()) == 1
    assert len(for_terminal(text)) == len(text)
