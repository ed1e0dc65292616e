"""HTTP for the SDKs: an address that can be replaced, an end to every wait, and our own errors.

The SDKs either set no timeout (tweepy) or sleep and retry by themselves (PRAW). Both speak through a requests
session, so the session is where both are held: whatever goes wrong is raised from here before they see it.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from bot.connectors.shared.limits import Limits
from bot.connectors.shared.timed import with_deadlines
from bot.connectors.shared.unpack import ASKED_FOR, TooMuch, unpacked
from bot.errors import AccountUnreachable, RateLimited

CONNECT_SECONDS = 5.0
_LONGEST_WINDOW = 3600.0  #: seconds; a longer wait means that one of the two clocks is wrong
_LONGEST_WAIT = 25 * 3600.0  #: seconds; the longest limits count by the day
_CHUNK = 65536


class Throttled(Exception):
    """The platform answered 429. Connectors turn it into `RateLimited`, since they know the time."""

    def __init__(
        self,
        *,
        reset_epoch: float | None = None,
        after: float | None = None,
        server_time: datetime | None = None,
        fallback: float = 900.0,
    ) -> None:
        super().__init__("the platform asks us to wait")
        self.reset_epoch = reset_epoch  #: Unix seconds by the platform's clock
        self.after = after  #: seconds from now
        self.server_time = server_time  #: UTC, what the platform's clock showed
        self.fallback = fallback  #: seconds to wait where it does not say

    def limited(self, platform: str, now: datetime) -> RateLimited:
        """Our error, with the time from which calls are welcome again by our clock."""
        reset_at = now + timedelta(seconds=self._seconds(now))
        return RateLimited(site=platform, reset_at=reset_at)

    def _seconds(self, now: datetime) -> float:
        if self.after is not None and 0 <= self.after <= _LONGEST_WAIT:
            return max(self.after, 1.0)
        if self.reset_epoch is not None:
            ours = self.reset_epoch - now.timestamp()
            theirs = self.reset_epoch - (self.server_time or now).timestamp()
            for wait, longest in ((ours, _LONGEST_WINDOW), (theirs, _LONGEST_WAIT), (ours, _LONGEST_WAIT)):
                if 0 < wait <= longest:
                    return wait
        return self.fallback


def number(headers: Any, name: str) -> float | None:
    """A header as a number, None where it is absent or none."""
    try:
        value = float(headers.get(name, ""))
    except ValueError:
        return None
    return value if value == value and abs(value) < 1e12 else None


def json_object(response: requests.Response) -> dict[str, Any]:
    """The JSON object of a refusal, empty where its body is none."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def server_time(headers: Any) -> datetime | None:
    """The Date header (RFC 9110 §6.6.1) in UTC, None where it is absent or odd."""
    try:
        return parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def session(
    platform: str,
    *,
    replaces: dict[str, str],
    judge: Callable[[requests.Response], None],
    limits: Limits,
) -> requests.Session:
    """A session whose every call ends in time.

    ``replaces`` maps the address that the SDK uses to the one that is asked instead. ``judge`` sees each whole
    response first and may raise.
    """
    made = requests.Session()
    made.headers["Accept-Encoding"] = ASKED_FOR
    made.adapters.clear()  # nothing leads anywhere else, no redirect either
    made.auth = _as_it_is  # otherwise a .netrc entry would silently replace the credentials
    for origin, target in replaces.items():
        made.mount(origin, _Adapter(platform, origin, target, judge, limits))
    return made


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Adapter(HTTPAdapter):
    def __init__(
        self,
        platform: str,
        origin: str,
        target: str,
        judge: Callable[[requests.Response], None],
        limits: Limits,
    ) -> None:
        super().__init__()
        self._platform, self._origin, self._target = platform, origin, target.rstrip("/")
        self._judge, self._limits = judge, limits

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Ask, read the whole answer before the deadline, and let the judge see it."""
        request.url = self._target + (request.url or "").removeprefix(self._origin)
        connect = min(CONNECT_SECONDS, self._limits.seconds / 4)
        deadline = time.monotonic() + self._limits.seconds
        kwargs.update(timeout=(connect, self._limits.seconds - connect), stream=True)
        if self._target != self._origin:
            kwargs["proxies"] = {}  # the proxies were chosen for the address that is not asked
        try:
            with super().send(request, **kwargs) as answer:
                whole = self._whole(request, answer, deadline)
        except TooMuch as error:
            raise AccountUnreachable("too-much", site=self._platform, mend="again") from error
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self._unreachable(error) from error
        self._judge(whole)
        return whole

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As requests does; the heads of answers have a deadline too."""
        super().init_poolmanager(*args, **kwargs)
        with_deadlines(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """The same behind a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        with_deadlines(manager)
        return manager

    def _whole(
        self, request: requests.PreparedRequest, answer: requests.Response, deadline: float
    ) -> requests.Response:
        # requests has urllib3 leave the body packed here.
        encoding = answer.headers.get("Content-Encoding", "")
        body = unpacked(_pieces(answer.raw, deadline), encoding, self._limits.max_body)
        if _most_values(body) > self._limits.max_values:
            raise TooMuch("the answer has more parts than any page")
        headers = answer.headers.copy()
        for name in ("Content-Encoding", "Content-Length", "Transfer-Encoding"):
            headers.pop(name, None)
        raw = HTTPResponse(
            body=io.BytesIO(body),
            headers=headers,
            status=answer.status_code,
            reason=answer.reason,
            preload_content=False,
        )
        whole = self.build_response(request, raw)
        _ = whole.content  # read and kept
        return whole

    def _unreachable(self, error: Exception) -> AccountUnreachable:
        slow = isinstance(error, (requests.Timeout, TimeoutError))
        return AccountUnreachable("too-slow" if slow else "line-broke", site=self._platform, mend="again")


def _pieces(raw: Any, deadline: float) -> Iterator[bytes]:
    """A body as it comes: one that drips never runs into a read timeout, so the deadline ends it."""
    while True:
        if time.monotonic() > deadline:
            raise TimeoutError("the answer did not end")
        piece = raw.read1(_CHUNK)
        if not piece:
            return
        yield piece


def _most_values(body: bytes) -> int:
    """How many values JSON of this text can hold at most: each of them takes far more memory than text."""
    return sum(body.count(sign) for sign in (b",", b"[", b"{"))
