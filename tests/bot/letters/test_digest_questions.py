"""Questions in the digest: in a place of their own, as questions, with both answers."""

from __future__ import annotations

from dataclasses import replace

from build_stage import section
from digest_scene import busy_day, case, finding, link, post, quiet_day

from bot.letters.digest.build import build
from bot.letters.model import DigestInput
from policies.model.cases.flagged import FlaggedState
from storage.views import CaseView


def question(number: int, words: str = "by Friday", topic: str = "unauthorised-promise") -> CaseView:
    about = post(number, f"You will have it {words}, we think.")
    likely = finding(about, words, question=True, score=0.6, topic=topic)
    return case(number, about, likely, state=FlaggedState.ASKED)


def asked(given: DigestInput, *views: CaseView, older: int = 0) -> DigestInput:
    return replace(given, questions=views, questions_older=older)


def test_a_quiet_day_with_two_questions_asks_them_and_accuses_nobody() -> None:
    letter = build(
        asked(quiet_day(), question(71), question(72, topic="hostile-or-sarcastic-reply"), older=1), link
    )
    assert (letter.headlines[0].number, letter.headlines[0].label) == ("2", "new for you")
    assert letter.subject == "Golden Crust Bakery: 2 questions for you"
    assert letter.summary.endswith("nothing clearly wrong; please answer 2 questions.")
    shown = section(letter, "2 questions for you")
    assert [entry.title for entry in shown.entries] == [
        "Is this a promise you would not make?",
        "Does this mock somebody?",
    ]
    first = shown.entries[0]
    assert [part.text for part in first.quote.parts if part.marked] == ["by Friday"] if first.quote else False
    assert [(button.label, button.url.rpartition("?")[2]) for button in first.buttons] == [
        ("Yes, that is one", "answer=confirm"),
        ("No, it’s fine", "answer=dismiss"),
    ]
    assert (first.tag, first.tone, shown.more) == ("", "plain", 1)
    words = " ".join(
        line for one in letter.sections for entry in one.entries for line in (entry.tag, *entry.lines)
    )
    assert "Off-brand" not in words


def test_a_question_is_not_among_the_cases_of_a_busy_day() -> None:
    before, after = (build(one, link) for one in (busy_day(), asked(busy_day(), question(71))))
    titles = [one.title for one in after.sections]
    assert [title for title in titles if title != "A question for you"] == [
        one.title for one in before.sections
    ]
    assert "A question for you" in titles


def test_what_was_asked_before_is_one_line() -> None:
    letter = build(asked(quiet_day(), older=2), link)
    assert "2 earlier questions wait on your desk." in [note for one in letter.sections for note in one.notes]
    assert "question" not in letter.subject
