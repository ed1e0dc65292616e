"""Other models, by configuration."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.judging.scorers import hub
from bot.judging.scorers.batches import Batches
from bot.judging.scorers.folder import SHIPPED
from bot.judging.scorers.hub import HubScorer, HubSettings, match_labels

#: A classifier that says its second label of texts of up to three tokens and its first of longer ones.
LENGTH = Path(__file__).parent / "data" / "length.onnx"
KNOWN = {"sentiment": ("negative", "neutral", "positive"), "offensive": ("not_offensive", "offensive")}
MAPPING = {"LABEL_0": "not_offensive", "LABEL_1": "offensive"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as people export it: model.onnx with tokenizer and config, labels without names."""
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    shutil.copy(LENGTH, tmp_path / "model.onnx")
    config = {"model_type": "bert", "id2label": {"0": "LABEL_0", "1": "LABEL_1"}}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return tmp_path


def settings(model: Path | str, labels: dict[str, str] | None = None, head: str = "offensive") -> HubSettings:
    return HubSettings(model=str(model), head=head, labels=labels)


def test_a_local_onnx_folder_reads_with_mapped_labels(folder: Path) -> None:
    scorer = HubScorer(settings(folder, MAPPING), KNOWN)
    short, long, french = scorer.read(
        [
            "hey",
            "this one is a good deal longer",
            "Bonjour, je suis très déçu de votre service, personne ne répond",
        ]
    )
    assert scorer.heads == {"offensive": ("not_offensive", "offensive")}
    assert short.heads["offensive"].label == "offensive"
    assert long.heads["offensive"].label == "not_offensive"
    assert sum(long.heads["offensive"].scores.values()) == pytest.approx(1)
    assert (french.readable, french.heads) == (False, {})
    assert scorer.read([]) == []


def test_configured_languages_are_read(folder: Path) -> None:
    chosen = HubSettings(model=str(folder), head="offensive", labels=MAPPING, languages=("en", "fr"))
    (french,) = HubScorer(chosen, KNOWN).read(
        ["Bonjour, je suis très déçu de votre service, personne ne répond"]
    )
    assert french.readable
    assert french.language == "fr"
    assert french.heads


def test_foreign_labels_ask_for_a_mapping_with_an_example(folder: Path) -> None:
    with pytest.raises(ConfigError, match="LABEL_0") as caught:
        HubScorer(settings(folder), KNOWN)
    assert "labels: {LABEL_0: not_offensive, LABEL_1: offensive}" in caught.value.mend


@pytest.mark.parametrize(
    "labels",
    [
        {"LABEL_0": "offensive"},
        {"LABEL_0": "offensive", "LABEL_1": "rude"},
        {"LABEL_0": "offensive", "LABEL_1": "offensive"},
    ],
)
def test_half_a_mapping_is_refused(labels: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="mapping"):
        match_labels(settings("m", labels), ["LABEL_0", "LABEL_1"], KNOWN["offensive"])


def test_our_own_names_need_no_mapping() -> None:
    found = match_labels(settings("m"), ["Positive", "Negative", "Neutral"], KNOWN["sentiment"])
    assert found == ("positive", "negative", "neutral")


def test_a_head_of_their_own_keeps_their_labels() -> None:
    assert match_labels(settings("m", head="intent"), ["Refund", "Praise"], ()) == ("Refund", "Praise")


def test_another_mapping_is_another_version(folder: Path) -> None:
    turned = dict(zip(MAPPING, reversed(MAPPING.values()), strict=True))
    versions = {HubScorer(settings(folder, labels), KNOWN).version for labels in (MAPPING, turned)}
    assert len(versions) == 2


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ConfigError, match="torch") as caught:
        HubScorer(settings("somebody/some-model"), KNOWN)
    assert "social-oversight[torch]" in caught.value.mend


def test_without_a_network_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(model: str) -> None:
        raise OSError(f"We couldn't connect to the hub to load {model}\nand more")

    monkeypatch.setattr(hub, "_open_torch", unreachable)
    with pytest.raises(ConfigError, match="somebody/some-model") as caught:
        HubScorer(settings("somebody/some-model"), KNOWN)
    assert not caught.value.permanent
    assert "folder" in caught.value.mend


def test_a_torch_folder_reads(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="the extra `torch` is not installed")
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(3)
    config = transformers.BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=2
    )
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    (reading,) = HubScorer(settings(tmp_path, MAPPING), KNOWN).read(["hello there"])
    assert sum(reading.heads["offensive"].scores.values()) == pytest.approx(1)


def test_the_shipped_folder_is_a_folder_for_transformers() -> None:
    from transformers import AutoConfig, AutoTokenizer

    config, tokenizer = AutoConfig.from_pretrained(SHIPPED), AutoTokenizer.from_pretrained(SHIPPED)
    texts = [
        "hello there",
        "so happy 😍 #NotReally",
        "@user see https://t.co/x",
        "",
        "naïve café, don't!!",
        "word " * 999,
    ]
    ours = Batches(SHIPPED / "tokenizer.json", 256)
    theirs = tokenizer([ours.prepared(text) for text in texts], truncation=True, max_length=256)["input_ids"]
    assert ours.token_ids(texts) == theirs
    assert config.hidden_size == 384
    assert len(config.id2label) == 15


def test_the_shipped_path_imports_neither_transformers_nor_torch() -> None:
    code = (
        "import sys; from bot.judging.scorers.onnx import OnnxScorer; OnnxScorer().read(['hello there']);"
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
