"""Reddit's OAuth as PRAW uses it: three grants, one kind of token."""

from __future__ import annotations

import base64

from starlette.requests import Request

from bot.connectors.reddit.fake.keys import RedditTestKeys
from bot.connectors.reddit.fake.payload import Json

ACCESS_TOKEN = "sandbox-reddit-access"  # noqa: S105  (made up; opens a sandbox and nothing else)
_CLIENT_GRANTS = ("client_credentials", "https://oauth.reddit.com/grants/installed_client")


def known_token(request: Request) -> bool:
    """Whether the request carries the access token that the sandbox hands out."""
    return request.headers.get("authorization", "").lower() == f"bearer {ACCESS_TOKEN}"


def bad_client(request: Request, credentials: RedditTestKeys) -> bool:
    """Whether the client id and secret in the Basic header are not the sandbox's."""
    pair = f"{credentials.client_id}:{credentials.client_secret}".encode()
    return request.headers.get("authorization") != "Basic " + base64.b64encode(pair).decode()


def grant(form: dict[str, list[str]], credentials: RedditTestKeys) -> Json:
    """The answer to a token request. A refused one is {"error": …} with status 200, as Reddit does (prawcore)."""
    given = {name: values[0] for name, values in form.items()}
    answer: Json = {"access_token": ACCESS_TOKEN, "token_type": "bearer", "expires_in": 86_400, "scope": "*"}
    match given.get("grant_type"):
        case "password":
            right = given.get("username", "").lower(), given.get("password")
            return answer if right == (credentials.username.lower(), credentials.password) else _refused()
        case "refresh_token":
            if given.get("refresh_token") != credentials.refresh_token:
                return _refused()
            return {**answer, "refresh_token": credentials.refresh_token}
        case kind if kind in _CLIENT_GRANTS:
            return answer
    return {"error": "unsupported_grant_type"}


def _refused() -> Json:
    return {"error": "invalid_grant"}
