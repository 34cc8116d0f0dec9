"""What is sent with each POST and PATCH: valid, so that only who asks, and when, decides what is answered.

A body names people and organisations that whoever asks may name. Somebody who acts for nobody sends what the owner's
safety lead would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import PASSWORD
from tests.ladder import FIELDS
from tests.risks.importing.sending import as_csv, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.access.world import World

    Body = Callable[["Asking"], dict[str, Any]]

NEW_PASSWORD = "battery staple correct horse"
ASK = {"reason": "We cannot mend this alone", "ask": "Agree one form"}
WHY = {"why": "It is time"}
TEXT = {"text": "Some words"}
DUE = "2027-03-27"


class Asking:
    """Who asks, about what."""

    def __init__(self, world: World, kind: str, subject: str) -> None:
        self.world, self.kind, self.subject = world, kind, subject
        self.actor = world.cast.actors.get(kind) or world.cast.actors["lead"]

    @property
    def me(self) -> str:
        return str(self.actor.user.pk)

    @property
    def loggers_id(self) -> str:
        """Somebody of the owner who may own risks."""
        return str(self.world.cast.users["lead"].pk)

    @property
    def colleague(self) -> str:
        """Another safety lead of the organisation, or oneself where there is none."""
        people, organisations = self.world.cast.users, self.world.cast.organisations
        name = next(name for name, body in organisations.items() if body == self.actor.organisation)
        return str(people[f"{name}_deputy"].pk) if f"{name}_deputy" in people else self.me

    @property
    def version(self) -> int:
        return self.world.subject(self.subject).risk.version

    def code(self, name: str) -> str:
        return self.world.cast.organisations[name].ods_code

    @property
    def reference(self) -> str:
        """That of an open risk which they see and which is not linked with the subject, or if there is none its own."""
        own = next(name for name, body in self.world.cast.organisations.items() if body == self.actor.organisation)
        seen = next((name for name in SEEN[own] if name != self.subject), self.subject)
        return self.world.story.subjects[seen].risk.reference

    @property
    def own_risk(self) -> str:
        """The reference of an open risk of theirs."""
        return self.world.story.subjects["alliance" if self.kind == "involved" else "local"].risk.reference

    @property
    def pair(self) -> dict[str, str]:
        risk, other = self.world.story.pairs[self.subject]
        return {"risk": risk.reference, "other": other.reference}

    @property
    def new_risk(self) -> str:
        """A risk that they see, as triage calls it."""
        own = next(name for name, body in self.world.cast.organisations.items() if body == self.actor.organisation)
        seen = next(iter(SEEN[own]), "local")
        return f"new-{self.world.story.subjects[seen].risk.pk}"

    @property
    def hop(self) -> str:
        return f"escalation-{self.world.story.hops['escalated'].pk}"

    @property
    def question(self) -> str:
        return f"position-{next(iter(self.world.story.questions.values())).pk}"

    @property
    def likely(self) -> str:
        first, second = sorted(self.world.story.pairs["likely"], key=lambda risk: risk.pk)
        return f"pair-{first.pk}+{second.pk}"

    def chosen(self, key: str) -> dict[str, Any]:
        return {"items": [{"key": key}]}

    @property
    def system_risk(self) -> str:
        return str(self.world.story.subjects["systemic"].risk.pk)

    @property
    def membership(self) -> str:
        return str(self.actor.membership.pk)


# By organisation, open risks that it sees.
SEEN = {
    "owner": ("local", "crossing"),
    "neighbour": ("enquiring", "theirs"),
    "icb": ("crossing", "disputed"),
    "other_icb": ("wide",),
    "region": ("answered", "disputed"),
    "national": ("answered",),
    "involved": ("alliance", "crossing"),
}


def body(world: World, route: str, kind: str, subject: str) -> dict[str, Any]:
    make = BODIES.get(route, {})
    return make(Asking(world, kind, subject)) if callable(make) else make


def _edited(by: Asking) -> dict[str, Any]:
    words = ("title", "cause", "event", "effect", "theme", "process", "services", "reach")
    return {name: FIELDS[name] for name in words} | {"treatment": "TREAT", "version": by.version}  # type: ignore[literal-required]


def _date(name: str) -> dict[str, str]:
    """A date as its three boxes send it."""
    return dict(zip((f"{name}_year", f"{name}_month", f"{name}_day"), DUE.split("-"), strict=True))


CLIENT = {"scopes": ["read", "risks:write"]}
SCORE = {"kind": "CURRENT", "likelihood": 2, "consequence": 4, "rationale": "Two incidents"}
CLOSE = {"closure_reason": "CONTROLLED", "words": "Done"}
NOT_IMMEDIATE = {"immediate": "no"}
QUESTION = {"question": "How many?"}
INFORMATION = {"information": "Forty"}
PLAN = {"plan": "We will meet"}
ANSWER = {"outcome": "ADVICE", **TEXT}
RELATED = {"kind": "RELATED", "reason": "Both wait for the same letters"}
CONTRIBUTES = {"reason": "All of them wait for the same letters"}
WEBHOOK = {"url": "https://system.example/hooks", "description": "Ours", "event_types": ["risk.changed"]}
TYPED = {name: f"These words are {name}" for name in ("title", "cause", "event", "effect")}


def _file(by: Asking) -> dict[str, Any]:
    return {"source": "Access", "file": SimpleUploadedFile("risks.csv", as_csv(row("sent")))}


BODIES: dict[str, dict[str, Any] | Body] = {
    # people
    "sign-in": lambda by: {"email": by.actor.user.email, "password": PASSWORD},
    "password-change": {"old_password": PASSWORD, "password": NEW_PASSWORD},
    "password-reset": {"email": "somebody@test.example"},
    "password-reset-confirm": {"password": NEW_PASSWORD},
    "invitation": {"name": "Test Newcomer", "password": NEW_PASSWORD},
    "acting": lambda by: {"membership": by.membership},
    "organisation": {"duty_email": "duty@test.example", "duty_phone": "bleep 1234"},
    "invite": {"email": "newcomer@test.example", "role": "REPORTER"},
    "person-role": {"role": "REPORTER"},
    "client-add": lambda by: CLIENT | {"name": "New feed", "role": "REPORTER", "responsible": by.loggers_id},
    "client-change": lambda by: CLIENT | {"responsible": by.loggers_id},
    "client-secret": {"overlap": "24"},
    "api-clients": lambda by: CLIENT | {"name": "New feed", "role": "REPORTER", "responsible": by.loggers_id},
    "api-client": lambda by: CLIENT | {"responsible": by.loggers_id},
    "standard-edit": {"amount": 3, "unit": "WORKING_DAYS"},
    "bank-holiday-add": {**_date("on"), "name": "Coronation"},
    # the pages of a risk
    "risk-log": lambda by: {**FIELDS, "owner": by.me},
    "risk-import": lambda by: {**_file(by), "incomplete": "refuse"},
    "import-batch": {"how": "all"},
    "whole-data": {"whole": "MINE"},
    "report-schedule": {"is_on": "yes", "day": "3"},
    "report-link": {"wanted": "yes"},
    "api-report-schedule": {"is_on": True, "day": 3},
    "api-report-link": {"wanted": True},
    "api-risks-import": _file,
    "api-import-match": {"columns": {"Title": "title"}},
    "api-import-confirm": {"all_or_nothing": True},
    "api-client-rotate-secret": {"overlap_hours": 24},
    "risk-draft": lambda by: {**FIELDS, "owner": by.me, "version": by.version},
    "risk-edit": _edited,
    "risk-score": SCORE,
    "risk-review": {"words": "All well"},
    "risk-control": TEXT,
    "risk-control-end": WHY,
    "risk-comment": TEXT,
    "risk-hand-over": lambda by: {"to": by.colleague},
    "risk-action": lambda by: {**TEXT, "owner": by.me, **_date("due_on")},
    "risk-action-complete": {"words": "It is done"},
    "risk-action-drop": WHY,
    "risk-action-give": lambda by: {"owner": by.colleague},
    "risk-close": CLOSE,
    "risk-reopen": WHY,
    "risk-involve": lambda by: {"involved": [by.code("spare")]},
    "risk-transfer": lambda by: {"to": by.code("spare"), "reason": "It arises with you"},
    "risk-transfer-accept": lambda by: {"owner": by.me},
    "risk-transfer-decline": WHY,
    "risk-escalate": ASK | NOT_IMMEDIATE,
    "risk-link": lambda by: {**RELATED, "to": by.reference},
    "risk-gather": lambda by: {**CONTRIBUTES, "contributors": [by.reference]},
    "risk-introduction": {"reason": "We would like to know what others changed"},
    "system-risk-log": lambda by: {**FIELDS, **CONTRIBUTES, "owner": by.me, "contributors": [by.reference]},
    # what is exchanged about risks
    "involvement-own-risk": lambda by: {"own_risk": by.own_risk, "kind": "RELATED"},
    "involvement-log": lambda by: {**FIELDS, "owner": by.me, "kind": "RELATED"},
    "involvement-not-affected": {"words": "We send our letters another way"},
    "link-decline": WHY,
    "link-withdraw": WHY,
    "introduction-introduce": lambda by: {**RELATED, "to": [by.world.story.subjects["alliance"].risk.reference]},
    "introduction-decline": WHY,
    # pairs that may belong together
    "alike-typed": TYPED,
    "pair-link": RELATED,
    "pair-gather": lambda by: {**CONTRIBUTES, "system_risk": by.system_risk},
    "pair-dismiss": {"reason": "They only sound alike"},
    # the pages of an escalation
    "escalation-acknowledge": lambda by: {"handler": by.me},
    "escalation-reassign": lambda by: {"handler": by.colleague},
    "escalation-request-information": QUESTION,
    "escalation-give-information": INFORMATION,
    "escalation-accept": PLAN,
    "escalation-update": TEXT,
    "escalation-escalate-on": ASK | NOT_IMMEDIATE,
    "escalation-bypass": ASK | NOT_IMMEDIATE,
    "escalation-answer": ANSWER,
    "escalation-dispute": WHY,
    "escalation-withdraw": WHY,
    # triage and saved views
    "triage": lambda by: {"do": "put-away", "item": by.new_risk},
    "triage-put-all-away": {"kind": "NEW", "until": "2026-11-03T09:00:00Z"},
    "api-triage-put-all-away": {"kind": "NEW", "until": "2026-11-03T09:00:00Z"},
    "api-triage-acknowledge": lambda by: {**by.chosen(by.hop), "handler": by.me},
    "api-triage-name-handler": lambda by: {**by.chosen(by.hop), "handler": by.me},
    "api-triage-answer": lambda by: {**by.chosen(by.hop), **ANSWER},
    "api-triage-accept": lambda by: {**by.chosen(by.hop), **PLAN},
    "api-triage-escalate-on": lambda by: {**by.chosen(by.hop), **ASK},
    "api-triage-not-affected": lambda by: {**by.chosen(by.question), "words": "We send no letters"},
    "api-triage-put-away": lambda by: by.chosen(by.new_risk),
    "api-triage-gather": lambda by: {
        **by.chosen(by.new_risk),
        "system_risk": by.world.story.subjects["systemic"].risk.reference,
        **CONTRIBUTES,
    },
    "api-triage-dismiss": lambda by: {**by.chosen(by.likely), "reason": "They only sound alike"},
    "saved-view-add": {"list": "risk-list", "query": "band=HIGH", "name": "High", "is_shared": "no"},
    "saved-view-change": {"name": "Renamed", "is_shared": "yes"},
    "api-saved-views": {"list": "risk-list", "query": "band=HIGH", "name": "High"},
    "api-saved-view": {"name": "Renamed"},
    # webhooks
    "webhook-add": WEBHOOK,
    "webhook-change": WEBHOOK,
    "webhook-replay": {"since": "86400"},
    "api-webhooks": WEBHOOK,
    "api-webhook": WEBHOOK,
    "api-webhook-replay": {"since": "2026-11-03T09:00:00Z"},
    # over the API
    "api-act-for": lambda by: {"membership": by.membership},
    "api-own-organisation": {"duty_email": "duty@test.example", "duty_phone": "bleep 1234"},
    "api-person-set-role": {"role": "REPORTER"},
    "api-invitations": {"email": "newcomer@test.example", "role": "REPORTER"},
    "api-proclaimed-days": {"on": DUE, "name": "Coronation"},
    "api-standard": {"amount": 3, "unit": "WORKING_DAYS"},
    "api-risks": FIELDS,
    "api-risks-save-draft": FIELDS,
    "api-risk": _edited,
    "api-risk-controls": TEXT,
    "api-risk-actions": lambda by: {**TEXT, "owner": by.me, "due_on": DUE},
    "api-risk-comments": TEXT,
    "api-risk-save-draft": lambda by: {**FIELDS, "version": by.version},
    "api-risk-log": lambda by: {**FIELDS, "version": by.version},
    "api-risk-score": SCORE,
    "api-risk-review": {"words": "All well"},
    "api-risk-close": CLOSE,
    "api-risk-reopen": WHY,
    "api-risk-hand-over": lambda by: {"to": by.colleague},
    "api-risk-involve": lambda by: {"involved": [by.code("spare")]},
    "api-risk-stop-involving": lambda by: {"organisation": by.code(_named(by.subject))},
    "api-risk-transfer": lambda by: {"to": by.code("spare"), "reason": "It arises with you"},
    "api-risk-accept-transfer": lambda by: {"owner": by.me},
    "api-risk-decline-transfer": WHY,
    "api-control-end": WHY,
    "api-action-complete": {"words": "It is done"},
    "api-action-drop": WHY,
    "api-action-give": lambda by: {"owner": by.colleague},
    "api-risk-escalate": ASK,
    "api-risk-link": lambda by: {**RELATED, "to": by.reference},
    "api-risk-gather": lambda by: {**CONTRIBUTES, "contributors": [by.reference]},
    "api-risk-ask-introduction": {"reason": "We would like to know what others changed"},
    "api-system-risks": lambda by: {**FIELDS, **CONTRIBUTES, "contributors": [by.reference]},
    "api-involvement-own-risk": lambda by: {"own_risk": by.own_risk, "kind": "RELATED"},
    "api-involvement-log": {**FIELDS, "kind": "RELATED"},
    "api-involvement-not-affected": {"words": "We send our letters another way"},
    "api-link-decline": WHY,
    "api-link-withdraw": WHY,
    "api-introduction-introduce": lambda by: {**RELATED, "to": [by.world.story.subjects["alliance"].risk.reference]},
    "api-introduction-decline": WHY,
    "api-look-alikes": TYPED,
    "api-pairs-dismiss": lambda by: {**by.pair, "reason": "They only sound alike"},
    "api-pairs-restore": lambda by: by.pair,
    "api-news-seen": {"until": "2026-11-03T09:00:00Z"},
    "api-escalation-acknowledge": lambda by: {"handler": by.me},
    "api-escalation-confirm": {"text": "The form helps"},
    "api-escalation-reassign": lambda by: {"handler": by.colleague},
    "api-escalation-request-information": QUESTION,
    "api-escalation-give-information": INFORMATION,
    "api-escalation-accept": PLAN,
    "api-escalation-escalate-on": ASK,
    "api-escalation-bypass": ASK,
    "api-escalation-answer": ANSWER,
    "api-escalation-update": TEXT,
    "api-escalation-dispute": WHY,
    "api-escalation-withdraw": WHY,
}


def _named(subject: str) -> str:
    """An organisation that is named on the risk, where one is."""
    return {"wide": "far", "taken": "owner"}.get(subject, "involved")
