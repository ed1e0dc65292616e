"""What wiring builds from settings, and what it says where they do not suffice."""

from __future__ import annotations

from pathlib import Path

import bot_stage  # noqa: F401 -- finds the stage
import pytest
from fault_stage import brand_file, make_home

from bot.channels.email.channel import SmtpChannel
from bot.channels.files.channel import FileChannel
from bot.errors import ConfigError, TokenDead
from bot.settings.home import Home
from bot.wiring import (
    brand_infos,
    cache_by_account,
    connector_for,
    engine_for,
    label_map,
    opened_store,
    way_out,
)
from policies.errors import OversightError

ACCOUNTS = [{"platform": "x", "handle": "examplebrand"}, {"platform": "reddit", "handle": "examplebrand"}]


def stage(tmp_path: Path, **env: str) -> Home:
    return make_home(tmp_path, env, brand_file(accounts=ACCOUNTS))


@pytest.mark.parametrize(("index", "words"), [(0, "X_BEARER_TOKEN"), (1, "REDDIT_CLIENT_ID")])
def test_missing_keys_are_named(tmp_path: Path, index: int, words: str) -> None:
    home = stage(tmp_path)
    with pytest.raises(TokenDead) as caught:
        connector_for(home, home.brands["example"].account_refs()[index])
    assert words in str(caught.value)


def test_a_connector_is_built_once_for_an_account_and_shows_no_secret(tmp_path: Path) -> None:
    home = stage(tmp_path, X_BEARER_TOKEN="canary-token")
    ref = home.brands["example"].account_refs()[0]
    connect = cache_by_account(lambda r: connector_for(home, r))
    assert connect(ref) is connect(ref)
    assert "canary" not in repr(connect(ref)) + repr(home)


def test_mail_is_kept_in_files_until_there_is_a_server(tmp_path: Path) -> None:
    home = stage(tmp_path / "a")
    assert isinstance(way_out(home)[1], FileChannel)
    home = stage(tmp_path / "b", OVERSIGHT_SMTP_HOST="mail.example.org", OVERSIGHT_SMTP_USER="u",
                 OVERSIGHT_SMTP_PASSWORD="canary")  # fmt: skip
    channel = way_out(home)[1]
    assert isinstance(channel, SmtpChannel)
    assert "canary" not in repr(channel)


def test_settings_that_would_send_a_password_in_the_clear_are_refused(tmp_path: Path) -> None:
    home = stage(tmp_path, OVERSIGHT_SMTP_HOST="mail.example.org", OVERSIGHT_SMTP_USER="u",
                 OVERSIGHT_SMTP_PASSWORD="p", OVERSIGHT_SMTP_SECURITY="none")  # fmt: skip
    with pytest.raises(ConfigError, match="unencrypted"):
        way_out(home)[1]


def test_labels_of_another_model_are_read_or_refused() -> None:
    assert label_map(None) is None
    assert label_map("LABEL_0=negative, LABEL_1 = positive") == {"LABEL_0": "negative", "LABEL_1": "positive"}
    with pytest.raises(ConfigError, match="Write it like"):
        label_map("LABEL_0")


def test_unknown_packs_are_a_mistake_in_the_settings(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"example.yaml:\d+:\d+: there is no pack 'nosuchpack'"):
        make_home(tmp_path, {}, brand_file(policies=["nosuchpack"]))
    (tmp_path / "other" / "broken").mkdir(parents=True)
    home = make_home(tmp_path / "other", {}, brand_file(policies=["broken"]))
    with pytest.raises(ConfigError, match="broken"):
        engine_for(home.brands["example"], home.path)


def test_a_store_that_is_none_is_our_error(tmp_path: Path) -> None:
    home = stage(tmp_path)
    Path(home.store_address).write_bytes(b"no store" * 1000)
    with pytest.raises(OversightError, match="backup"), opened_store(home):
        pass


def test_an_account_counts_as_late_after_four_of_its_intervals(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file(accounts=[{**ACCOUNTS[0], "every": "2h"}]))
    assert brand_infos(home)["example"].stale_after.total_seconds() == 8 * 3600
