"""What tests of involvement, links and introductions share: who sees what, who owes what, who was told what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.actors import Actor
from deadlines.models import Deadline
from notifications.models import Notification
from risks import indexing, look_alikes
from risks import services as risks
from risks.models import RiskShare
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW, MembershipFactory, OrganisationFactory
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from django.db import models

    from accounts.models import Organisation
    from risks.models import Introduction, Involvement, Risk, RiskLink
    from tests.ladder import Ladder

NHS_NUMBER = "943 476 5919"
BORN = "The patient was born on 3 May 1961"


def sees(organisation: Organisation, risk: Risk) -> list[str]:
    """The bases on which it sees the risk now."""
    shares = RiskShare.objects.live().filter(organisation=organisation, risk=risk)
    return sorted(shares.values_list("basis", flat=True))


def owed(subject: models.Model) -> list[tuple[str, Organisation, Organisation]]:
    """What is owed on it, by whom, to whom."""
    live = Deadline.objects.live().of(subject).select_related("owed_by", "owed_to").order_by("kind")
    return [(deadline.kind, deadline.owed_by, deadline.owed_to) for deadline in live]


def told(actor: Actor) -> list[str]:
    messages = Notification.objects.filter(recipient=actor.user).order_by("message")
    return list(messages.values_list("message", flat=True))


def happened(risk: Risk) -> list[tuple[str, str]]:
    """The history of the risk, oldest first, as verbs and words."""
    events = AuditEvent.objects.filter(reference=risk.reference).order_by("at", "written_at")
    return list(events.values_list("verb", "summary"))


def verbs(risk: Risk) -> list[str]:
    return [verb for verb, _words in happened(risk)]


def involve(risk: Risk, by: Actor, *organisations: Organisation, question: str = "") -> list[Involvement]:
    return risks.involve(risk=risk, organisations=organisations, question=question, by=by, now=NOW)


def propose(risk: Risk, to: Risk, by: Actor, reason: str = "Both wait for letters", kind: str = "RELATED") -> RiskLink:
    return risks.propose_link(risk=risk, to=to.reference, kind=kind, reason=reason, by=by, now=NOW)


def linked(ladder: Ladder, risk: Risk, other: Risk, kind: str = "RELATED") -> RiskLink:
    """A standing link between two risks, proposed by their ICB and accepted by those who own them."""
    link = propose(risk, other, ladder.actor(ladder.icb), kind=kind)
    for organisation in {risk.organisation, other.organisation}:
        risks.accept_link(link=link, by=ladder.actor(organisation), now=NOW)
    link.refresh_from_db()
    return link


def hold_the_like(risk: Risk) -> None:
    """As many other providers under the ICB of its owner as it takes log a risk with the same words."""
    words = {name: getattr(risk, name) for name in ("title", "cause", "event", "effect")}
    for _ in range(look_alikes.FEWEST_TOLD):
        other = OrganisationFactory(parent=risk.organisation.parent)
        risks.log_risk(fields={**FIELDS, **words}, by=Actor(MembershipFactory(organisation=other)), now=NOW)
    indexing.index(now=NOW)
    risk.refresh_from_db()


def ask_introduction(risk: Risk, by: Actor, reason: str = "Is it only us?") -> Introduction:
    """To be introduced to others, who are there if the risk is a provider's and has been logged."""
    icb = risk.organisation.parent
    if risk.is_open and risk.organisation.icb_id == icb.pk and not look_alikes.unseen_organisations(risk, icb):
        hold_the_like(risk)
    return risks.ask_introduction(risk=risk, reason=reason, by=by, now=NOW)
