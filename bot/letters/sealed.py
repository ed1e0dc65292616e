"""Links in letters that are kept without their keys.

A letter waits in the outbox, and stays there as evidence of what was said; backups hold it too. So it names each link
by its id, in the place and the length of its key. The key is made again when the letter leaves, from what is
remembered of the link: the same bytes each time, as a second try must be the same letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from itsdangerous import BadData, URLSafeSerializer

_BEGINS = "/l/"
_MARK = "~"  #: stands in no key
_LINE = 72  #: characters in a line of quoted-printable
_SOFT = rb"(?:=\r?\n)?"  #: where quoted-printable breaks a line within a word
_SEALED = re.compile(
    rb"/" + _SOFT + rb"~((?:" + _SOFT + rb"[\w-])+)(?:" + _SOFT + rb"~)+"
)  #: from the slash before the mark


def sealed(address: str) -> str:
    """A link's address with its id in the place of its key, as long as before so that a letter keeps its size."""
    origin, begins, token = address.rpartition(_BEGINS)
    return f"{origin}{begins}{f'{_MARK}{_id_in(token)}{_MARK}'.ljust(len(token), _MARK)}"


def unsealed(body: bytes, address_of: Callable[[str], str | None]) -> bytes:
    """A letter in quoted-printable with the keys of its links; those that ``address_of`` does not know stay sealed."""

    def whole(found: re.Match[bytes]) -> bytes:
        address = address_of(re.sub(rb"=\r?\n", b"", found[1]).decode("ascii", "replace"))
        if address is None:
            return found[0]
        key = address.rpartition(_BEGINS)[2].encode("ascii")
        lines = [key[start : start + _LINE] for start in range(0, len(key), _LINE)]
        return b"=\r\n".join([b"/", *lines, b""])

    return _SEALED.sub(whole, body)


def _id_in(token: str) -> str:
    """The id that a key of ours names. It was made a moment ago, so nobody has to look whether it is genuine."""
    try:
        return str(URLSafeSerializer("").load_payload(token.rpartition(".")[0].encode("ascii"))["i"])
    except (BadData, KeyError, TypeError) as error:
        raise ValueError("this is no link of ours") from error
