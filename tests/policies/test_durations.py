"""Lengths of time are read in one way, wherever they are written."""

from datetime import timedelta

import pytest
from pydantic import BaseModel, ValidationError

from policies.durations import Duration, parse_duration


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30m", timedelta(minutes=30)),
        ("48h", timedelta(hours=48)),
        ("90d", timedelta(days=90)),
        ("12w", timedelta(weeks=12)),
        ("1d 12h", timedelta(hours=36)),
        (" 1h30m ", timedelta(minutes=90)),
        ("0m", timedelta()),
    ],
)
def test_what_people_write_is_read(written: str, meant: timedelta) -> None:
    assert parse_duration(written) == meant


@pytest.mark.parametrize(
    "written", ["", "   ", "2", "h", "-1d", "1.5h", "30m 1d", "2 days", "1d 12h 3", "9" * 50 + "d"]
)
def test_anything_else_is_refused_with_how_to_write_it(written: str) -> None:
    with pytest.raises(ValueError, match="write it like 30m, 2h or 1d"):
        parse_duration(written)


def test_no_length_can_push_a_date_over_the_edge_of_the_calendar() -> None:
    with pytest.raises(ValueError, match="hundred years"):
        parse_duration("99999w")


def test_a_field_takes_the_text_and_the_value() -> None:
    class Plan(BaseModel):
        every: Duration

    assert Plan.model_validate({"every": "2h"}) == Plan(every=timedelta(hours=2))
    with pytest.raises(ValidationError, match="no length of time"):
        Plan.model_validate({"every": "soon"})
