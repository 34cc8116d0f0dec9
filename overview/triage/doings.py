"""What can be done where one looks: the words, the form, the service, and on which kinds of things, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.models import Membership, User
from escalations import forms as escalation_forms
from escalations import lifecycle
from escalations import permissions as escalation_permissions
from escalations import services as escalations
from escalations.models import Verb
from overview.triage import linking, putting_away
from overview.triage.sources import Kind
from risks import pairs
from risks import permissions as risk_permissions
from risks import services as risks
from risks.forms import belonging, pairing
from risks.forms.references import open_risks_of, open_risks_seen_by
from risks.models import LinkKind
from safetyreg.pages import NoForm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.db.models import QuerySet

    from accounts.actors import Actor
    from overview.triage.entries import Entry

    Asks = Callable[[Actor, Sequence[Entry]], dict[str, Any]]


def nothing(_actor: Actor, _entries: Sequence[Entry]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Doing:
    """One thing that can be done to a thing that needs a decision.

    `told` is what the form is made with, and `starts` what stands in it at first. `service` is called with the subject
    of the entry under the name `on`. `several` are the words of it for many at once, empty where that makes no sense.
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
    is_first: bool = False  # drawn as the first button where it is possible


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


def _leads(actor: Actor, _entries: Sequence[Entry]) -> dict[str, Any]:
    leads = Membership.objects.live().people().safety_leads().filter(organisation=actor.organisation)
    people: QuerySet[User] = User.objects.filter(pk__in=leads.values("user")).order_by("name", "email")
    return {"handlers": people}


def _me(actor: Actor, _entries: Sequence[Entry]) -> dict[str, Any]:
    return {"handler": actor.person}


def _urgencies(_actor: Actor, entries: Sequence[Entry]) -> dict[str, Any]:
    return {"urgencies": {}}


def _escalated_before(actor: Actor, entries: Sequence[Entry]) -> dict[str, Any]:
    return {"reason": entries[0].subject.reason, "ask": entries[0].subject.ask} if len(entries) == 1 else {}


def on(name: str) -> Callable[[Entry], dict[str, Any]]:
    return lambda entry: {name: entry.subject}


def _on_entry(entry: Entry) -> dict[str, Any]:
    return {"entry": entry}


def _our_risks(actor: Actor, entries: Sequence[Entry]) -> dict[str, Any]:
    return {"suggestions": open_risks_of(actor, but=entries[0].risks[0] if entries and entries[0].risks else None)}


def _seen_risks(actor: Actor, entries: Sequence[Entry]) -> dict[str, Any]:
    return {"suggestions": open_risks_seen_by(actor, but=entries[0].risks[0] if entries and entries[0].risks else None)}


def _system_risks(actor: Actor, _entries: Sequence[Entry]) -> dict[str, Any]:
    return {"system_risks": pairs.own_system_risks(actor)}


def _usual(_actor: Actor, entries: Sequence[Entry]) -> dict[str, Any]:
    return {"kind": risks.usual_kind(entries[0].subject.risk)} if entries else {}


def _why_alike(_actor: Actor, entries: Sequence[Entry]) -> dict[str, Any]:
    both = entries[0].risks if entries else []
    return {"kind": LinkKind.SAME_HAZARD, "reason": pairs.reason_for(*both)} if len(both) == 2 else {}


def _may_gather(actor: Actor, entry: Entry) -> bool:
    return risk_permissions.can_match(actor) and any(
        risk.is_open and risk.organisation_id != actor.organisation_id for risk in entry.risks
    )


def _may_match(actor: Actor, _entry: Entry) -> bool:
    return risk_permissions.can_match(actor)


def of(verb: Verb, words: str, form: type[forms.Form], **more: Any) -> Doing:
    """A verb of an escalation, by the service of its name."""
    name = verb.value.lower()
    return Doing(name.replace("_", "-"), words, getattr(escalations, name), ESCALATION, verb_may(verb), form, **more)


