"""Figures that can be checked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.measure import calibration_error, f1s, figure, fit_temperature, loss, recalls, softmax

TRUTH = np.array([0, 0, 0, 1, 1, 2])
SAID = np.array([0, 0, 1, 1, 1, 0])


def test_recalls_and_f1s() -> None:
    assert recalls(TRUTH, SAID, 3) == pytest.approx([2 / 3, 1, 0])
    assert f1s(TRUTH, SAID, 3) == pytest.approx([2 / 3, 0.8, 0])


def test_each_head_has_its_figure() -> None:
    two = TRUTH.clip(max=1), SAID.clip(max=1)
    assert figure("sentiment", TRUTH, SAID, 3) == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert figure("emotion", TRUTH, SAID, 3) == pytest.approx((2 / 3 + 0.8 + 0) / 3)
    assert figure("irony", *two, 2) == f1s(*two, 2)[1]


def test_a_label_that_never_comes_counts_nought() -> None:
    assert f1s(np.array([0, 0]), np.array([0, 0]), 2) == [1.0, 0.0]
    assert recalls(np.array([0, 0]), np.array([0, 0]), 2) == [1.0, 0.0]


def test_calibration_error_is_the_gap_between_chance_and_truth() -> None:
    sure = np.array([[0.9, 0.1]] * 10)
    assert calibration_error(sure, np.array([0] * 9 + [1])) == pytest.approx(0)
    assert calibration_error(sure, np.array([0] * 5 + [1] * 5)) == pytest.approx(0.4)


@settings(deadline=None)
@given(st.floats(0.5, 3))
def test_the_temperature_that_was_put_in_is_found_again(temperature: float) -> None:
    rng = np.random.default_rng(7)
    true = rng.normal(size=(4000, 3)) * 2
    truth = np.array([rng.choice(3, p=row) for row in softmax(true)])
    found = fit_temperature(true * temperature, truth)
    assert found == pytest.approx(temperature, rel=0.12)
    assert loss(true * temperature, truth, found) <= loss(true * temperature, truth, 1.0) + 1e-6


@settings(deadline=None)
@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=5))
def test_probabilities_sum_to_one(logits: list[float]) -> None:
    assert math.isclose(softmax(np.array([logits])).sum(), 1)
