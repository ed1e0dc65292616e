"""Commands for the operator: first files, and finding out what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from bot.commands.common import Session, console, format_option, out, pass_session
from bot.connectors import sites
from bot.connectors.shared.site import Site
from bot.wiring import new_link_key
from policies.durations import written
from policies.errors import still
from policies.shipped import DEFAULT_PACKS

if TYPE_CHECKING:
    from bot.doctor import Diagnosis


def account_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option for the account on each platform."""
    for site in reversed(sites()):
        help_text = f"{site.handles.called} on {site.title}, without {site.handles.before[0]}."
        command = click.option(f"--{site.name}", f"{site.name}_handle", help=help_text)(command)
    return command


@click.command()
@click.option("--yes", is_flag=True, help="Take the defaults for what is not given; ask nothing.")
@click.option("--name", help="The business, as clients know it.")
@click.option("--owner", "owner_name", help="Name of the owner.")
@click.option("--email", help="The owner's e-mail address.")
@click.option("--time-zone", help="For instance Europe/Berlin.")
@account_options
@click.option("--agency-email", help="Where the agency gets its link.")
@pass_session
def init(session: Session, /, yes: bool, **given: str | None) -> None:
    """Ask a few questions and write .env and brands/<name>.yaml."""
    from bot.settings.starter import write_home

    answers = {name: value if value is not None else _ask(name, yes) for name, value in given.items()}
    brand = brand_of(answers)
    problems = _problems(brand)
    if problems:
        raise click.ClickException(problems)
    # A home folder holds several brands: the second one leaves .env as it is.
    env = None if (session.path / ".env").exists() else {"OVERSIGHT_LINK_KEYS": new_link_key()}
    for path in write_home(session.path, env=env, brands=[brand]):
        out.print(f"wrote {path}", markup=False)
    out.print("\nNext: put the platform keys and the mail server into .env, then run `oversight doctor`.")


_QUESTIONS = {
    "name": ("What is the business called?", "My Business"),
    "owner_name": ("Who owns it?", "Owner"),
    "email": ("The owner's e-mail address?", "owner@example.com"),
    "time_zone": ("Time zone?", "UTC"),
    **{f"{s.name}_handle": (f"{s.handles.called} on {s.title} (empty for none)?", "") for s in sites()},
    "agency_email": ("The agency's e-mail address (empty for none)?", ""),
}


def _ask(name: str, yes: bool) -> str:
    question, default = _QUESTIONS[name]
    if yes:
        return default
    answer = click.prompt(
        question, default=default, show_default=bool(default), value_proc=partial(_checked, name)
    )
    return str(answer)


def _checked(name: str, answer: str) -> str:
    """The answer, asked for again where it cannot be used."""
    defaults = {key: default for key, (_, default) in _QUESTIONS.items()}
    if problems := _problems(brand_of({**defaults, name: answer})):
        raise click.BadParameter(problems)
    return answer


def brand_of(answers: dict[str, str]) -> dict[str, Any]:
    """brand.yaml from the answers, as plain data."""
    accounts = [
        {"platform": site.name, "handle": site.handles.bare(typed), "every": written(site.every)}
        for site in sites()
        if (typed := answers[f"{site.name}_handle"])
    ]
    owner = {"id": "owner", "name": answers["owner_name"], "role": "owner", "email": answers["email"]}
    people: list[dict[str, object]] = [{**owner, "marks": []}]
    if answers["agency_email"]:
        agency = {"id": "agency", "name": "Agency", "role": "agency", "email": answers["agency_email"]}
        people.append({**agency, "marks": []})
    weekdays = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")
    weekend = dict.fromkeys(("sat", "sun"), "closed")
    return {
        "brand": re.sub(r"[^a-z0-9]+", "-", answers["name"].lower()).strip("-")[:40] or "brand",
        "name": answers["name"],
        "time_zone": answers["time_zone"],
        "hours": weekdays | weekend,
        "answer_within": "2h",
        "accounts": accounts,
        "people": people,
        "policies": list(DEFAULT_PACKS),
        "digest": {"times": ["07:30"]},
    }


def _problems(data: dict[str, Any]) -> str:
    from bot.settings.brand import Brand
    from policies.located_yaml import in_words

    try:
        Brand.model_validate(data)
    except ValueError as error:
        details = error.errors() if hasattr(error, "errors") else []
        return "\n".join(f"{'.'.join(map(str, e['loc']))}: {in_words(e)}" for e in details)
    return ""


@click.command("sites")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
def list_sites(form: str) -> None:
    """Say what can be read on each platform, and what its keys need."""
    if form == "jsonl":
        for site in sites():
            click.echo(json.dumps(site_as_json(site)))
        return
    table = Table("site", "", "read", "posts can change", "keys", box=None, pad_edge=False)
    for site in sites():
        streams = ", ".join(stream.name for stream in site.streams)
        table.add_row(site.name, site.title, streams, _changing(site), site.keys_hint)
    out.print(table)


def site_as_json(site: Site) -> dict[str, object]:
    """The stable form of one platform. None is what nobody can say."""
    return {
        "site": site.name,
        "inbound": any(stream.inbound for stream in site.streams),
        "outbound": any(not stream.inbound for stream in site.streams),
        "edits": site.edits_for != timedelta(),
        "deletions": site.deletions,
        "private": site.private,
        "ads": site.ads,
        "names_author": site.names_author,
        "tried": site.tried.value,
        "days_to_key": site.days_to_key,
        "keep_days": site.keep_days,
    }


def _changing(site: Site) -> str:
    if site.edits_for is None:
        return "always"
    return f"for {site.edits_for // timedelta(minutes=1)} minutes" if site.edits_for else "never"


@click.command()
@click.option("--offline", is_flag=True, help="Leave out the calls to platforms and the mail server.")
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Look at this brand.yaml and at nothing else.",
)
@format_option
@pass_session
def doctor(session: Session, offline: bool, settings: Path | None, form: str) -> None:
    """Check settings, keys, mail, store, model, clock and links; say the mend for each failure."""
    from bot.doctor import Soundness, examine, examine_settings

    found = examine_settings(settings) if settings else examine(session.path, offline=offline)
    failed = 0
    for finding in found:
        failed += finding.state is Soundness.FAIL
        if form == "jsonl":
            click.echo(json.dumps(finding.json()))
        else:
            _show(finding)
    if failed:
        console.print(f"{failed} to mend.")
        raise SystemExit(1)
    if form != "jsonl":
        out.print("All is well.")


_SIGNS = {"ok": "ok  ", "warn": "note", "fail": "FAIL", "skipped": "-   "}


def _show(finding: Diagnosis) -> None:
    out.print(f"{_SIGNS[finding.state]} {finding.what}: {finding.place}{still(finding.detail)}", markup=False)
    if finding.mend:
        out.print(f"     mend: {finding.mend}", markup=False)
