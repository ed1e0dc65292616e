"""How X says no: problem documents (recorded shapes), and the refusal that carries one."""

from __future__ import annotations

from bot.connectors.x.fake.payload import Json

_PROBLEMS = "https://api.twitter.com/2/problems/"


class XRefusal(Exception):
    """A request answered with an error. status: HTTP status. body: X's words."""

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None) -> None:
        """Say how to answer."""
        super().__init__(body.get("detail", status))
        self.status, self.body, self.headers = status, body, headers or {}


def plain(title: str, status: int) -> Json:
    """A problem without particulars."""
    return {"title": title, "type": "about:blank", "status": status, "detail": title}


def missing(kind: str, parameter: str, value: str) -> Json:
    """A user or post that is not there."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": _PROBLEMS + "resource-not-found",
    }


def app_only() -> Json:
    """A path that wants a person, not only an app."""
    return {
        "title": "Unsupported Authentication",
        "detail": "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  "
        "Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
        "type": _PROBLEMS + "unsupported-authentication",
        "status": 403,
    }
