"""Connections on which the head of an answer has a deadline as a whole.

A read timeout only bounds each wait: a server that sends its headers a byte a second never meets one.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from http.client import HTTPException
from typing import Any

from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse

_LONGEST = 60.0  #: seconds where nobody says how long to wait
_AFTER = 0.1  #: seconds by which a read that waits is the first to give up


class _Timed(HTTPConnection):
    """Cuts the line where the head of the answer is not whole in the time that a single read may take."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """The answer, its head read."""
        seconds = self.timeout if isinstance(self.timeout, (int, float)) else _LONGEST
        cut = threading.Event()
        timer = threading.Timer(seconds + _AFTER, _cut, [self.sock, cut])
        timer.daemon = True
        timer.start()
        try:
            answer = super().getresponse()
        except (OSError, HTTPException) as error:
            if cut.is_set():
                raise TimeoutError("the head of the answer did not end") from error
            raise
        finally:
            timer.cancel()
        if cut.is_set():  # a head that was cut off reads like a whole one
            raise TimeoutError("the head of the answer was cut off")
        return answer


class _TimedTls(_Timed, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.ConnectionCls is HTTPConnection:  # whoever stands in for it, as tests do, keeps its place
            self.ConnectionCls = _Timed


class _TlsPool(HTTPSConnectionPool):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.ConnectionCls is HTTPSConnection:
            self.ConnectionCls = _TimedTls


def with_deadlines(manager: PoolManager) -> None:
    """Let the connections of this manager have them."""
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def _cut(line: Any, cut: threading.Event) -> None:
    cut.set()
    if isinstance(line, socket.socket):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)  # past TLS, which a thread may be reading
