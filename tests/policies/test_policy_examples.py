"""What examples teach, and the files that they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rule_fakes import BagEmbedder
from rule_helpers import post

from policies.checks.similar import Similar
from policies.engine import Context, Engine
from policies.example_model import ExampleTexts, Lexicon, Probe, Scores, learn
from policies.loader import PolicyErrors, load
from policies.vectors import Matrix, Vectors

RULES = """\
rules:
  - id: asks-for-words
    title: Asks for kind words
    topic: testimonial-request
    severity: breach
    why: The owner asks.
    check:
      similar:
        posts: {file}
        ordinary: false
"""
POSTS = """\
# what must be found
+ Please write a review for us
+ Write us a review, please
+ A review from you would help us

# what is fine
- The bread is fresh today
- Fresh rolls are out of the oven
- The shop closes at noon today
"""


def folder(tmp_path: Path, posts: str | bytes | None = POSTS, name: str = "asking.examples") -> Path:
    pack = tmp_path / "house"
    pack.mkdir()
    (pack / "rules.yaml").write_text(RULES.replace("{file}", name), encoding="utf-8")
    if posts is not None:
        (pack / "asking.examples").write_bytes(posts if isinstance(posts, bytes) else posts.encode())
    return pack


def problems(pack: Path) -> list[str]:
    with pytest.raises(PolicyErrors) as caught:
        load([pack])
    return [str(problem) for problem in caught.value.problems]


def test_posts_of_a_file_teach_a_rule(tmp_path: Path) -> None:
    engine = Engine(load([folder(tmp_path)]))
    context = Context(embedder=BagEmbedder())
    (finding,) = engine.check(post("Good morning all. Please write a review for us"), context)
    assert finding.matched == "Please write a review for us"
    assert engine.check(post("The bread is out of the oven, fresh today"), context) == []


def test_the_rule_changes_with_its_file(tmp_path: Path) -> None:
    pack = folder(tmp_path)
    before = load([pack]).version
    (pack / "asking.examples").write_text(POSTS + "- Rolls at noon\n", encoding="utf-8")
    assert load([pack]).version != before


def test_overrides_find_their_own_file(tmp_path: Path) -> None:
    base = folder(tmp_path)
    own = tmp_path / "own"
    own.mkdir()
    (own / "pack.yaml").write_text(
        "pack:\n  title: Own\n  about: Ours\n  extends: [../house]\n  overrides:\n    asks-for-words:\n"
        "      check:\n        similar: {posts: mine.examples, ordinary: false}\n",
        encoding="utf-8",
    )
    (own / "mine.examples").write_text(POSTS.replace("bread", "cake"), encoding="utf-8")
    (check,) = (one for one in load([own]).checks() if isinstance(one, Similar))
    assert isinstance(check, Similar)
    assert "The cake is fresh today" in check.examples.unlike
    assert base.is_dir()


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        (None, "asking.examples cannot be read (No such file or directory)"),
        (b"+ caf\xe9\n", "asking.examples is not UTF-8 (byte 5)"),
        ("+ one\n? two\n", "line 2 of asking.examples begins with neither + nor -"),
        ("+ one\n- two\n", "`like` needs 3 examples or more. Here: 1."),
    ],
)
def test_mistakes_in_a_file_have_a_place_and_a_mend(
    tmp_path: Path, posts: str | bytes | None, said: str
) -> None:
    found = problems(folder(tmp_path, posts))
    assert any(said in problem for problem in found)
    assert all("rules.yaml:" in problem for problem in found)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    pack = folder(tmp_path)
    with (pack / "asking.examples").open("wb") as file:
        file.truncate(5_000_000)
    assert any("more than 4000000 bytes" in problem for problem in problems(pack))


EXAMPLES = ExampleTexts(
    like=("leave a review", "write a review", "a review please", "rate our shop"),
    unlike=("fresh bread today", "open at noon", "the review came", "we close today"),
    ordinary=("good morning", "see you soon"),
)


def learnt() -> tuple[Probe, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    rows = Vectors(BagEmbedder()).of(EXAMPLES.texts)
    return learn(EXAMPLES, rows), rows


def test_what_must_be_found_scores_above_what_is_fine() -> None:
    probe, rows = learnt()
    scores = probe.scores(EXAMPLES.texts, rows)
    assert scores[:4].min() > scores[4:].max()


def test_words_that_tell_the_examples_apart_count() -> None:
    probe, _ = learnt()
    assert probe.words["a review"] > 0 > probe.words["today"]
    assert probe.wording("entirely unknown vocabulary") == 0


def test_rows_of_a_lexicon_have_unit_length() -> None:
    lexicon = Lexicon.of(EXAMPLES.texts)
    assert sum(value**2 for value in lexicon.row("write a review today").values()) == pytest.approx(1)
    assert lexicon.row("") == {}


def test_a_batch_is_scored_at_once_and_each_text_as_it_would_be_alone() -> None:
    check = Similar(like=EXAMPLES.like, unlike=EXAMPLES.unlike, ordinary=False)
    texts = ["write us a review", "rolls at noon", "good evening"]
    together, alone = Vectors(BagEmbedder()), Vectors(BagEmbedder())
    at_once = check.learner.scores(texts, together)
    assert check.learner.scores(texts[1:], together) == pytest.approx(at_once[1:])
    fresh = Similar(like=EXAMPLES.like, unlike=EXAMPLES.unlike, ordinary=False).learner
    assert [float(fresh.scores([text], alone)[0]) for text in texts] == pytest.approx(at_once.tolist())


def test_many_posts_are_compared_in_one_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, seen = Engine(load([folder(tmp_path)])), []
    scored = Probe.scores

    def counted(self: Probe, texts: Sequence[str], rows: Matrix) -> Scores:
        seen.append(len(texts))
        return scored(self, texts, rows)

    monkeypatch.setattr(Probe, "scores", counted)
    context = Context(embedder=BagEmbedder())
    texts = [f"Please write a review for us, number {number}" for number in range(20)]
    assert all(engine.check_many([(post(text), context) for text in texts]))
    assert seen == [20]
