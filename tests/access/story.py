"""How the world of these tests is told: through the services, a little later with every step.

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

    from risks.models import Introduction, Involvement, RiskLink
    from tests.access.cast import Cast

MY_ORGANISATION, ANOTHER = "1", "2"  # how far a risk reaches
MARK = "zqleak"


@dataclass(frozen=True)
class Team:
    """The kinds of actor that work on the risks of one organisation: who writes them, leads on them, speaks of them."""

    writer: str
    lead: str
    reporter: str

    @classmethod
    def of_one(cls, kind: str) -> Team:
        return cls(kind, kind, kind)


OWNERS = Team("writer", "lead", "reporter")


def mark(subject: str, about: str) -> str:
    """One word that occurs nowhere else."""
    return f"{MARK}{subject}{about}".replace("-", "")


@dataclass
class Subject:
    """A risk, what of it an address can point at, and the markers written into it."""

    name: str
    risk: Risk
    team: Team = OWNERS
    parts: dict[str, UUID] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)  # the fields that carry one


@dataclass
class Story:
    """Told a little later with every step, so that what happened has an order."""

    cast: Cast
    now: datetime = NOW - timedelta(hours=1)
    subjects: dict[str, Subject] = field(default_factory=dict)
    hops: dict[str, Escalation] = field(default_factory=dict)
    links: dict[str, RiskLink] = field(default_factory=dict)
    questions: dict[str, Involvement] = field(default_factory=dict)
    introductions: dict[str, Introduction] = field(default_factory=dict)
    pairs: dict[str, tuple[Risk, Risk]] = field(default_factory=dict)
    said: set[tuple[str, str]] = field(default_factory=set)  # marked words that are exchanged, of no one risk

    def tick(self) -> datetime:
        self.now += timedelta(seconds=20)
        return self.now

    def words(self, subject: str, about: str) -> str:
        self.subjects[subject].marks.add(about)
        return f"These words are {mark(subject, about)}"

    def say(self, exchange: str, about: str) -> str:
        """Words of a question, a link, an introduction or a dismissal: exchanges.csv says who reads them."""
        self.said.add((exchange, about))
        return f"These words are {mark(exchange, about)}"

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

    def begin(
        self, name: str, service: Any, *, reach: str = MY_ORGANISATION, involve: tuple[str, ...] = (), by: Team = OWNERS
    ) -> Risk:
        risk = self.do(service, by.writer, fields=self.written(name, reach=reach, involve=involve))
        subject = self.subjects[name] = Subject(name, risk, by)
        subject.marks |= {"title", "cause", "event", "effect", "population", "number", "control", "ended"}
        if reach == ANOTHER:
            subject.marks.add("bodies")
        subject.parts["control"] = risk.controls.get(text=mark(name, "control")).pk
        if named := risk.involvements.first():
            subject.parts["involvement"] = named.pk
        return risk

    def log(self, name: str, *, by: Team = OWNERS, **how: Any) -> Risk:
        """A logged risk that has been worked on by everybody of its owner."""
        risk = self.begin(name, risks.log_risk, by=by, **how)
        scored = {"kind": "CURRENT", "likelihood": 3, "consequence": 5, "rationale": self.words(name, "rationale")}
        self.do(risks.score_risk, by.lead, risk=risk, **scored)
        ended = risk.controls.get(text=mark(name, "ended"))
        self.do(risks.end_control, by.lead, control=ended, why=self.words(name, "why"))
        self.do(risks.review_risk, by.lead, risk=risk, words=self.words(name, "review"))
        self.do(risks.add_comment, by.reporter, risk=risk, text=self.words(name, "comment"))
        dropped = self.act_on(name, "dropped")
        self.do(risks.drop_action, by.writer, action=dropped, why=self.words(name, "drop"))
        self.subjects[name].parts["action"] = self.act_on(name, "action").pk
        return Risk.objects.get(pk=risk.pk)

    def act_on(self, name: str, about: str) -> Any:
        due_on = (NOW + timedelta(days=30)).date()
        subject = self.subjects[name]
        asked = {"text": self.words(name, about), "owner": self.cast.users[subject.team.writer], "due_on": due_on}
        return self.do(risks.add_action, subject.team.lead, risk=subject.risk, **asked)

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

    def link(self, name: str, kind: str, risk: str, to: str, how: str = "RELATED") -> RiskLink:
        """Propose a link between two risks. It goes by a name of its own, which marks its words."""
        reason, reference = self.say(name, "because"), self.subjects[to].risk.reference
        asked = {"risk": self.subjects[risk].risk, "to": reference, "kind": how, "reason": reason}
        self.links[name] = self.do(risks.propose_link, kind, **asked)
        return self.links[name]

    def ask(self, name: str, kind: str, organisation: str) -> Involvement:
        """Name an organisation on a risk that is logged, and ask it something. The question goes by the risk's name."""
        asked = {"organisations": [self.cast.organisations[organisation]], "question": self.say(name, "enquiry")}
        self.questions[name] = self.do(risks.involve, kind, risk=self.subjects[name].risk, **asked)[0]
        return self.questions[name]
