"""A person at the register's pages, without a browser: signed in, and reading the words of a page."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from django.test import Client

from accounts.middleware import SESSION_KEY

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.actors import Actor


def visitor(actor: Actor) -> Client:
    """Signed in, and acting under the actor's membership."""
    client = Client()
    client.force_login(actor.user)
    session = client.session
    session[SESSION_KEY] = str(actor.membership.pk)
    session.save()
    return client


def words(response: HttpResponse) -> str:
    """What a person reads on the page, from its main part."""
    page = response.content.decode()
    main = re.search(r"<main.*</main>", page, re.DOTALL)
    return plain(main[0] if main else page)


def plain(html: str) -> str:
    """The text of some markup, in one line."""
    shown = re.sub(r"<(datalist|script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    line = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", shown))).strip()
    return re.sub(r" ([,.;:?)])", r"\1", line)
