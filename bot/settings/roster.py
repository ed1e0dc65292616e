"""Who stands in the brand files now: whoever is taken out of one loses access at once, without a restart.

Only the people are read again. The rest of a brand's settings counts from the next start on, as before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from bot.settings.brand import Brand, PersonEntry
from bot.settings.home import brand_files
from policies.located_yaml import BadYaml, read_file

log = structlog.get_logger(__name__)
Stamp = tuple[int, int, int]  #: time of change in nanoseconds, bytes, number of the file


@dataclass
class _Seen:
    path: Path
    stamp: Stamp | None = None  #: of the file when it was read last


class LiveBrands(Mapping[str, Brand]):
    """The brands with the people whom their files name just now.

    A file that is gone names nobody. One that cannot be read as YAML says nothing new: those who stood in it stay,
    and ``unread`` names it. Entries that make no sense count as left out.
    """

    def __init__(self, home: Path, brands: Mapping[str, Brand], changed: Callable[[Brand], None]) -> None:
        """``changed`` is told of a brand whose people are others; where it fails, it is told again."""
        self._brands = dict(brands)
        self._changed = changed
        self._lock = threading.Lock()
        self._seen = {name: _Seen(path) for path in brand_files(home) if (name := _name(path)) in brands}
        self.unread: set[str] = set()  #: brands whose files cannot be read

    def __getitem__(self, name: str) -> Brand:
        """A brand as it stands now. Raises `KeyError`."""
        if name in self._seen:
            self._read_again(name, self._seen[name])
        return self._brands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._brands)

    def __len__(self) -> int:
        return len(self._brands)

    def refresh(self) -> None:
        """Read what has changed."""
        for name in self:
            _ = self[name]

    def _read_again(self, name: str, seen: _Seen) -> None:
        stamp = _stamp(seen.path)
        if stamp is not None and stamp == seen.stamp:
            return
        with self._lock:
            people = self._people(name, seen.path, stamp)
            if people is not None and people != self._brands[name].people:
                gone = sorted({p.id for p in self._brands[name].people} - {p.id for p in people})
                log.warning("the roster changed", brand=name, gone=gone, readers=len(people))
                brand = self._brands[name].model_copy(update={"people": people})
                self._changed(brand)
                self._brands[name] = brand
            seen.stamp = stamp

    def _people(self, name: str, path: Path, stamp: Stamp | None) -> tuple[PersonEntry, ...] | None:
        """Who stands in the file; None where it cannot be read."""
        if stamp is None:
            return ()
        try:
            data = read_file(path).data
        except BadYaml as error:
            if name not in self.unread:
                log.error("a brand file cannot be read; its people stay as they were", error=str(error))
            self.unread.add(name)
            return None
        self.unread.discard(name)
        listed = data.get("people") if isinstance(data, dict) else None
        entries = (_entry(item) for item in listed) if isinstance(listed, list) else ()
        by_id = {entry.id: entry for entry in entries if entry}
        return tuple(by_id.values())


def _entry(item: Any) -> PersonEntry | None:
    try:
        return PersonEntry.model_validate(item)
    except ValidationError:
        return None


def _stamp(path: Path) -> Stamp | None:
    """What changes with the file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _name(path: Path) -> str:
    """Which brand a file describes; empty where it cannot be read."""
    try:
        data = read_file(path).data
    except BadYaml:
        return ""
    return str(data.get("brand", "")) if isinstance(data, dict) else ""
