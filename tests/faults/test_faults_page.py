"""docs/faults.md says what the tests do, neither more nor less."""

import catalogue
import pytest


def test_the_page_is_current() -> None:
    """`make docs` writes it again."""
    assert catalogue.PAGE.read_text(encoding="utf-8") == catalogue.page()


@pytest.mark.parametrize("number", catalogue.FAULTS)
def test_each_fault_is_done_by_a_test_or_said_not_to_be(number: int) -> None:
    assert bool(catalogue.tests().get(number)) != bool(catalogue.FAULTS[number].unbuilt)


def test_a_mark_names_a_fault_that_is_there() -> None:
    assert set(catalogue.tests()) <= set(catalogue.FAULTS)
