"""A service that is killed: forked again and again from one process that has imported everything.

Run as ``python fault_victim.py HOME X_URL INSTANTS KILLS SEED``. A child lives through all instants, running whatever
the store says is due. With KILLS, as many children are killed in each of `STAGES`, one after the other: SIGKILL comes
before a statement of the database that the dice choose, and what the child was doing stands in memory that the parent
reads afterwards. The last child is left alone.
"""

from __future__ import annotations

import functools
import json
import mmap
import os
import random
import signal
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fault_stage import KeptMail, working

import bot.jobs.check
import bot.wiring
from bot.logs import configure
from bot.schedule import JOBS, Scheduler
from bot.settings.home import load_home

#: Jobs in which a child is killed, with the number of statements up to which the dice choose.
STAGES = {"pull": 14, "check": 16, "digest": 60, "outbox": 12}
BATCH = 4  #: posts judged at once, so that there is much to break off


class Doomed:
    """What a child is doing, in memory that its parent sees, and the statement before which it dies."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 1)
        self.stage, self.statements = "", 0
        sa.event.listen(sa.Engine, "before_cursor_execute", self._next)
        for name, job in list(JOBS.items()):
            JOBS[name] = functools.partial(self._run, name, job)  # type: ignore[index]

    @property
    def doing(self) -> str:
        """The job that ran last, where it had not ended."""
        place = self._memory[0]
        return list(JOBS)[place - 1] if place else ""

    def _run(self, name: str, job: Any, *arguments: Any) -> Any:
        self._memory[0] = list(JOBS).index(name) + 1
        done = job(*arguments)
        self._memory[0] = 0
        return done

    def _next(self, *_: Any) -> None:
        if self.stage and self.doing == self.stage:
            self.statements -= 1
            if self.statements <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


class _Appending(KeptMail):
    """A mail server that writes down each Message-ID that it took, with the kind of letter."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def send(self, recipients, message, before_data):  # type: ignore[no-untyped-def]
        receipt = super().send(recipients, message, before_data)
        line = next(line for line in message.splitlines() if line.lower().startswith(b"message-id"))
        with self._path.open("ab") as stream:
            stream.write(line + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        return receipt


def live(home: Path, x_url: str, instants: list[datetime], mails: Path) -> None:
    """Run what is due at each instant, once, as a freshly started daemon does."""
    now = instants[0]
    with working(load_home(home, process={}), lambda: now, x_url=x_url, channel=_Appending(mails)) as work:
        scheduler = Scheduler(work)
        work.queue.free_claims()
        scheduler.plan(instants[0])
        for now in instants:
            scheduler.run_due(now)


def main(home: str, x_url: str, moments: str, kills: str, seed: str) -> None:
    configure("error")
    bot.jobs.check.BATCH = BATCH
    _rules_once(Path(home))
    instants = [datetime.fromisoformat(text) for text in json.loads(moments)]
    doomed, dice, killed = Doomed(), random.Random(int(seed)), Counter[str]()
    for number in range(int(kills) * len(STAGES)):
        stage = list(STAGES)[number % len(STAGES)]
        doomed.stage, doomed.statements = stage, dice.randint(1, STAGES[stage])
        if _child(Path(home), x_url, instants) == -signal.SIGKILL and doomed.doing == stage:
            killed[stage] += 1
    doomed.stage = ""
    print(json.dumps({"killed": killed, "exit": _child(Path(home), x_url, instants)}))


def _child(home: Path, x_url: str, instants: list[datetime]) -> int:
    child = os.fork()
    if child == 0:
        live(home, x_url, instants, home / "mails")
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _rules_once(home: Path) -> None:
    """Rules are read once for all children."""
    rules = bot.wiring.engine_for(next(iter(load_home(home, process={}).brands.values())), home)
    bot.wiring.engine_for = lambda *_: rules


if __name__ == "__main__":
    main(*sys.argv[1:])
