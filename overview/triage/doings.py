"""What can be done where one looks: the words, the form, the service, and on which kinds of things, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms

from accounts.models import Membership, User
from escalations import forms as escalation_forms
from escalations import lifecycle
from escalations import permissions as escalation_permissions
from escalations import services as escalations
from escalations.models import Verb
from escalations.wording import urgencies, whom_to_ring
from overview.triage import linking, putting_away
from overview.triage.sources import Kind
from risks import pairs
from risks import permissions as risk_permissions
from risks import services as risks
from risks.forms import belonging, pairing, working
from risks.forms.fields import may_hold
from risks.forms.references import open_risks_of, open_risks_seen_by
from risks.models import LinkKind
from safetyreg.pages import NoForm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.actors import Actor
    from overview.triage.entries import Entry

    Asks = Callable[["About"], dict[str, Any]]


class About(NamedTuple):
    """Who opens a form, on what, and when."""

    actor: Actor
    entries: Sequence[Entry]
    now: datetime

    @property
    def only(self) -> Entry | None:
        """What it is opened on, if that is one thing."""
        return self.entries[0] if len(self.entries) == 1 else None


def nothing(_about: About) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Doing:
    """One thing that can be done to a thing that needs a decision.

    `told` is what the form is made with, and `starts` what stands in it at first. `service` is called with the subject
    of the entry under the name `on`. `several` are the words of it for many at once, empty where that makes no sense.
    `verb` is that of an escalation, if it is one: what follows from it is told beside the form.
    """

    name: str
    words: str
    service: Callable[..., Any]
    kinds: frozenset[Kind]
    may: Callable[[Actor, Entry], bool]
    form: type[forms.Form] = NoForm
    told: Asks = nothing
    starts: Asks = nothing
    on: Callable[[Entry], dict[str, Any]] = lambda entry: {"escalation": entry.subject}
    several: str = ""
    screens: bool = True  # whether the service reads what is written for what may identify a patient
    verb: Verb | None = None


def verb_may(verb: Verb) -> Callable[[Actor, Entry], bool]:
    """As far as the row itself tells; the service looks at the rest."""

    def may(actor: Actor, entry: Entry) -> bool:
        hop = entry.subject
        if verb == Verb.ESCALATE_ON and hop.to_organisation.parent_id is None:
            return False
        return escalation_permissions.can_do(actor, verb, hop) and lifecycle.is_possible(verb, hop.status)

    return may


def name_handler(*, escalation: Any, handler: User, **given: Any) -> Any:
    """Give an escalation a handler; one that nobody has acknowledged yet is acknowledged by that."""
    if escalation.handler_id is None:
        return escalations.acknowledge(escalation=escalation, handler=handler, **given)
    return escalations.reassign(escalation=escalation, handler=handler, **given)


def _may_name(actor: Actor, entry: Entry) -> bool:
    return verb_may(Verb.ACKNOWLEDGE)(actor, entry) or verb_may(Verb.REASSIGN)(actor, entry)


def _leads(about: About) -> dict[str, Any]:
    leads = Membership.objects.live().people().safety_leads().filter(organisation=about.actor.organisation)
    people: QuerySet[User] = User.objects.filter(pk__in=leads.values("user")).order_by("name", "email")
    return {"handlers": people}


def _me(about: About) -> dict[str, Any]:
    return {"handler": about.actor.person}


def _owned_by_me(about: About) -> dict[str, Any]:
    return {"owner": about.actor.user}


def _members(about: About) -> dict[str, Any]:
    return {"members": may_hold(about.actor.organisation)}


def _urgencies(about: About) -> dict[str, Any]:
    """By when the body above must acknowledge, and whom to ring there."""
    above = about.actor.organisation.parent
    if above is None:
        return {"urgencies": {}}
    usual = escalations.urgency_of_next(about.only.subject) if about.only else None
    return {"urgencies": urgencies(above.name, usual, whom_to_ring(above), about.now)}


def _escalated_before(about: About) -> dict[str, Any]:
    return {"reason": about.only.subject.reason, "ask": about.only.subject.ask} if about.only else {}


def on(name: str) -> Callable[[Entry], dict[str, Any]]:
    return lambda entry: {name: entry.subject}


def _on_entry(entry: Entry) -> dict[str, Any]:
    return {"entry": entry}


def _but(about: About) -> Any:
    return next((entry.risks[0] for entry in about.entries if entry.risks), None)


def _our_risks(about: About) -> dict[str, Any]:
    return {"suggestions": open_risks_of(about.actor, but=_but(about))}


def _seen_risks(about: About) -> dict[str, Any]:
    return {"suggestions": open_risks_seen_by(about.actor, but=_but(about))}


def _system_risks(about: About) -> dict[str, Any]:
    return {"system_risks": pairs.own_system_risks(about.actor)}


def _usual(about: About) -> dict[str, Any]:
    return {"kind": risks.usual_kind(about.entries[0].subject.risk)} if about.entries else {}


def _why_alike(about: About) -> dict[str, Any]:
    both = about.entries[0].risks if about.entries else []
    return {"kind": LinkKind.SAME_HAZARD, "reason": pairs.reason_for(*both)} if len(both) == 2 else {}


def _why_gathered(about: About) -> dict[str, Any]:
    return {"reason": _why_alike(about).get("reason", "")}


def _may_gather(actor: Actor, entry: Entry) -> bool:
    return risk_permissions.can_match(actor) and any(
        risk.is_open and risk.organisation_id != actor.organisation_id for risk in entry.risks
    )


def _may_match(actor: Actor, _entry: Entry) -> bool:
    return risk_permissions.can_match(actor)


def _may_take_over(actor: Actor, entry: Entry) -> bool:
    return risk_permissions.can_decide_transfer(actor, entry.subject)


def of(verb: Verb, words: str, form: type[forms.Form], **more: Any) -> Doing:
    """A verb of an escalation, by the service of its name."""
    name = verb.value.lower()
    service, may = getattr(escalations, name), verb_may(verb)
    return Doing(name.replace("_", "-"), words, service, ESCALATION, may, form, verb=verb, **more)


ESCALATION, PAIR = frozenset({Kind.ESCALATION}), frozenset({Kind.PAIR})
POSITION, LINK = frozenset({Kind.POSITION}), frozenset({Kind.LINK})
INTRODUCTION, TRANSFER = frozenset({Kind.INTRODUCTION}), frozenset({Kind.TRANSFER})
DOINGS = (
    of(
        Verb.ACKNOWLEDGE, "Acknowledge", escalation_forms.AsksHandler,
        told=_leads, starts=_me, several="Acknowledge", screens=False,
    ),
    of(Verb.CONFIRM, "The answer helps", escalation_forms.ConfirmForm),
    of(Verb.DISPUTE, "The answer does not help", escalation_forms.DisputeForm),
    of(Verb.GIVE_INFORMATION, "Give the information", escalation_forms.InformationForm),
    of(Verb.ACCEPT, "Accept", escalation_forms.PlanForm, several="Accept"),
    of(Verb.ANSWER, "Answer", escalation_forms.AnswerForm, several="Give one answer"),
    of(Verb.UPDATE, "Give an update", escalation_forms.UpdateForm),
    of(Verb.REQUEST_INFORMATION, "Ask for information", escalation_forms.QuestionForm),
    of(
        Verb.ESCALATE_ON, "Escalate on", escalation_forms.AskForm,
        told=_urgencies, starts=_escalated_before, several="Escalate on",
    ),
    Doing(
        "name-handler", "Name a handler", name_handler, ESCALATION, _may_name, escalation_forms.AsksHandler,
        told=_leads, several="Name a handler", screens=False,
    ),
    Doing(
        "own-risk", "Pick a risk of ours", risks.answer_with_own_risk, POSITION,
        lambda actor, entry: risk_permissions.can_answer_involvement(actor, entry.subject),
        belonging.OwnRiskForm, told=_our_risks, starts=_usual, on=on("involvement"), screens=False,
    ),
    Doing(
        "not-affected", "We are not affected", risks.answer_not_affected, POSITION,
        lambda actor, entry: risk_permissions.can_answer_involvement(actor, entry.subject),
        belonging.NotAffectedForm, on=on("involvement"), several="We are not affected",
    ),
    Doing(
        "accept-link", "Accept the link", risks.accept_link, LINK,
        lambda actor, entry: risk_permissions.can_answer_link(actor, entry.subject.link),
        on=lambda entry: {"link": entry.subject.link}, screens=False,
    ),
    Doing(
        "decline-link", "Decline the link", risks.decline_link, LINK,
        lambda actor, entry: risk_permissions.can_answer_link(actor, entry.subject.link),
        belonging.DeclineLinkForm, on=lambda entry: {"link": entry.subject.link},
    ),
    Doing(
        "introduce", "Introduce them", risks.introduce, INTRODUCTION,
        lambda actor, entry: risk_permissions.can_answer_introduction(actor, entry.subject),
        belonging.IntroduceForm, told=_seen_risks, on=on("introduction"),
    ),
    Doing(
        "decline-introduction", "Introduce nobody", risks.decline_introduction, INTRODUCTION,
        lambda actor, entry: risk_permissions.can_answer_introduction(actor, entry.subject),
        belonging.DeclineIntroductionForm, on=on("introduction"),
    ),
    Doing(
        "accept-transfer", "Take the risk over", risks.accept_transfer, TRANSFER, _may_take_over,
        working.AcceptTransferForm, told=_members, starts=_owned_by_me, on=on("transfer"), screens=False,
    ),
    Doing(
        "decline-transfer", "Decline the risk", risks.decline_transfer, TRANSFER, _may_take_over,
        working.DeclineTransferForm, on=on("transfer"),
    ),
    Doing(
        "link-pair", "Link the two", linking.link_pair, PAIR, _may_match, pairing.LinkPairForm,
        starts=_why_alike, on=_on_entry,
    ),
    Doing(
        "put-away", "Put away", putting_away.put_away, frozenset({Kind.NEW, Kind.GIVEN}), _may_match,
        on=_on_entry, several="Put away", screens=False,
    ),
    Doing(
        "gather", "Gather", linking.gather, frozenset({Kind.ESCALATION, Kind.PAIR, Kind.NEW}), _may_gather,
        pairing.GatherPairForm, told=_system_risks,
        starts=_why_gathered, on=_on_entry, several="Gather under a system risk",
    ),
    Doing(
        "link", "Link", linking.link, frozenset({Kind.ESCALATION, Kind.NEW}), _may_gather, belonging.LinkForm,
        told=_seen_risks, on=_on_entry,
    ),
    Doing(
        "dismiss", "They do not belong together", linking.dismiss_pair, PAIR, _may_match, pairing.DismissPairForm,
        on=_on_entry, several="Dismiss the pairs",
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Doing] = {doing.name: doing for doing in DOINGS}


def possible(actor: Actor, entry: Entry) -> list[Doing]:
    """What the actor can do with it now, as far as the page knows: the service decides."""
    if not entry.is_here:
        return []
    return [doing for doing in DOINGS if entry.kind in doing.kinds and doing.may(actor, entry)]