ESCALATION, PAIR = frozenset({Kind.ESCALATION}), frozenset({Kind.PAIR})
POSITION, LINK, INTRODUCTION = (frozenset({kind}) for kind in (Kind.POSITION, Kind.LINK, Kind.INTRODUCTION))
DOINGS = (
    of(
        Verb.ACKNOWLEDGE, "Acknowledge", escalation_forms.AsksHandler,
        told=_leads, starts=_me, several="Acknowledge", screens=False, is_first=True,
    ),
    of(Verb.CONFIRM, "The answer helps", escalation_forms.ConfirmForm, is_first=True),
    of(Verb.DISPUTE, "The answer does not help", escalation_forms.DisputeForm),
    of(Verb.GIVE_INFORMATION, "Give the information", escalation_forms.InformationForm, is_first=True),
    of(Verb.ACCEPT, "Accept", escalation_forms.PlanForm, is_first=True),
    of(Verb.ANSWER, "Answer", escalation_forms.AnswerForm, several="Give one answer"),
    of(Verb.UPDATE, "Give an update", escalation_forms.UpdateForm),
    of(Verb.REQUEST_INFORMATION, "Ask for information", escalation_forms.QuestionForm),
    of(Verb.ESCALATE_ON, "Escalate on", escalation_forms.AskForm, told=_urgencies, starts=_escalated_before),
    Doing(
        "name-handler", "Name a handler", name_handler, ESCALATION, _may_name, escalation_forms.AsksHandler,
        told=_leads, several="Name a handler", screens=False,
    ),
    Doing(
        "own-risk", "Pick a risk of ours", risks.answer_with_own_risk, POSITION,
        lambda actor, entry: risk_permissions.can_answer_involvement(actor, entry.subject),
        belonging.OwnRiskForm, told=_our_risks, starts=_usual, on=on("involvement"), screens=False, is_first=True,
    ),
    Doing(
        "not-affected", "We are not affected", risks.answer_not_affected, POSITION,
        lambda actor, entry: risk_permissions.can_answer_involvement(actor, entry.subject),
        belonging.NotAffectedForm, on=on("involvement"),
    ),
    Doing(
        "accept-link", "Accept the link", risks.accept_link, LINK,
        lambda actor, entry: risk_permissions.can_answer_link(actor, entry.subject.link),
        on=lambda entry: {"link": entry.subject.link}, screens=False, is_first=True,
    ),
    Doing(
        "decline-link", "Decline the link", risks.decline_link, LINK,
        lambda actor, entry: risk_permissions.can_answer_link(actor, entry.subject.link),
        belonging.DeclineLinkForm, on=lambda entry: {"link": entry.subject.link},
    ),
    Doing(
        "introduce", "Introduce them", risks.introduce, INTRODUCTION,
        lambda actor, entry: risk_permissions.can_answer_introduction(actor, entry.subject),
        belonging.IntroduceForm, told=_seen_risks, on=on("introduction"), is_first=True,
    ),
    Doing(
        "decline-introduction", "Introduce nobody", risks.decline_introduction, INTRODUCTION,
        lambda actor, entry: risk_permissions.can_answer_introduction(actor, entry.subject),
        belonging.DeclineIntroductionForm, on=on("introduction"),
    ),
    Doing(
        "link-pair", "Link the two", linking.link_pair, PAIR, _may_match, pairing.LinkPairForm,
        starts=_why_alike, on=_on_entry, is_first=True,
    ),
    Doing(
        "put-away", "Put away", putting_away.put_away, frozenset({Kind.NEW, Kind.GIVEN}), _may_match,
        on=_on_entry, several="Put away", screens=False, is_first=True,
    ),
    Doing(
        "gather", "Gather", linking.gather, frozenset({Kind.ESCALATION, Kind.PAIR, Kind.NEW}), _may_gather,
        pairing.GatherPairForm, told=_system_risks,
        starts=lambda actor, entries: {"reason": _why_alike(actor, entries).get("reason", "")},
        on=_on_entry, several="Gather under a system risk",
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
