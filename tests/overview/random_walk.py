"""A register used at random: people of every level do whatever comes to mind while the clock moves on.

What is refused is refused; what is done must leave every promise kept.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts import services as accounts
from accounts.actors import Actor
from accounts.changes import follow_move
from accounts.models import CLINICAL_ROLES, Membership, Role
from deadlines.sweeping import sweep
from escalations import services as escalations
from escalations.lifecycle import RULES, Side, can_be_done
from escalations.models import Escalation, Feedback, Outcome
from overview import invariants
from risks import services as risks
from risks.models import Action, ClosureReason, Control, Risk, Transfer
from tests.factories import MembershipFactory
from tests.ladder import FIELDS
from tests.overview.belonging_at_random import Belonging

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

CHECKED_EVERY = 10
SIDES = {Side.FROM: "from_organisation", Side.TO: "to_organisation"}
HARM = {"reason": "We cannot mend this alone", "ask": "Agree one form"}
WORDS: dict[str, dict[str, Any]] = {
    "REQUEST_INFORMATION": {"question": "How many letters?"},
    "GIVE_INFORMATION": {"information": "Forty in one month"},
    "ACCEPT": {"plan": "We bring the practices together"},
    "UPDATE": {"text": "A first meeting was held"},
    "ESCALATE_ON": HARM,
    "BYPASS": HARM,
    "DISPUTE": {"why": "Our letters still wait"},
    "WITHDRAW": {"why": "We found a way of our own"},
}
# Hypothesis chooses a seed for each walk and what kind of thing comes next; all else is spread evenly, so that walks
# get somewhere. Seeds drawn at each step would often be the same few, and so what is done.
SEED = st.integers(min_value=0)


class UsedAtRandom(Belonging, RuleBasedStateMachine):
    """One walk. It stands on organisations and people that the test made, and is taken back at its end."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.since_check = 0
        self.all = transaction.atomic()
        self.all.__enter__()
        for organisation in self.organisations:
            organisation.refresh_from_db()

    def teardown(self) -> None:
        try:
            self.promises_are_kept()
        finally:
            transaction.set_rollback(True)
            self.all.__exit__(None, None, None)

    @initialize(seed=SEED)
    def begin(self, seed: int) -> None:
        """A risk of every organisation, so that there is something to do from the first step on."""
        self.chance = Random(seed)  # noqa: S311 - nothing depends on guessing it
        for organisation in self.organisations:
            self.do(risks.log_risk, by=self.lead(organisation), fields=FIELDS)

    @rule()
    def write(self) -> None:
        self.one_of(self.log, self.draft, self.finish_draft, self.edit, self.score)

    @rule()
    def work(self) -> None:
        self.one_of(self.add, self.finish, self.review, self.close, self.reopen)

    @rule()
    def hand_about(self) -> None:
        for _ in range(2):
            self.one_of(self.hand_over, self.propose_transfer, self.answer_transfer, self.answer_transfer, self.read)

    @rule()
    def ask_and_answer(self) -> None:
        for _ in range(3):
            self.one_of(self.involve, self.involve_all, self.stop_involving, *[self.answer] * 4)

    @rule()
    def belong_together(self) -> None:
        for _ in range(4):
            self.one_of(
                self.propose_link,
                self.propose_between,
                self.gather,
                self.log_system_risk,
                *[self.go_on_with_a_link] * 5,
            )

    @rule()
    def be_introduced(self) -> None:
        for _ in range(2):
            self.one_of(self.ask_introduction, self.answer_introduction, self.dismiss, self.restore)

    @rule()
    def escalate(self) -> None:
        """Several steps at a time: chains are long."""
        for _ in range(4):
            self.one_of(self.ask_above, self.take_a_step, *[self.go_on] * 8)

    @rule()
    def come_and_go(self) -> None:
        self.one_of(self.change_role, self.leave, self.come_under_another_icb)

    @rule()
    def time_passes(self) -> None:
        hours = self.chance.choice([1, 5, 30, 100, 400, 2_000])
        self.now += timedelta(hours=hours)
        if self.chance.random() < 0.7:
            sweep(now=self.now)

    @invariant()
    def the_walk_goes_on(self) -> None:
        UsedAtRandom.steps += 1
        self.since_check += 1
        if self.since_check == CHECKED_EVERY:
            self.promises_are_kept()

    def promises_are_kept(self) -> None:
        self.since_check = 0
        sweep(now=self.now)
        broken = invariants.check(self.now)
        assert not broken, broken

    # Writing

    def log(self) -> None:
        involved = self.chance.sample(self.organisations, self.chance.randint(0, 2))
        fields = {**FIELDS, "reach": self.chance.choice("1234"), "involved": involved, "controls": ["A check"]}
        self.do(risks.log_risk, by=self.somebody(), fields=fields)

    def draft(self) -> None:
        involved = [self.chance.choice(self.organisations)]
        self.do(risks.save_draft, by=self.somebody(), fields={"title": "Not yet said", "involved": involved})

    def finish_draft(self) -> None:
        if draft := self.any(Risk.objects.filter(status="DRAFT").order_by("drafted_at")):
            by = self.lead(draft.organisation)
            if self.chance.random() < 0.7:
                self.do(risks.log_risk, draft=draft, fields=FIELDS, by=by)
            else:
                self.do(risks.discard_draft, draft=draft, by=by)

    def edit(self) -> None:
        risk = self.risk()
        fields = {"reach": self.chance.choice("1234"), "other_bodies": self.chance.choice(["", "A practice"])}
        self.do(risks.edit_risk, risk=risk, fields=fields, version=risk.version, by=self.lead_on(risk))

    def score(self) -> None:
        risk, (likelihood, consequence) = self.risk(), self.chance.choices(range(1, 6), k=2)
        judged = {"kind": self.chance.choice(["CURRENT", "TARGET"]), "rationale": "Seen on the ward"}
        by = self.lead_on(risk)
        self.do(risks.score_risk, risk=risk, likelihood=likelihood, consequence=consequence, by=by, **judged)

    # Working

    def add(self) -> None:
        risk = self.risk()
        by, owner, due_on = self.lead_on(risk), self.person(risk.organisation), (self.now + timedelta(days=9)).date()
        self.do(risks.add_action, risk=risk, text="Mend it", owner=owner, due_on=due_on, by=by)
        self.do(risks.add_control, risk=risk, text="A second check", by=by)
        self.do(risks.add_comment, risk=risk, text="Seen", by=self.somebody())

    def finish(self) -> None:
        if control := self.any(Control.objects.filter(ended_at=None).order_by("created_at", "risk__reference")):
            self.do(risks.end_control, control=control, why="It went", by=self.lead_on(control.risk))
        if action := self.any(Action.objects.filter(done_at=None, dropped_at=None).order_by("created_at")):
            by, owner = self.lead(action.organisation), self.person(action.organisation)
            self.do(
                *self.chance.choice(
                    [
                        (risks.complete_action, {"words": "Done"}),
                        (risks.drop_action, {"why": "No longer needed"}),
                        (risks.give_action_to, {"owner": owner}),
                    ]
                ),
                action=action,
                by=by,
            )

    def review(self) -> None:
        risk = self.risk()
        self.do(risks.review_risk, risk=risk, words="", by=self.lead_on(risk))

    def close(self) -> None:
        risk, reason = self.risk(), self.chance.choice(ClosureReason.values)
        self.do(risks.close_risk, risk=risk, closure_reason=reason, words="", by=self.lead_on(risk))

    def reopen(self) -> None:
        if risk := self.any(Risk.objects.filter(status="CLOSED").order_by("closed_at")):
            self.do(risks.reopen_risk, risk=risk, why="It came back", by=self.lead_on(risk))

    # Between organisations

    def hand_over(self) -> None:
        risk = self.any(Risk.objects.order_by("drafted_at"))
        self.do(risks.hand_over_risk, risk=risk, to=self.person(risk.organisation), by=self.lead_on(risk))

    def propose_transfer(self) -> None:
        risk, to = self.risk(), self.chance.choice(self.organisations)
        self.do(risks.propose_transfer, risk=risk, to=to, reason="It is theirs", by=self.lead_on(risk))

    def answer_transfer(self) -> None:
        if transfer := self.any(Transfer.objects.filter(status="PROPOSED").order_by("created_at")):
            to, by = transfer.to_organisation, self.lead(transfer.to_organisation)
            self.do(
                *self.chance.choice(
                    [
                        (risks.accept_transfer, {"owner": self.person(to), "by": by}),
                        (risks.decline_transfer, {"why": "Not ours", "by": by}),
                        (risks.withdraw_transfer, {"by": self.lead(transfer.from_organisation)}),
                    ]
                ),
                transfer=transfer,
            )

    def read(self) -> None:
        risk = self.any(Risk.objects.order_by("drafted_at"))
        self.do(escalations.record_reading, risk=risk, by=self.somebody())

    # Escalating

    def ask_above(self) -> None:
        risk = self.risk()
        to = self.chance.choice([None, None, *self.organisations])
        given = {"immediate": self.chance.random() < 0.2, "why_this_body": "It serves us too" if to else "", **HARM}
        self.do(escalations.escalate_risk, risk=risk, to=to, by=self.lead_on(risk), **given)

    def take_a_step(self) -> None:
        """Any step, also one that is not possible now."""
        self._step(lambda hop: list(RULES))

    def go_on(self) -> None:
        self._step(lambda hop: [verb for verb in RULES if can_be_done(verb, hop, self.now)])

    def _step(self, verbs: Callable[[Escalation], list[str]]) -> None:
        hop = self.any(Escalation.objects.open().select_related("risk").order_by("-raised_at")[:6])
        if hop is None:
            return self.ask_above()
        verb = self.chance.choice(verbs(hop))
        by = self.lead(getattr(hop, SIDES[RULES[verb].side]))
        return self.do(getattr(escalations, verb.lower()), escalation=hop, by=by, **self._words(verb, hop))

    def _words(self, verb: str, hop: Escalation) -> dict[str, Any]:
        if verb in ("ACKNOWLEDGE", "REASSIGN"):
            return {"handler": self.person(hop.to_organisation)}
        if verb == "ANSWER":
            above = Feedback.objects.filter(escalation__previous=hop, kind="ANSWER").order_by("given_at")
            return {"outcome": Outcome.ADVICE, "text": "Send them unsigned", "passed_on_from": self.any(above)}
        return WORDS.get(verb, {})

    # People

    def change_role(self) -> None:
        membership, role = self.somebody().membership, self.chance.choice(CLINICAL_ROLES)
        hand_to, by = self._successor_and_administrator(membership)
        self.do(accounts.set_role, membership=membership, role=role, hand_to=hand_to, by=by)

    def leave(self) -> None:
        """Somebody goes, and somebody else begins, so that organisations do not run dry."""
        membership = self.somebody().membership
        hand_to, by = self._successor_and_administrator(membership)
        service = self.chance.choice([accounts.deactivate, accounts.end_membership])
        self.do(service, membership=membership, hand_to=hand_to, by=by)
        MembershipFactory(organisation=membership.organisation, role=Role.SAFETY_LEAD, started_at=self.now)

    def _successor_and_administrator(self, membership: Membership) -> tuple[User | None, Actor]:
        hand_to = self.person(membership.organisation) if self.chance.random() < 0.8 else None
        return hand_to, self.lead(membership.organisation, role=Role.ADMINISTRATOR)

    def come_under_another_icb(self) -> None:
        provider = self.chance.choice([one for one in self.organisations if one.level == "PROVIDER"])
        provider.parent = self.chance.choice([one for one in self.organisations if one.level == "ICB"])
        provider.save(update_fields=["parent"])
        follow_move(provider, self.now)
