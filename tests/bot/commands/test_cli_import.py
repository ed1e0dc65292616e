"""import, export, search, backup, migrate: what goes in comes out, and bad lines are named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cli_stage import Cli, post

HOSTILE = {
    "long": "word " * 20_000,
    "emoji": "🔥🎉👩‍👩‍👧‍👦🏳️‍🌈",
    "right to left": "مرحبا بكم \u202eevil\u202c שלום",
    "zero width": "re\u200bfu\u200dnd \ufeffnow\u2060",
    "control": "bell \x07 escape \x1b[31m nul \x00 newline \n return \r end",
    "html": '<script>alert(1)</script> <img src=x onerror=alert(1)> & "quotes" \'',
    "lone surrogate": "half \ud83d of a pair",
    "empty": "",
    "formula": '=HYPERLINK("http://sheet.example")',
}


def test_bad_lines_are_named_and_the_rest_is_kept(cli: Cli) -> None:
    cli.set_up()
    bad = 'garbage\n[1]\n{"platform": "x"}\n' + json.dumps(post(9, created_at="yesterday")) + "\n"
    bad += json.dumps(post(8, direction="sideways")) + "\n" + json.dumps({**post(7), "colour": "red"}) + "\n"
    path = cli.write(post(1), post(2), more=bad)
    result = cli("import", path, "--brand", "bakery", "--no-check")
    assert result.exit_code == 1
    assert "2 posts read, 2 of them new; 6 lines refused" in result.stdout
    reasons = result.stderr.splitlines()
    assert [line.split(":")[0] for line in reasons] == [f"line {n}" for n in range(3, 9)]
    assert "no JSON" in reasons[0]
    assert "lacks account" in reasons[2]
    assert "2026-11-22T18:00:00Z" in reasons[3]
    assert "outbound, inbound" in reasons[4]
    assert "colour" in reasons[5]
    again = cli("import", path, "--brand", "bakery", "--no-check")
    assert "2 posts read, 0 of them new" in again.stdout


def test_a_good_file_ends_with_0_and_bytes_that_are_no_text_are_a_bad_line(cli: Cli) -> None:
    cli.set_up()
    path = cli.write(post(1))
    assert cli("import", path, "--brand", "bakery", "--no-check").exit_code == 0
    path.write_bytes(path.read_bytes() + b"\xff\xfe\x00\n")
    result = cli("import", path, "--brand", "bakery", "--no-check")
    assert result.exit_code == 1
    assert "line 2" in result.stderr


def test_files_of_other_programs_are_read_or_refused_and_never_a_traceback(cli: Cli, tmp_path: Path) -> None:
    cli.set_up()
    path = tmp_path / "posts"
    path.write_text(json.dumps([post(1), post(2)], indent=2), encoding="utf-8-sig")
    listed = cli("import", path, "--brand", "bakery", "--no-check")
    assert (listed.exit_code, "2 posts read" in listed.stdout) == (0, True), listed.output
    for content in ("window.YTD.tweets.part0 = [ {} ]", "id,date,words\n1,today,Fresh bread\n"):
        path.write_text(content)
        refused = cli("import", path, "--brand", "bakery", "--no-check")
        assert (refused.exit_code, refused.stderr.startswith("line 1: is a ")) == (1, True), refused.output
        for command in ("lint", "score"):
            judged = cli(command, path)
            assert (judged.exit_code, judged.stdout) == (2, ""), judged.output
            assert "line 1: is a " in judged.stderr


def test_an_unknown_brand_is_an_error_that_names_the_known_ones(cli: Cli) -> None:
    cli.set_up()
    result = cli("import", cli.write(post(1)), "--brand", "bakerie")
    assert result.exit_code == 2
    assert "Known brands: bakery" in result.stderr
    assert "--create" in result.stderr


def test_create_makes_a_home_in_which_everything_works(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text(json.dumps(post(1, "You are an idiot, shut up.")) + "\n")
    result = cli("import", path, "--brand", "care", "--create")
    assert result.exit_code == 0, result.output
    assert (cli.home / "brands" / "care.yaml").is_file()
    assert (cli.home / ".env").stat().st_mode & 0o077 == 0
    assert cli("case", "list").exit_code == 0
    preview = cli("digest", "--preview", tmp_path / "preview")
    assert preview.exit_code == 0, preview.output
    assert {p.name for p in (tmp_path / "preview").iterdir()} == {"digest.eml", "digest.html", "digest.txt"}


@pytest.mark.parametrize("name", ["../escape", "Care X", "", "a/b", "x" * 41])
def test_a_name_that_cannot_be_a_brand_writes_nothing(cli: Cli, tmp_path: Path, name: str) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text(json.dumps(post(1)) + "\n")
    result = cli("import", path, "--brand", name, "--create")
    assert result.exit_code == 2
    assert "short name" in result.stderr
    assert not list(tmp_path.rglob("*.yaml"))


def test_hostile_texts_go_through_the_whole_way(cli: Cli, tmp_path: Path) -> None:
    cli.set_up()
    posts = [post(n, text, author_name=text[:40] or None) for n, text in enumerate(HOSTILE.values())]
    result = cli("import", cli.write(*posts), "--brand", "bakery")
    assert result.exit_code == 0, result.output
    out = tmp_path / "out.jsonl"
    assert cli("export", "posts", "-o", out).exit_code == 0
    lines = out.read_bytes().split(b"\n")[:-1]
    kept = HOSTILE | {"lone surrogate": "half \ufffd of a pair"}  # UTF-8 has no form for half of a pair
    assert [json.loads(line)["text"] for line in lines] == list(kept.values())
    for words in ("escape", "evil", "half", "script"):
        found = cli("search", words)
        assert found.exit_code == 0, found.output
        assert found.stdout.count("\n") == 1, "one post, one line"
        assert not any(c in found.stdout for c in "\x1b\x07\x00\r\u202e")


def test_a_digest_of_hostile_texts_is_inert(cli: Cli, tmp_path: Path) -> None:
    cli.set_up()
    texts = [f"You are an idiot, shut up. {text}" for text in HOSTILE.values()]
    posts = [post(n, text, author_name="<script>x</script>") for n, text in enumerate(texts)]
    recent = [{**p, "created_at": "2026-11-22T12:00:00Z"} for p in posts]
    assert cli("import", cli.write(*recent), "--brand", "bakery").exit_code == 0
    assert cli("digest", "--preview", tmp_path / "preview").exit_code == 0
    html = (tmp_path / "preview" / "digest.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "onerror=alert(1)>" not in html
    assert (tmp_path / "preview" / "digest.eml").stat().st_size < 100_000
    for number in range(1, len(posts) + 1):
        shown = cli("case", "show", str(number))
        assert shown.exit_code == 0, shown.stderr
        assert "\x1b" not in shown.stdout


def test_an_export_is_an_import(cli: Cli, tmp_path: Path) -> None:
    cli.set_up()
    media = [{"kind": "image", "url": "https://example.org/a.png", "alt_text": "A loaf"}]
    cli(
        "import",
        cli.write(post(1, media=media), post(2, parent_id="p1", thread_id="p1")),
        "--brand",
        "bakery",
    )
    out = tmp_path / "out.jsonl"
    cli("export", "posts", "-o", out)
    again = cli("import", out, "--brand", "bakery", "--no-check")
    assert again.exit_code == 0, again.output
    assert "2 posts read, 0 of them new" in again.stdout


@pytest.mark.parametrize("what", ["posts", "revisions", "findings", "cases", "decisions", "audit"])
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_everything_can_be_exported_from_an_empty_store(cli: Cli, what: str, form: str) -> None:
    cli.set_up()
    assert cli("export", what, "--format", form).exit_code == 0


@pytest.mark.fault(30)
def test_a_backup_can_take_the_place_of_the_store(cli: Cli, tmp_path: Path) -> None:
    cli.set_up()
    cli("import", cli.write(post(1, "Sourdough is back")), "--brand", "bakery", "--no-check")
    copy = tmp_path / "copy.db"
    assert cli("backup", copy).exit_code == 0
    assert copy.stat().st_mode & 0o077 == 0
    cli("import", cli.write(post(2, "Later loaf"), name="later.jsonl"), "--brand", "bakery", "--no-check")
    for ending in ("", "-wal", "-shm"):
        (cli.home / f"oversight.db{ending}").unlink(missing_ok=True)
    shutil.copy(copy, cli.home / "oversight.db")
    assert "Sourdough" in cli("search", "sourdough").stdout
    assert "No post" in cli("search", "later").stderr
    assert cli("migrate").exit_code == 0


def test_a_backup_never_replaces_the_store_itself(cli: Cli) -> None:
    cli.set_up()
    cli("import", cli.write(post(1)), "--brand", "bakery", "--no-check")
    before = (cli.home / "oversight.db").read_bytes()
    result = cli("backup", cli.home / "oversight.db")
    assert result.exit_code == 2
    assert "is the store itself" in result.stderr
    assert (cli.home / "oversight.db").read_bytes() == before


def test_what_cannot_be_written_is_said_without_a_traceback(cli: Cli, tmp_path: Path) -> None:
    cli.set_up()
    cli("import", cli.write(post(1)), "--brand", "bakery", "--no-check")
    nowhere = tmp_path / "missing" / "copy.db"
    result = cli("backup", nowhere)
    assert result.exit_code == 2
    assert str(nowhere.parent) in result.stderr
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("file", ["nosuch.jsonl", "."])
def test_a_file_that_cannot_be_read_is_bad_input(cli: Cli, file: str) -> None:
    cli.set_up()
    assert cli("import", file, "--brand", "bakery").exit_code == 2
