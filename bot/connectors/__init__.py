"""One connector per platform; each reads, and only reads.

A new one is a folder with ``connector.py`` (speaks to the SDK), ``normalize.py`` (pure) and ``login.py`` (from keys to
a connector), and a line here.
"""

from __future__ import annotations

from importlib import import_module

from bot.ports import Connector
from bot.settings.service import Secrets

#: platform -> where its connector class stands; imported late, since the SDKs are slow to import
CONNECTORS = {
    "x": "bot.connectors.x.connector:XConnector",
    "reddit": "bot.connectors.reddit.connector:RedditConnector",
}


def connector_class(platform: str) -> type[Connector]:
    """The class that reads a platform. Raises KeyError for one that is not in the table."""
    module, _, name = CONNECTORS[platform].partition(":")
    found: type[Connector] = getattr(import_module(module), name)
    return found


def connect(platform: str, keys: Secrets) -> Connector:
    """A connector with the keys of an account. Raises `TokenDead` where they do not suffice."""
    module, _, _ = CONNECTORS[platform].partition(":")
    made: Connector = import_module(module.removesuffix("connector") + "login").connect(keys)
    return made
