"""Throws away what need not be kept: old scores, notes and spent form tokens."""

from __future__ import annotations

from datetime import datetime

from bot.jobs.work import Done, Work


def prune(work: Work, now: datetime, failures: int = 0) -> Done:
    """Prune once a day."""
    _ = failures
    work.store.upkeep.prune(now)
    return Done(next_due_at=now + work.intervals.prune)
