"""One daemon on one store. The lock dies with its process, also on kill -9."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from storage.errors import StoreLocked, StoreUnreadable


@contextmanager
def daemon_lock(store_path: Path, *, now: datetime) -> Iterator[None]:
    """Hold ``<store>.lock`` for the length of the block. Raises `StoreLocked`, which names the holder."""
    path = store_path.with_name(store_path.name + ".lock")
    handle = _open(path)
    try:
        _take(handle, path)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}, since {now.isoformat(timespec='seconds')}".encode(), 0)
        yield
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnreadable(
            f"{path} cannot be opened: {error.strerror}.", mend="Check the folder, its owner and mode."
        ) from error


def _take(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(handle, 200, 0).decode(errors="replace") or "process unknown"
        raise StoreLocked(
            f"Another daemon works on this store ({holder}).",
            mend=f"Stop it first; {path.name} is free as soon as it is gone.",
        ) from error
