"""Reading the page of one escalation as a person does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.visiting import plain, visitor

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import Organisation
    from escalations.models import Escalation
    from tests.escalations.stage import Stage


def seen(stage: Stage, body: Organisation, escalation: Escalation) -> HttpResponse:
    page = visitor(stage.lead(body)).get(escalation.path)
    assert page.status_code == 200
    return page


def ladder_of(page: HttpResponse) -> list[str]:
    """The rungs of the ladder, each as one line of words."""
    picture = re.search(r'<ol class="app-ladder">.*?</ol>', page.content.decode(), re.DOTALL)
    return [plain(rung) for rung in re.findall(r"<li.*?</li>", picture[0], re.DOTALL)]


def buttons(page: HttpResponse) -> set[str]:
    """The verbs that the page offers, by their addresses."""
    group = re.search(r'app-verbs".*?</div>', page.content.decode(), re.DOTALL)
    return set(re.findall(r'href="/escalations/[^/]+/([a-z-]+)/"', group[0])) if group else set()
