"""Settings: `.env`, the environment, files; every mistake with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.email.way import SmtpSettings
from bot.connectors.reddit.site import RedditKeys
from bot.connectors.x.site import XKeys
from bot.errors import ConfigError
from bot.settings.home import load_home
from bot.settings.service import Environment, Service
from bot.settings.starter import env_text

ROOT = Path(__file__).resolve().parents[3]


def service(tmp_path: Path, text: str = "", **process: str) -> Service:
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    return Environment(tmp_path, process).service()


def test_the_process_wins_over_the_file(tmp_path: Path) -> None:
    read = service(tmp_path, "OVERSIGHT_LISTEN_PORT=9000\n", OVERSIGHT_LISTEN_PORT="9100")
    assert read.listen_port == 9100


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("hunter2\n")
    (tmp_path / ".env").write_text("OVERSIGHT_SMTP_USER=me\nOVERSIGHT_SMTP_PASSWORD_FILE=smtp\n")
    environment = Environment(tmp_path, {})
    read = environment.channels()["email"]
    assert isinstance(read, SmtpSettings)
    assert read.password is not None
    assert read.password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(read)
    assert "hunter2" in environment.secrets()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("\n# a remark\nOVERSIGHT_LISTEN_PORT=many\n", ".env:3:1", "OVERSIGHT_LISTEN_PORT"),
        ("OVERSIGHT_LISTEN_PROT=1\n", ".env:1:1", "Did you mean OVERSIGHT_LISTEN_PORT?"),
        ("OVERSIGHT_MODEL=a\nOVERSIGHT_MODEL=b\n", ".env:", "stands twice"),
        ("OVERSIGHT_BASE_URL=http://example.com\n", ".env:1:1", "https"),
        ("OVERSIGHT_LINK_KEYS_FILE=nowhere\n", ".env:1:1", "Create the file"),
        ("OVERSIGHT_SMTP_USER=me\n", ".env", "set both or none"),
        ("OVERSIGHT_MAIL_FROM=us\n", ".env:1:1", "name@example.com"),
        ("this is no setting\n", ".env:1:1", "NAME=value"),
    ],
)
def test_a_mistake_names_its_place_and_the_mend(tmp_path: Path, text: str, place: str, words: str) -> None:
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_home(tmp_path, process={})
    assert place in str(caught.value)
    assert words in str(caught.value)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        service(tmp_path, "OVERSIGHT_LISTEN_PORT=x\nOVERSIGHT_LINK_DAYS=0\n")
    assert ".env:1:1" in str(caught.value)
    assert ".env:2:1" in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"OVERSIGHT_MODEL=\xff\xfe\n")
    with pytest.raises(ConfigError, match="UTF-8"):
        Environment(tmp_path, {})


def test_each_brand_can_have_its_own_keys(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "X_BEARER_TOKEN=common\nX_BAKERY_BEARER_TOKEN=own\nREDDIT_USERNAME=someone\n"
    )
    environment = Environment(tmp_path, {})
    common, own = environment.credentials("x", None), environment.credentials("x", "BAKERY")
    assert isinstance(common, XKeys)
    assert isinstance(own, XKeys)
    assert common.bearer_token is not None
    assert common.bearer_token.get_secret_value() == "common"
    assert own.bearer_token is not None
    assert own.bearer_token.get_secret_value() == "own"
    assert isinstance(reddit := environment.credentials("reddit", None), RedditKeys)
    assert reddit.username == "someone"


def test_the_example_file_is_current_and_readable(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert text == env_text(), "run: make docs"
    uncommented = "\n".join(
        line.removeprefix("# ")
        for line in text.splitlines()
        if "=" in line
        and line.removeprefix("# ")[:1].isupper()
        and " " not in line.removeprefix("# ").split("=")[0]
    )
    service(tmp_path, uncommented)
