"""The demo removes only what a demo made. `make demo` itself is tried end to end elsewhere."""

from __future__ import annotations

from pathlib import Path

from cli_stage import Cli


def test_folders_that_no_demo_made_are_left_alone(cli: Cli, tmp_path: Path) -> None:
    for name in ("home", "mail"):
        precious = tmp_path / name / "precious.txt"
        precious.parent.mkdir()
        precious.write_text("mine")
        result = cli("demo", "--once", "--out", tmp_path)
        assert result.exit_code == 2
        assert "no demo made it" in result.stderr
        assert precious.read_text() == "mine"
        precious.unlink()
        precious.parent.rmdir()
