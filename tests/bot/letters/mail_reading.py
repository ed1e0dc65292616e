"""Reads a mail as a mail program does."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser

_ACTIVE = frozenset(
    {"script", "iframe", "object", "embed", "form", "input", "svg", "link", "base", "video", "audio"}
)


class Page(HTMLParser):
    """What a page holds: its text, its tags, and everything in it that could act."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.sources: list[str] = []
        self.active: list[str] = []
        self.words: list[str] = []
        self.marked: list[str] = []
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside.append(tag)
        if tag in _ACTIVE:
            self.active.append(tag)
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag in {"meta", "img", "br"}:
            self._inside.pop()

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on") or name == "srcdoc":
            self.active.append(f"{tag} {name}")
        if name == "href":
            self.addresses.append(value)
        if name == "src":
            self.sources.append(value)
        if name == "style" and ("url(" in value or "expression" in value):
            self.active.append(f"{tag} style {value}")

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._inside:
            return
        self.words.append(data)
        if "mark" in self._inside:
            self.marked.append(data)

    @property
    def text(self) -> str:
        """All words, white space collapsed."""
        return " ".join("".join(self.words).split())


def parsed(message: bytes) -> EmailMessage:
    """A message from its bytes."""
    mail = message_from_bytes(message, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    return mail
