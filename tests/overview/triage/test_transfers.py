"""A risk that another organisation asks us to take over, answered where it stands."""

from __future__ import annotations

import pytest

from overview.triage.entries import by_keys
from risks import services as risks
from risks.models import Risk, Transfer, TransferStatus
from tests.factories import NOW
from tests.ladder import Ladder
from tests.overview.triage.waiting import LATER, Waiting, asked_for_transfer, do, everything, keys
from tests.risks.belonging import BORN
from tests.visiting import visitor, words

pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture
def waiting(ladder: Ladder) -> Waiting:
    return everything(ladder)


@pytest.fixture
def transfer(waiting: Waiting) -> Transfer:
    return asked_for_transfer(waiting)


def key(transfer: Transfer) -> str:
    return f"transfer-{transfer.pk}"


def again(transfer: Transfer) -> Transfer:
    return Transfer.objects.select_related("risk__owner", "risk__organisation").get(pk=transfer.pk)


def test_a_risk_is_taken_over_on_the_page_naming_who_owns_it(waiting: Waiting, transfer: Transfer) -> None:
    icb = visitor(waiting.icb)
    opened = words(icb.get(f"/triage/?do=accept-transfer&item={key(transfer)}"))
    assert "Who will own it here" in opened
    assert "Only you can" in opened
    body = {"do": "accept-transfer", "item": key(transfer), "owner": str(waiting.colleague.user.pk)}
    assert icb.post("/triage/?kind=TRANSFER", body)["Location"] == "/triage/?kind=TRANSFER"
    risk = again(transfer).risk
    assert (risk.organisation, risk.owner) == (waiting.stage.ladder.icb, waiting.colleague.user)
    assert key(transfer) not in keys(waiting.icb)


def test_an_owner_has_to_be_chosen(waiting: Waiting, transfer: Transfer) -> None:
    refused = visitor(waiting.icb).post("/triage/", {"do": "accept-transfer", "item": key(transfer), "owner": ""})
    assert refused.status_code == 422
    assert "Choose who will own it here" in words(refused)
    assert again(transfer).status == TransferStatus.PROPOSED


def test_it_is_declined_with_why_and_is_seen_no_more(waiting: Waiting, transfer: Transfer) -> None:
    icb = visitor(waiting.icb)
    body = {"do": "decline-transfer", "item": key(transfer)}
    assert "Enter why you decline it" in words(icb.post("/triage/", body))
    assert "does not identify a patient" in words(icb.post("/triage/", {**body, "why": BORN}))
    assert icb.post("/triage/", {**body, "why": "It is yours"}).status_code == 303
    assert (again(transfer).status, again(transfer).decision_words) == (TransferStatus.DECLINED, "It is yours")
    assert f"Done (decline the risk): {transfer.risk.reference}" in words(icb.get("/triage/"))
    assert key(transfer) not in keys(waiting.icb)


def test_what_a_colleague_answered_is_told_also_when_the_risk_is_seen_no_more(waiting: Waiting, ladder: Ladder) -> None:
    local = ladder.risk(waiting.provider, reach="1", title="A ward of ours")
    to = ladder.other_icb
    there, colleague = ladder.actor(to), ladder.actor(to, name="Grace Elsewhere")
    transfer = risks.propose_transfer(risk=local, to=to, reason="Only you", by=waiting.provider, now=NOW)
    (read,) = by_keys([key(transfer)], there, LATER)
    risks.decline_transfer(transfer=transfer, why="No", by=colleague, now=NOW)
    assert not Risk.objects.visible_to(there).filter(pk=local.pk).exists()
    body = {"do": "accept-transfer", "item": key(transfer), "owner": str(there.user.pk)}
    late = visitor(there).post("/triage/", {**body, f"state-{key(transfer)}": read.state})
    assert late.status_code == 409
    said = words(late)
    assert "Grace Elsewhere declined this on " in said
    assert local.title not in said
    assert local.reference not in said
    assert "Only you" not in said
    assert again(transfer).risk.organisation == ladder.provider


def test_what_was_taken_back_says_so(waiting: Waiting, transfer: Transfer) -> None:
    (read,) = by_keys([key(transfer)], waiting.icb, LATER)
    risks.withdraw_transfer(transfer=transfer, by=waiting.provider, now=NOW)
    told = do(waiting, "decline-transfer", key(transfer), seen={read.key: read.state}, why="It is yours")
    assert told[0].startswith("Test Royal Hospital took its request back on ")


def test_only_whoever_was_asked_has_it_in_triage(waiting: Waiting, transfer: Transfer, ladder: Ladder) -> None:
    for body in (ladder.region, ladder.other_icb, ladder.neighbour, ladder.provider):
        assert by_keys([key(transfer)], ladder.actor(body), LATER) == []
