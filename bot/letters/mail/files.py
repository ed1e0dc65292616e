"""A mail as files that a person can open: .eml, .html with its pictures inside, .txt."""

from __future__ import annotations

import base64
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def write_parts(message: bytes, folder: Path, name: str = "digest") -> list[Path]:
    """Write the message, its HTML and its text part into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    mail = message_from_bytes(message, EmailMessage, policy=policy.SMTP)
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    files = {
        "eml": message,
        "html": _with_pictures(mail, html.get_content() if html else "").encode("utf-8"),
        "txt": (text.get_content() if text else "").encode("utf-8"),
    }
    return [_write(folder / f"{name}.{ending}", content) for ending, content in files.items()]


def _with_pictures(mail: EmailMessage, html: str) -> str:
    """Pictures that the mail carries by Content-ID are put into the page, which browsers cannot look up."""
    for part in mail.walk():
        if not isinstance(part, EmailMessage):
            continue
        cid = str(part.get("Content-ID", "")).strip("<>")
        if cid and part.get_content_maintype() == "image":
            data = base64.b64encode(part.get_content()).decode("ascii")
            html = html.replace(f"cid:{cid}", f"data:{part.get_content_type()};base64,{data}")
    return html


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
