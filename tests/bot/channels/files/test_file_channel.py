"""Mail kept as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.files.channel import FileChannel
from bot.errors import MailRefused
from bot.ports import Delivery

MESSAGE = b"Subject: Bright Bakery: 2 need you\r\nMessage-ID: <1@shop.example>\r\n\r\nHello\r\n"


def test_a_message_becomes_one_readable_file(tmp_path: Path) -> None:
    calls: list[str] = []
    ours = FileChannel(tmp_path / "mail")
    receipt = ours.send(("owner@shop.example",), MESSAGE, lambda: calls.append("leaving"))
    (path,) = (tmp_path / "mail").iterdir()
    assert receipt.delivery is Delivery.SENT
    assert path.name.startswith("bright-bakery-2-need-you-")
    assert path.suffix == ".eml"
    assert path.read_bytes() == MESSAGE
    assert calls == ["leaving"]


def test_the_same_message_id_again_replaces_its_file(tmp_path: Path) -> None:
    ours = FileChannel(tmp_path)
    for _ in range(2):
        ours.send((), MESSAGE, lambda: None)
    ours.send((), MESSAGE.replace(b"<1@", b"<2@"), lambda: None)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_subject_cannot_leave_the_folder(tmp_path: Path) -> None:
    FileChannel(tmp_path / "in").send((), b"Subject: ../../up\r\n\r\nx", lambda: None)
    assert [path.parent.name for path in tmp_path.rglob("*.eml")] == ["in"]


def test_a_folder_that_cannot_be_made_is_a_retry(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file is in the way")
    ours = FileChannel(tmp_path / "taken")
    assert ours.send((), MESSAGE, lambda: None).delivery is Delivery.RETRY
    with pytest.raises(MailRefused, match="taken"):
        ours.check()


def test_check_says_where_mail_goes(tmp_path: Path) -> None:
    assert str(tmp_path) in FileChannel(tmp_path).check()
    assert list(tmp_path.iterdir()) == []
