"""System risks: providers' risks gathered under one of a body above them; and pairs that do not belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import Basis, LinkKind, LinkStatus, PairDismissal, Risk, RiskLink
from risks.services.linking import NO_SUCH_RISK
from safetyreg.audit.models import AuditEvent
from safetyreg.errors import ConfirmationNeeded
from safetyreg.personal_data import LONGEST_TEXT
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS
from tests.risks.belonging import BORN, NHS_NUMBER, owed, sees, told, verbs

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

REASON = "One discharge problem across our system"


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.icb)


@pytest.fixture
def system(ladder: Ladder, icb: Actor) -> Risk:
    return ladder.risk(icb, title="Letters are late across the system")


@pytest.fixture
def theirs(ladder: Ladder) -> list[Risk]:
    return [ladder.risk(ladder.actor(body)) for body in (ladder.provider, ladder.neighbour)]


def gather(system: Risk, contributors: list[str], by: Actor, reason: str = REASON) -> list[RiskLink]:
    return risks.gather(risk=system, contributors=contributors, reason=reason, by=by, now=NOW)


def test_gathering_asks_every_owner_to_contribute(ladder: Ladder, system: Risk, theirs: list[Risk], icb: Actor) -> None:
    links = gather(system, [one.reference for one in theirs], icb)
    assert [(link.from_risk, link.to_risk, link.kind) for link in links] == [
        (one, system, LinkKind.CONTRIBUTES_TO) for one in theirs
    ]
    for link, one in zip(links, theirs, strict=True):
        (consent,) = link.consents.all()
        assert consent.organisation == one.organisation
        assert owed(consent) == [("LINK", one.organisation, ladder.icb)]
        assert sees(one.organisation, system) == []
        risks.accept_link(link=link, by=ladder.actor(one.organisation), now=NOW)
        assert sees(one.organisation, system) == [Basis.LINK]
    assert sees(ladder.neighbour, theirs[0]) == []  # none of the system risk's other contributors
    assert verbs(system).count("link") == 2


def test_a_contributor_sees_the_system_risk_and_none_of_the_others(
    ladder: Ladder, system: Risk, theirs: list[Risk], icb: Actor
) -> None:
    links = gather(system, [one.reference for one in theirs], icb)
    leads = [ladder.actor(one.organisation) for one in theirs]
    for link, lead in zip(links, leads, strict=True):
        risks.accept_link(link=link, by=lead, now=NOW)
    assert set(Risk.objects.visible_to(leads[0])) == {theirs[0], system}
    assert links[1] not in RiskLink.objects.visible_to(leads[0])
    assert set(links) <= set(RiskLink.objects.visible_to(icb))


def test_all_are_gathered_or_none_and_each_that_leads_nowhere_is_named(
    ladder: Ladder, system: Risk, theirs: list[Risk], icb: Actor
) -> None:
    hidden = ladder.risk(ladder.actor(OrganisationFactory(parent=ladder.other_icb)))
    given = [theirs[0].reference, hidden.reference, "PSR-999999", system.reference, " "]
    with pytest.raises(ValidationError) as refused:
        gather(system, given, icb)
    wrong = (hidden.reference, "PSR-999999", system.reference)
    assert refused.value.message_dict == {"contributors": [f"{said}: {NO_SUCH_RISK}" for said in wrong]}
    assert not RiskLink.objects.exists()


def test_the_same_risk_named_twice_is_gathered_once(system: Risk, theirs: list[Risk], icb: Actor) -> None:
    number = theirs[0].reference.removeprefix("PSR-")
    assert len(gather(system, [theirs[0].reference, number], icb)) == 1


def test_nobody_and_no_reason_are_refused(system: Risk, theirs: list[Risk], icb: Actor) -> None:
    one = [theirs[0].reference]
    for contributors, reason, field in (
        ([], REASON, "contributors"),
        (["  "], REASON, "contributors"),
        (one, " ", "reason"),
        (one, f"It is {NHS_NUMBER}", "reason"),
        (one, "x" * (LONGEST_TEXT + 1), "reason"),
    ):
        with pytest.raises(ValidationError) as refused:
            gather(system, contributors, icb, reason)
        assert list(refused.value.message_dict) == [field]
    with pytest.raises(ConfirmationNeeded):
        gather(system, one, icb, BORN)


def test_of_a_reason_that_was_declined_it_is_said_by_whom_it_was(
    ladder: Ladder, system: Risk, theirs: list[Risk], icb: Actor
) -> None:
    (link,) = gather(system, [theirs[1].reference], icb)
    risks.decline_link(link=link, why="Ours differs", by=ladder.actor(ladder.neighbour), now=NOW)
    with pytest.raises(ValidationError, match="only with a new reason") as refused:
        gather(system, [one.reference for one in theirs], icb)
    assert f"{theirs[1].reference} and {system.reference}: " in refused.value.message_dict["reason"][0]
    assert RiskLink.objects.count() == 1
    assert len(gather(system, [one.reference for one in theirs], icb, "Another reason")) == 2


def test_only_a_safety_lead_of_the_body_that_owns_it_gathers(
    ladder: Ladder, system: Risk, theirs: list[Risk], icb: Actor
) -> None:
    lead = ladder.actor(ladder.provider)
    for by, risk in ((ladder.actor(ladder.icb, Role.REPORTER), system), (lead, theirs[0]), (icb, theirs[0])):
        with pytest.raises(PermissionDenied):
            gather(risk, [theirs[1].reference], by)
        with pytest.raises(PermissionDenied):
            risks.log_system_risk(fields=FIELDS, contributors=[], reason=REASON, by=lead, now=NOW)
    risks.close_risk(risk=system, closure_reason="CONTROLLED", words="", by=icb, now=NOW)
    with pytest.raises(WrongStatus):
        gather(system, [theirs[1].reference], icb)


def test_a_system_risk_is_logged_and_its_first_risks_gathered_in_one_step(
    ladder: Ladder, theirs: list[Risk], icb: Actor
) -> None:
    references = [one.reference for one in theirs]
    with pytest.raises(ValidationError, match="There is no open risk"):
        risks.log_system_risk(fields=FIELDS, contributors=["PSR-999999"], reason=REASON, by=icb, now=NOW)
    assert not Risk.objects.filter(organisation=ladder.icb).exists()
    system = risks.log_system_risk(fields=FIELDS, contributors=references, reason=REASON, by=icb, now=NOW)
    links = RiskLink.objects.of_risk(system)
    assert {link.status for link in links} == {LinkStatus.PROPOSED}
    assert {link.from_risk for link in links} == set(theirs)


def test_a_region_gathers_what_it_sees(ladder: Ladder, theirs: list[Risk]) -> None:
    region = ladder.actor(ladder.region)
    wide = ladder.risk(region)
    with pytest.raises(ValidationError, match="There is no open risk"):  # no share, whatever the level
        gather(wide, [theirs[0].reference], region)
    risks.involve(risk=theirs[0], organisations=[ladder.region], by=ladder.actor(ladder.provider), now=NOW)
    assert gather(wide, [theirs[0].reference], region)[0].is_proposed


# Pairs that do not belong together


def dismiss(one: Risk, two: Risk, by: Actor, reason: str = "") -> PairDismissal:
    return risks.dismiss_pair(risk=one, other=two, reason=reason, by=by, now=NOW)


def test_a_dismissed_pair_is_remembered_once_for_the_body_that_dismissed_it(
    ladder: Ladder, theirs: list[Risk], icb: Actor
) -> None:
    first = dismiss(theirs[0], theirs[1], icb, " Beds here, letters there ")
    assert (first.organisation, first.reason) == (ladder.icb, "Beds here, letters there")
    assert dismiss(theirs[1], theirs[0], icb, "Again") == first
    assert PairDismissal.objects.get().reason == "Beds here, letters there"
    assert [event.reference for event in AuditEvent.objects.filter(verb="dismiss_pair")] == [""]
    assert told(ladder.actor(ladder.provider)) == []


def test_a_dismissed_pair_can_be_put_back_and_linked(theirs: list[Risk], icb: Actor) -> None:
    dismiss(theirs[0], theirs[1], icb)
    risks.restore_pair(risk=theirs[1], other=theirs[0], by=icb, now=NOW)
    assert not PairDismissal.objects.exists()
    with pytest.raises(WrongStatus):
        risks.restore_pair(risk=theirs[0], other=theirs[1], by=icb, now=NOW)
    assert AuditEvent.objects.filter(verb="restore_pair").count() == 1


def test_only_pairs_that_a_body_above_the_providers_sees_are_dismissed(
    ladder: Ladder, theirs: list[Risk], icb: Actor
) -> None:
    hidden = ladder.risk(ladder.actor(OrganisationFactory(parent=ladder.other_icb)))
    for by, other in (
        (ladder.actor(ladder.provider), theirs[1]),
        (ladder.actor(ladder.icb, Role.REPORTER), theirs[1]),
        (icb, hidden),
        (icb, theirs[0]),
    ):
        with pytest.raises(PermissionDenied):
            dismiss(theirs[0], other, by)
    with pytest.raises(ValidationError, match="NHS number"):
        dismiss(theirs[0], theirs[1], icb, NHS_NUMBER)
    with pytest.raises(ValidationError, match="Shorten this"):
        dismiss(theirs[0], theirs[1], icb, "x" * (LONGEST_TEXT + 1))
    assert not PairDismissal.objects.exists()
