"""Several clients who are upset about one thing are one letter; a busy day on which nobody is upset is none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from watch_stage import plain, said, staged

from policies.model.finding import Severity

BREAD = said("bread", 0, "Fresh rye today!", author="examplebrand")
CHEERY = said("cheery", 15, "It is a great day for rye, come in!", author="examplebrand")


def mouldy(
    number: int, minute: float, words: str = "the rye bread from this morning is mouldy, awful"
) -> object:
    return said(f"m{number}", minute, f"{words} ({number})", author=f"client{number}", parent="bread")


def test_a_crisis_is_one_letter_with_the_words_what_was_said_and_what_to_do(tmp_path: Path) -> None:
    posts = [mouldy(n, 8 + 4 * n) for n in range(3)]
    answer = said("sorry", 14, "So sorry! We are looking into it ^AN", author="examplebrand", parent="m0")
    with staged(tmp_path, BREAD, *posts, answer, CHEERY) as stage:
        stage.live(timedelta(minutes=45))
        crisis = [mail for mail in stage.mails() if "3 clients are upset" in str(mail["Subject"])]
        assert len(crisis) == 1
        text = plain(crisis[0])
        assert text.count("mouldy") >= 3
        assert text.index("mouldy") < text.index("We are looking into it")
        assert "It is a great day for rye" in text, "what went out meanwhile"
        assert "WHAT YOU CAN DO NOW" in text
        assert {view.case.severity for view in stage.cases()} == {Severity.CRITICAL}
        client, desk = stage.page()
        assert client.get(desk).text.count("mouldy") >= 3


def test_who_joins_later_is_not_mailed_alone_and_it_is_told_again_when_it_has_doubled(tmp_path: Path) -> None:
    posts = [mouldy(n, 8 + 2 * n) for n in range(3)] + [mouldy(n, 70 + 5 * n) for n in range(3, 12)]
    with staged(tmp_path, BREAD, *posts) as stage:
        stage.live(timedelta(minutes=60))
        begun = [str(mail["Subject"]) for mail in stage.mails()]
        assert sum("upset about the same thing" in subject for subject in begun) == 1
        stage.live(timedelta(hours=1))
        after = [str(mail["Subject"]) for mail in stage.mails()][len(begun) :]
        assert len(after) == 1
        assert "upset about the same thing" in after[0]


def test_many_who_ask_and_are_not_upset_are_no_crisis(tmp_path: Path) -> None:
    asked = [mouldy(n, 8 + 2 * n, "is the rye bread without nuts?") for n in range(6)]
    with staged(tmp_path, BREAD, *asked) as stage:
        stage.live(timedelta(minutes=90))
        assert stage.mails() == []
