"""The risks of the world of these tests, told through the services: each stands in a relation of its own to everybody.

Every text carries a marker of its own, `mark(subject, field)`, by which a leak is recognised wherever it shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from escalations import services as escalations
from escalations.models import Escalation
from risks import services as risks
from risks.models import Risk
from tests.factories import NOW
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from uuid import UUID

    from tests.access.cast import Cast

MY_ORGANISATION, ANOTHER = "1", "2"  # how far a risk reaches
MARK = "zqleak"


def mark(subject: str, about: str) -> str:
    """One word that occurs nowhere else."""
    return f"{MARK}{subject}{about}".replace("-", "")


@dataclass
class Subject:
    """A risk, what of it an address can point at, and the markers written into it."""

    name: str
    risk: Risk
    parts: dict[str, UUID] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)  # the fields that carry one


@dataclass
class Story:
    """Told a little later with every step, so that what happened has an order."""

    cast: Cast
    now: datetime = NOW - timedelta(hours=1)
    subjects: dict[str, Subject] = field(default_factory=dict)
    hops: dict[str, Escalation] = field(default_factory=dict)

    def tick(self) -> datetime:
        self.now += timedelta(seconds=20)
        return self.now

    def words(self, subject: str, about: str) -> str:
        self.subjects[subject].marks.add(about)
        return f"These words are {mark(subject, about)}"

    def do(self, service: Any, kind: str, /, **given: Any) -> Any:
        return service(by=self.cast.actors[kind], now=self.tick(), **given)

    def written(self, name: str, *, reach: str, involve: tuple[str, ...] = ()) -> dict[str, Any]:
        told = {about: f"These words are {mark(name, about)}" for about in ("cause", "event", "effect", "population")}
        return {
            **FIELDS,
            **told,
            "title": f"Risk {mark(name, 'title')}",
            "other_bodies": mark(name, "bodies") if reach == ANOTHER else "",
            "external_reference": mark(name, "number"),
            "reach": reach,
            "controls": [mark(name, "control"), mark(name, "ended")],
            "involved": [self.cast.organisations[organisation] for organisation in involve],
        }

    def begin(self, name: str, service: Any, *, reach: str = MY_ORGANISATION, involve: tuple[str, ...] = ()) -> Risk:
        risk = self.do(service, "writer", fields=self.written(name, reach=reach, involve=involve))
        subject = self.subjects[name] = Subject(name, risk)
        subject.marks |= {"title", "cause", "event", "effect", "population", "number", "control", "ended"}
        if reach == ANOTHER:
            subject.marks.add("bodies")
        subject.parts["control"] = risk.controls.get(text=mark(name, "control")).pk
        if named := risk.involvements.first():
            subject.parts["involvement"] = named.pk
        return risk

    def log(self, name: str, **how: Any) -> Risk:
        """A logged risk that has been worked on by everybody of its owner."""
        risk = self.begin(name, risks.log_risk, **how)
        scored = {"kind": "CURRENT", "likelihood": 3, "consequence": 5, "rationale": self.words(name, "rationale")}
        self.do(risks.score_risk, "lead", risk=risk, **scored)
        ended = risk.controls.get(text=mark(name, "ended"))
        self.do(risks.end_control, "lead", control=ended, why=self.words(name, "why"))
        self.do(risks.review_risk, "lead", risk=risk, words=self.words(name, "review"))
        self.do(risks.add_comment, "reporter", risk=risk, text=self.words(name, "comment"))
        dropped = self.act_on(name, "dropped")
        self.do(risks.drop_action, "writer", action=dropped, why=self.words(name, "drop"))
        self.subjects[name].parts["action"] = self.act_on(name, "action").pk
        return Risk.objects.get(pk=risk.pk)

    def act_on(self, name: str, about: str) -> Any:
        due_on = (NOW + timedelta(days=30)).date()
        writer, risk = self.cast.users["writer"], self.subjects[name].risk
        return self.do(risks.add_action, "lead", risk=risk, text=self.words(name, about), owner=writer, due_on=due_on)

    def complete(self, name: str) -> None:
        action = self.subjects[name].risk.actions.get(pk=self.subjects[name].parts["action"])
        self.do(risks.complete_action, "writer", action=action, words=self.words(name, "done"))

    def escalate(self, name: str, hop: str = "", **given: Any) -> Escalation:
        asked = {"reason": self.words(name, "reason"), "ask": self.words(name, "ask")}
        raised = self.do(escalations.escalate_risk, "lead", risk=self.subjects[name].risk, **asked, **given)
        return self.stand(hop or name, raised)

    def on(self, hop: str, service: Any, kind: str, /, **given: Any) -> Any:
        """Do something with an escalation."""
        done = self.do(service, kind, escalation=self.hops[hop], **given)
        self.stand(hop, self.hops[hop])
        return done

    def stand(self, hop: str, escalation: Escalation) -> Escalation:
        self.hops[hop] = Escalation.objects.get(pk=escalation.pk)
        return escalation


def tell(cast: Cast) -> Story:
    story = Story(cast, now=NOW - timedelta(days=40))
    _escalated(story)
    story.now = NOW - timedelta(hours=2)
    for chapter in (_plain, _answered, _disputed, _transfers, _ended):
        chapter(story)
    for subject in story.subjects.values():
        subject.risk = Risk.objects.get(pk=subject.risk.pk)
    return story


def _escalated(story: Story) -> None:
    """Asked of the ICB, which has been silent for so long that it is late."""
    story.log("escalated", reach=ANOTHER, involve=("involved",))
    story.escalate("escalated")


def _plain(story: Story) -> None:
    story.begin("draft", risks.save_draft, reach=ANOTHER, involve=("involved",))
    story.log("local")
    story.complete("local")
    story.log("crossing", reach=ANOTHER, involve=("involved", "third"))
    story.log("wide", reach=ANOTHER, involve=("far",))
    risk = story.log("unnamed", involve=("involved",))
    named = risk.involvements.get()
    story.do(risks.stop_involving, "lead", involvement=named)
    del story.subjects["unnamed"].parts["involvement"]


def _answered(story: Story) -> None:
    """From the provider over its ICB and the region to the national body, which has answered."""
    said = lambda about: story.words("answered", about)  # noqa: E731
    story.log("answered", reach=ANOTHER, involve=("involved",))
    story.escalate("answered", "answered-icb")
    on = {"reason": said("reason"), "ask": said("ask")}
    story.stand("answered-region", story.on("answered-icb", escalations.escalate_on, "icb", **on))
    story.stand("answered-national", story.on("answered-region", escalations.escalate_on, "region", **on))
    story.on("answered-national", escalations.accept, "national", plan=said("plan"))
    story.on("answered-national", escalations.update, "national", text=said("update"))
    story.on("answered-national", escalations.answer, "national", outcome="ADVICE", text=said("answer"))
    story.on("answered-region", escalations.request_information, "region", question=said("question"))
    story.stand("answered-icb", story.hops["answered-icb"])


def _disputed(story: Story) -> None:
    """The answer of the ICB did not help, so the level above it may look on."""
    said = lambda about: story.words("disputed", about)  # noqa: E731
    story.log("disputed")
    story.escalate("disputed")
    story.on("disputed", escalations.answer, "icb", outcome="ADVICE", text=said("answer"))
    story.on("disputed", escalations.dispute, "lead", why=said("dispute"))


def _transfers(story: Story) -> None:
    neighbour = story.cast.organisations["neighbour"]
    for name in ("offered", "taken"):
        story.log(name)
        subject = story.subjects[name]
        asked = {"to": neighbour, "reason": story.words(name, "transfer")}
        subject.parts["transfer"] = story.do(risks.propose_transfer, "lead", risk=subject.risk, **asked).pk
    taken = subject.risk.transfers.get()
    story.do(risks.accept_transfer, "neighbour", transfer=taken, owner=story.cast.users["neighbour"])
    subject.parts["involvement"] = subject.risk.involvements.get().pk
    subject.marks.discard("number")  # the number was the old owner's


def _ended(story: Story) -> None:
    story.log("withdrawn")
    story.escalate("withdrawn")
    story.on("withdrawn", escalations.withdraw, "lead", why=story.words("withdrawn", "withdrawal"))
    risk = story.log("closed", reach=ANOTHER, involve=("involved",))
    story.complete("closed")
    close = {"closure_reason": "CONTROLLED", "words": story.words("closed", "closure")}
    story.do(risks.close_risk, "lead", risk=risk, **close)
    story.do(risks.reopen_risk, "lead", risk=risk, why=story.words("closed", "reopening"))
    story.do(risks.close_risk, "lead", risk=risk, **close)
