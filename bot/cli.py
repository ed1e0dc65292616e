"""The command line: ``oversight``."""

from __future__ import annotations

import errno
import importlib
from importlib.metadata import version
from pathlib import Path

import click

from policies.errors import OversightError

#: command -> module, name and its line in --help; imported when asked for, so that --help is quick
COMMANDS = {
    "init": ("bot.commands.setup", "init", "Ask a few questions and write .env and brands/<name>.yaml."),
    "doctor": ("bot.commands.setup", "doctor", "Check settings, keys, mail, store and clock; say the mend."),
    "sites": ("bot.commands.setup", "list_sites", "Say what can be read on each platform."),
    "demo": ("bot.commands.demo", "demo", "See everything work on a fictional bakery, without keys."),
    "run": ("bot.commands.service", "run", "Run the service: pull, check, mail and pages, until SIGTERM."),
    "serve": ("bot.commands.service", "serve", "Serve the pages only."),
    "pull": ("bot.commands.service", "pull", "Pull all accounts of a brand now."),
    "check": ("bot.commands.service", "check", "Judge everything that has not been judged."),
    "digest": ("bot.commands.service", "digest", "Send the digest now, or write it to a folder."),
    "import": ("bot.commands.data", "import_posts", "Take in posts from a file of JSON lines."),
    "export": ("bot.commands.data", "export", "Write posts, findings, cases or the audit log to a file."),
    "search": ("bot.commands.data", "search", "Find posts by their words."),
    "backup": ("bot.commands.data", "backup", "Copy the store while everything goes on running."),
    "migrate": ("bot.commands.data", "migrate", "Bring the store to this version's schema."),
    "lint": ("bot.commands.rules.lint", "lint", "Judge texts before they go out; the store is not touched."),
    "policy": ("bot.commands.rules.policy", "policy", "List, test, explain and try rules."),
    "replay": (
        "bot.commands.replay",
        "replay",
        "Run the service over an archive: what would a month have been?",
    ),
    "judge-me": (
        "bot.commands.rules.judge_me",
        "judge_me",
        "Try the rules on your own archive, and fit their limits to it.",
    ),
    "threads": ("bot.commands.threads", "threads", "Say who waits, who complains and who needs the owner."),
    "score": ("bot.commands.judge", "score", "Say how texts sound to the tone model."),
    "case": ("bot.commands.people", "case", "List and show what waits for somebody."),
    "roster": ("bot.commands.people", "roster", "Show who is on the roster, and how they sign."),
    "link": ("bot.commands.links", "link", "Make links to the queue and the desk; list and revoke them."),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the library's signature
        """Command names in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """One command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The commands with their lines, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Our errors become a sentence and exit code 2; so does a file that cannot be read or written."""
        try:
            return super().invoke(ctx)
        except OversightError as error:
            click.echo(f"oversight: {error}", err=True)
            raise SystemExit(2) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # click ends quietly where nobody reads on
                raise
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"oversight: {where}{error.strerror or error}.", err=True)
            raise SystemExit(2) from error


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="OVERSIGHT_HOME",
    default=".",
    help="Folder with .env, brands/ and the store (default: this folder, or OVERSIGHT_HOME).",
)
@click.version_option(version("social-oversight"), message="oversight %(version)s")
@click.pass_context
def main(ctx: click.Context, home: Path) -> None:
    """Stay in the conversation while an agency runs your social accounts.

    Start with `oversight demo` to see it work, or `oversight init` to set it up.
    """
    from bot.commands.common import Session

    ctx.obj = Session(home)
