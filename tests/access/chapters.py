"""The risks of the world of these tests: each stands in a relation of its own to everybody, as relations.csv says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from escalations import services as escalations
from risks import indexing
from risks import services as risks
from risks.models import Risk
from tests.access.story import ANOTHER, Story, Team
from tests.factories import NOW

if TYPE_CHECKING:
    from risks.models import Involvement, RiskLink
    from tests.access.cast import Cast


def tell(cast: Cast) -> Story:
    story = Story(cast, now=NOW - timedelta(days=40))
    _escalated(story)
    story.now = NOW - timedelta(hours=2)
    for chapter in (_plain, _answered, _disputed, _transfers, _ended):
        chapter(story)
    for chapter in (_linked, _proposed, _parted, _system, _asked, _introduced):
        chapter(story)
    indexing.index(now=story.tick())
    _alike(story)
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
    _answer_with_own(story, "closed", "involved", "reply")
    close = {"closure_reason": "CONTROLLED", "words": story.words("closed", "closure")}
    story.do(risks.close_risk, "lead", risk=risk, **close)
    story.do(risks.reopen_risk, "lead", risk=risk, why=story.words("closed", "reopening"))
    story.do(risks.close_risk, "lead", risk=risk, **close)


def _answer_with_own(story: Story, name: str, kind: str, own: str, question: Involvement | None = None) -> None:
    """With a risk of its own, logged for that: the two are linked at once. The link goes by the name of that risk."""
    answer = story.log(own, by=Team.of_one(kind))
    question = question or story.subjects[name].risk.involvements.get()
    story.do(risks.answer_with_own_risk, kind, involvement=question, own_risk=answer.reference)
    story.links[own] = answer.links_from.get()


def _linked(story: Story) -> None:
    """A chain: the owner's risk, one of the neighbour's, and beyond it one of a third organisation."""
    story.log("linked", reach=ANOTHER, involve=("neighbour",))
    story.log("theirs", by=Team.of_one("neighbour"), reach=ANOTHER, involve=("third",))
    story.log("beyond", by=Team.of_one("third"), reach=ANOTHER)
    _accept(story, story.link("linked", "neighbour", "theirs", "linked", "CONTRIBUTES_TO"), "lead")
    _accept(story, story.link("farther", "third", "beyond", "theirs", "CAUSES"), "neighbour")


def _accept(story: Story, link: RiskLink, kind: str) -> None:
    story.do(risks.accept_link, kind, link=link)


def _proposed(story: Story) -> None:
    """By the neighbour, from a risk that the owner does not see; and by the ICB, between two whose owners do not."""
    neighbours = Team.of_one("neighbour")
    story.log("sought", reach=ANOTHER, involve=("neighbour",))
    story.log("enquiring", by=neighbours)
    story.link("proposed", "neighbour", "enquiring", "sought")
    story.log("upstream", reach=ANOTHER)
    story.log("receiving", by=neighbours, reach=ANOTHER)
    story.link("between", "icb", "upstream", "receiving")


def _parted(story: Story) -> None:
    """Declined, and accepted but withdrawn again: by neither does the neighbour see the owner's risk any more."""
    story.log("declined")
    declined = story.link("declined", "lead", "declined", "taken")
    story.do(risks.decline_link, "neighbour", link=declined, why=story.say("declined", "refusal"))
    story.log("separate")
    parted = story.link("separate", "lead", "separate", "taken")
    _accept(story, parted, "neighbour")
    story.do(risks.withdraw_link, "neighbour", link=parted, why=story.say("separate", "parting"))


def _system(story: Story) -> None:
    """A risk of the ICB's own, on which it asks for positions. The owner's contributes, and does so in no other way."""
    story.log("systemic", by=Team.of_one("icb"), reach=ANOTHER)
    question = story.ask("systemic", "icb", "owner")
    story.log("gathered")
    own = story.subjects["gathered"].risk
    story.do(risks.answer_with_own_risk, "lead", involvement=question, own_risk=own.reference)
    story.questions["gathered"], story.links["gathered"] = question, own.links_from.get()
    asked = {"organisations": [story.cast.organisations["third"]], "question": "Do you hold it?"}
    third = story.do(risks.involve, "icb", risk=story.subjects["systemic"].risk, **asked)[0]
    story.do(risks.answer_with_own_risk, "third", involvement=third, own_risk=story.subjects["beyond"].risk.reference)


def _asked(story: Story) -> None:
    """Of the involved organisation: a question that is open, and one to which it said that it is not affected."""
    involved = story.cast.organisations["involved"]
    for name in ("draft", "crossing"):
        story.questions[name] = story.subjects[name].risk.involvements.get(organisation=involved)
    story.log("spared")
    question = story.ask("spared", "lead", "involved")
    story.do(risks.answer_not_affected, "involved", involvement=question, words=story.say("spared", "unaffected"))
    story.log("alliance", by=Team.of_one("involved"), reach=ANOTHER)


def _introduced(story: Story) -> None:
    """Asked of the ICB twice: it introduced nobody at first, and has yet to answer again."""
    risk = story.log("meeting")
    indexing.index(now=story.tick())  # nobody can be introduced to others before it is known that there are some
    unmet = story.do(risks.ask_introduction, "lead", risk=risk, reason=story.say("unmet", "wish"))
    story.do(risks.decline_introduction, "icb", introduction=unmet, why=story.say("unmet", "nobody"))
    meeting = story.do(risks.ask_introduction, "lead", risk=risk, reason=story.say("meeting", "wish"))
    story.introductions |= {"unmet": unmet, "meeting": meeting}


def _alike(story: Story) -> None:
    """Pairs: a likely one, one that the ICB dismissed, one of which it sees one risk only, one of which it reads one in
    part, and one that a region sees.
    """
    pairs = {
        "likely": ("upstream", "alliance"),
        "dismissed": ("crossing", "alliance"),
        "half-seen": ("crossing", "reply"),
        "read-in-part": ("gathered", "beyond"),
        "escalated-pair": ("answered", "disputed"),
    }
    for name, (one, other) in pairs.items():
        story.pairs[name] = (story.subjects[one].risk, story.subjects[other].risk)
    risk, other = story.pairs["dismissed"]
    story.do(risks.dismiss_pair, "icb", risk=risk, other=other, reason=story.say("dismissed", "unlike"))
