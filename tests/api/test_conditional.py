"""Reading only what has changed, changing only what was read, and learning what was changed since."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from risks import services as risks
from tests.api.conftest import Caller, answered, refused, wrong
from tests.factories import NOW
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.api.conftest import Clock
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


@pytest.fixture
def reference(ladder: Ladder, lead: Caller) -> str:
    return lead.do("risks/", **FIELDS, involved=[ladder.neighbour.ods_code])["reference"]


def read(caller: Caller, path: str, **headers: str) -> HttpResponse:
    return caller.client.get(f"/api/v1/{path}", headers=headers)


def send(caller: Caller, method: str, path: str, body: dict[str, Any], tag: str) -> HttpResponse:
    headers = {"if-match": tag}
    return getattr(caller.client, method)(
        f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
    )


def tag_of(caller: Caller, path: str) -> str:
    return read(caller, path)["ETag"]


@pytest.mark.parametrize("path", ["risks/", "risks/{}/", "risks/{}/positions/", "organisations/", "me/", "news/"])
def test_what_has_not_changed_is_not_sent_again(lead: Caller, reference: str, path: str) -> None:
    path = path.format(reference)
    first = read(lead, path)
    assert first["Cache-Control"] == "private, no-store"
    assert first["ETag"].startswith('"')
    again = read(lead, path, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, no-store"
    assert read(lead, path, if_none_match=f'"other", W/{first["ETag"]}').status_code == 304
    assert read(lead, path, if_none_match='"other"').status_code == 200


def test_a_tag_is_of_what_one_reader_is_shown(ladder: Ladder, lead: Caller, reference: str, clock: Clock) -> None:
    """Somebody who reads a part learns nothing of a change of the rest."""
    neighbour = Caller(ladder.actor(ladder.neighbour))
    path = f"risks/{reference}/"
    ours, theirs = tag_of(lead, path), tag_of(neighbour, path)
    assert ours != theirs
    clock.now += timedelta(hours=1)
    lead.do(f"risks/{reference}/review/", words="Well")
    assert tag_of(lead, path) != ours
    assert tag_of(neighbour, path) == theirs
    lead.do(f"risks/{reference}/score/", kind="CURRENT", likelihood=1, consequence=1, rationale="")
    assert tag_of(neighbour, path) != theirs


def test_a_change_is_made_to_what_was_read_and_to_nothing_else(lead: Caller, reference: str) -> None:
    path = f"risks/{reference}/"
    risk, tag = lead.read(path), tag_of(lead, path)
    changed = send(lead, "patch", path, {"title": "Mine", "version": risk["version"]}, tag)
    assert answered(changed, 200)["title"] == "Mine"
    assert changed["ETag"] == tag_of(lead, path)
    late = send(lead, "patch", path, {"title": "Late", "version": risk["version"]}, tag)
    problem = refused(late, 412)
    assert problem["current"] == lead.read(path)
    assert problem["etag"] == late["ETag"] == tag_of(lead, path)
    assert refused(lead.patch(path, title="Late", version=risk["version"]), 409)["current_version"] == 2


@pytest.mark.parametrize("verb", ["score", "review", "controls", "escalate"])
def test_what_is_done_to_a_risk_is_done_to_the_one_that_was_read(lead: Caller, reference: str, verb: str) -> None:
    bodies = {
        "score": {"kind": "CURRENT", "likelihood": 2, "consequence": 2},
        "review": {},
        "controls": {"text": "A check"},
        "escalate": {"reason": "Why", "ask": "What"},
    }
    path, tag = f"risks/{reference}/{verb}/", tag_of(lead, f"risks/{reference}/")
    refused(send(lead, "post", path, bodies[verb], '"not-this"'), 412)
    refused(send(lead, "post", path, bodies[verb], f"W/{tag}"), 412)
    assert send(lead, "post", path, bodies[verb], f'"other", {tag}').status_code < 300
    assert send(lead, "post", f"risks/{reference}/comments/", {"text": "Well"}, "*").status_code == 201


def test_a_minute_that_passes_changes_no_escalation_that_was_read(
    ladder: Ladder, lead: Caller, reference: str, clock: Clock
) -> None:
    hop = lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What", immediate=True)["id"]
    icb, path = Caller(ladder.actor(ladder.icb)), f"escalations/{hop}/"
    before = tag_of(icb, path)
    clock.now += timedelta(minutes=5)
    after = tag_of(icb, path)
    assert before != after  # its clocks say something else
    assert send(icb, "post", f"{path}acknowledge/", {}, before).status_code == 200
    refused(send(icb, "post", f"{path}accept/", {"plan": "We will"}, before), 412)


def test_what_is_done_to_nothing_that_was_read_takes_no_tag(lead: Caller) -> None:
    assert list(wrong(send(lead, "post", "risks/", FIELDS, '"any"'))) == [""]


def test_a_standard_and_the_contacts_are_changed_as_they_were_read(ladder: Ladder, lead: Caller) -> None:
    national = Caller(ladder.actor(ladder.national))
    path = f"standards/{national.list('standards/')[0]['id']}/"
    tag = tag_of(national, path)
    assert send(national, "patch", path, {"amount": 7, "unit": "HOURS"}, tag).status_code == 200
    refused(send(national, "patch", path, {"amount": 8, "unit": "HOURS"}, tag), 412)
    tag = tag_of(lead, "own-organisation/")
    assert send(lead, "patch", "own-organisation/", {"duty_phone": "bleep 1"}, tag).status_code == 200
    refused(send(lead, "patch", "own-organisation/", {"duty_phone": "bleep 2"}, tag), 412)


def test_a_compressed_answer_is_the_same_answer(lead: Caller, reference: str) -> None:
    path = f"risks/{reference}/"
    plain, packed = read(lead, path), read(lead, path, accept_encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] == plain["ETag"][:-1] + '-gzip"'
    assert read(lead, path, accept_encoding="gzip", if_none_match=packed["ETag"]).status_code == 304
    assert send(lead, "post", f"{path}review/", {}, packed["ETag"]).status_code == 200
    assert "Content-Encoding" not in lead.client.get("/risks/", headers={"accept-encoding": "gzip"})


def test_no_answer_speaks_of_other_origins_unless_an_operator_does(lead: Caller) -> None:
    response = read(lead, "risks/", origin="https://elsewhere.example")
    assert [name for name in response.headers if name.lower().startswith("access-control")] == []


SINCE = (NOW + timedelta(minutes=30)).isoformat()


def changed(caller: Caller, path: str = "risks/", since: str = SINCE) -> list[str]:
    return [row.get("reference") or row["id"] for row in caller.list(path, updated_since=since)]


def test_what_was_changed_at_a_moment_or_later_is_listed(lead: Caller, reference: str, clock: Clock) -> None:
    assert changed(lead) == []
    assert changed(lead, since=NOW.isoformat()) == [reference]
    clock.now += timedelta(hours=1)
    lead.do(f"risks/{reference}/review/", words="Well")
    assert changed(lead) == [reference]
    assert changed(lead, since=clock.now.isoformat()) == [reference]
    assert changed(lead, since=(clock.now + timedelta(microseconds=1)).isoformat()) == []


def test_whoever_reads_a_part_learns_of_changes_of_that_part_alone(
    ladder: Ladder, lead: Caller, reference: str, clock: Clock
) -> None:
    neighbour = Caller(ladder.actor(ladder.neighbour))
    clock.now += timedelta(hours=1)
    version = lead.read(f"risks/{reference}/")["version"]
    lead.do(f"risks/{reference}/review/", words="Well")
    lead.do(f"risks/{reference}/comments/", text="Well")
    lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")
    answered(lead.patch(f"risks/{reference}/", version=version, population="Others"), 200)
    assert changed(lead) == [reference]
    assert changed(neighbour) == []
    answered(lead.patch(f"risks/{reference}/", version=version + 1, cause="Another"), 200)
    assert changed(neighbour) == [reference]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("score", {"kind": "TARGET", "likelihood": 1, "consequence": 1}),
        ("controls", {"text": "A check"}),
    ],
)
def test_a_part_is_changed_by_what_its_reader_sees(
    ladder: Ladder, lead: Caller, reference: str, clock: Clock, verb: str, body: dict[str, Any]
) -> None:
    clock.now += timedelta(hours=1)
    lead.do(f"risks/{reference}/{verb}/", **body)
    assert changed(Caller(ladder.actor(ladder.neighbour))) == [reference]


def test_what_comes_into_sight_counts_as_changed(ladder: Ladder, lead: Caller, clock: Clock) -> None:
    reference = ladder.risk(lead.actor).reference
    neighbour = Caller(ladder.actor(ladder.neighbour))
    clock.now += timedelta(hours=1)
    lead.do(f"risks/{reference}/involve/", involved=[ladder.neighbour.ods_code])
    assert changed(neighbour) == [reference]
    lead.do(f"risks/{reference}/stop-involving/", organisation=ladder.neighbour.ods_code)
    assert changed(neighbour) == []


def test_other_lists_say_what_was_changed_too(ladder: Ladder, lead: Caller, reference: str, clock: Clock) -> None:
    icb, neighbour = Caller(ladder.actor(ladder.icb)), Caller(ladder.actor(ladder.neighbour))
    hop = lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")["id"]
    lead.do(f"risks/{reference}/comments/", text="Before")
    paths = ["escalations/", "deadlines/", "notifications/", "involvements/", "feedback/", "links/", "introductions/"]
    for path in [*paths, f"risks/{reference}/comments/", f"risks/{reference}/history/"]:
        assert changed(icb, path) == [], path
    clock.now += timedelta(hours=1)
    icb.do(f"escalations/{hop}/update/", text="Soon")
    lead.do(f"risks/{reference}/comments/", text="After")
    neighbour.do(f"involvements/{neighbour.list('involvements/')[0]['id']}/not-affected/", words="Not us")
    assert changed(icb, "escalations/") == [hop]
    for path in ("deadlines/", "feedback/", "involvements/"):
        assert changed(icb, path), path
    assert changed(lead, "notifications/")
    assert [row["text"] for row in lead.list(f"risks/{reference}/comments/", updated_since=SINCE)] == ["After"]


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "2026-11-03", "2026-11-03T09:00:00", "2026-11-03T09:00:00 01:00", "9" * 400, "\x00",
               "0001-01-01T00:00:00+14:00", "2026-13-03T09:00:00Z"],
)  # fmt: skip
def test_a_moment_without_its_offset_is_refused(lead: Caller, moment: str) -> None:
    assert list(wrong(lead.get("risks/", updated_since=moment))) == ["updated_since"]


def test_a_risk_is_found_by_the_number_that_its_owner_has_for_it(ladder: Ladder, lead: Caller, reference: str) -> None:
    neighbour = Caller(ladder.actor(ladder.neighbour))
    numbered = lead.do("risks/", **FIELDS, external_reference="DTX-0042", involved=[ladder.neighbour.ods_code])

    def found(caller: Caller, number: str) -> list[str]:
        return [row["reference"] for row in caller.list("risks/", external_reference=number)]

    assert found(lead, "DTX-0042") == found(Caller(ladder.actor(ladder.icb)), "DTX-0042") == [numbered["reference"]]
    assert found(lead, "dtx-0042") == found(lead, "DTX-004") == found(neighbour, "DTX-0042") == []


def test_a_parameter_that_is_not_known_is_named_with_those_that_are(lead: Caller, reference: str) -> None:
    said = wrong(lead.get("risks/", serach="letters"))["serach"][0]
    for known in ("search", "status", "sort", "cursor", "page_size", "updated_since", "external_reference"):
        assert known in said
    for path in (f"risks/{reference}/", "me/", "news/", f"risks/{reference}/map/"):
        assert list(wrong(lead.get(path, colour="red"))) == ["colour"], path
    response = lead.client.post("/api/v1/notifications/read/?colour=red", content_type="application/json")
    assert list(wrong(response)) == ["colour"]


def test_the_services_are_asked_under_the_lock(lead: Caller, reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody changes the risk between the first look and the lock: the second look sees it."""
    from risks.models import Risk

    risk, tag = Risk.objects.get(reference=reference), tag_of(lead, f"risks/{reference}/")
    real = risks.review_risk

    def quicker(**given: Any) -> Any:
        Risk.objects.filter(pk=risk.pk).update(title="Changed meanwhile")
        return real(**given)

    from risks.api import verbs

    monkeypatch.setitem(verbs.OF_A_RISK["review"].__dict__, "service", quicker)
    refused(send(lead, "post", f"risks/{reference}/review/", {}, tag), 412)
    assert Risk.objects.get(pk=risk.pk).reviewed_at is None
