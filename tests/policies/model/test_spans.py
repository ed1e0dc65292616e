"""Stretches of a text, put together in one way for findings, mails and pages."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from policies.model.finding import Span, clipped, merged

SPANS = st.lists(
    st.tuples(st.integers(-5, 40), st.integers(0, 20)).map(lambda s: Span(start=s[0], end=s[0] + s[1]))
)


def span(start: int, end: int) -> Span:
    return Span(start=start, end=end)


def test_overlapping_spans_are_one_and_meeting_ones_are_two() -> None:
    assert merged([span(4, 9), span(0, 5), span(9, 12)]) == (span(0, 9), span(9, 12))


def test_where_they_are_marked_meeting_spans_are_one() -> None:
    assert merged([span(9, 12), span(0, 9)], touching=True) == (span(0, 12),)


def test_what_lies_outside_the_text_is_left_out() -> None:
    assert clipped([span(-2, 3), span(8, 99), span(50, 60), span(4, 4)], 10) == [span(0, 3), span(8, 10)]


@given(SPANS)
def test_a_character_is_marked_where_a_span_covers_it_and_once(spans: list[Span]) -> None:
    stretches = merged(clipped(spans, 30), touching=True)
    covered = [place for stretch in stretches for place in range(stretch.start, stretch.end)]
    assert covered == sorted({p for s in spans for p in range(s.start, s.end) if 0 <= p < 30})
    assert all(one.end < two.start for one, two in pairwise(stretches))
