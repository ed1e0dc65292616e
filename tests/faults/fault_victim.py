"""A poll that is killed: forked again and again from one process that has imported everything.

Run as ``python fault_victim.py HOME X_URL INSTANTS KILLS SEED``. A child lives through all instants, running whatever
the store says is due; the parent kills it after a random moment, KILLS times, and then lets one child finish.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from fault_stage import KeptMail, working

from bot.logs import configure
from bot.schedule import Scheduler
from bot.settings.home import load_home

LONGEST = 1.2  #: seconds after which a child is killed at the latest


def live(home: Path, x_url: str, instants: list[datetime], mails: Path) -> None:
    """Run what is due at each instant, once, as a freshly started daemon does."""
    now = instants[0]
    with working(load_home(home, process={}), lambda: now, x_url=x_url, channel=_Appending(mails)) as work:
        scheduler = Scheduler(work)
        work.queue.free_claims()
        scheduler.plan(instants[0])
        for now in instants:
            scheduler.run_due(now)


class _Appending(KeptMail):
    """A mail server that writes down each Message-ID that it took."""

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


def main(home: str, x_url: str, moments: str, kills: str, seed: str) -> None:
    configure("error")
    instants = [datetime.fromisoformat(text) for text in json.loads(moments)]
    mails = Path(home) / "mails"
    dice, killed = random.Random(int(seed)), 0
    while True:
        child = os.fork()
        if child == 0:
            live(Path(home), x_url, instants, mails)
            os._exit(0)
        if killed < int(kills):
            time.sleep(dice.uniform(0, LONGEST))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            killed += 1
        elif killed >= int(kills):
            print(json.dumps({"killed": killed, "exit": os.waitstatus_to_exitcode(status)}))
            return
        else:
            killed += 1  # it was quicker than the dice; that counts as a try, not as a kill


if __name__ == "__main__":
    main(*sys.argv[1:])
