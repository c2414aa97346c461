"""Files that came with a form which was not accepted: kept, and named by a sealed ticket.

The ticket goes with the form when it is sent again, so that nobody has to choose a file twice. It
is signed: a made-up one could name a paper that is not there, or somebody else's.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any, cast

from starlette.datastructures import FormData, UploadFile

from states.facts import Json

PAPER, KEPT = "paper.", "kept."  # names of form fields, before the paper's own
LONGEST_NAME = 200


def sealed(secret: bytes, place: str, kept: Json) -> str:
    """A ticket for a stored file. `place` names project, paper and person; it fits no other."""
    told = json.dumps([kept["sha256"], kept["name"], kept["size"]]).encode()
    return f"{urlsafe_b64encode(told).decode()}.{_sign(secret, place, told)}"


def opened(secret: bytes, place: str, ticket: str) -> Json | None:
    """What the ticket names; None for a forged one, or one for another place."""
    packed, _, sign = ticket.partition(".")
    try:
        told = urlsafe_b64decode(packed.encode())
        if not hmac.compare_digest(sign.encode(), _sign(secret, place, told).encode()):
            return None
        digest, name, size = cast(list[Any], json.loads(told))
    except (ValueError, UnicodeError):
        return None
    return {"sha256": digest, "name": name, "size": size}


def _sign(secret: bytes, place: str, told: bytes) -> str:
    return hmac.new(secret, b"kept-file:" + place.encode() + b":" + told, sha256).hexdigest()


def uploads(form: FormData) -> dict[str, UploadFile]:
    """The files that were chosen, by the key of their paper."""
    return {
        name.removeprefix(PAPER): file
        for name, file in form.multi_items()
        if name.startswith(PAPER) and isinstance(file, UploadFile) and file.filename
    }


def file_name(given: str) -> str:
    """A name without folders, which old browsers send, and without what nobody can see."""
    last = given.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if c.isprintable()).strip(" .")
    return shown[-LONGEST_NAME:] or "file"  # the end tells what it is
