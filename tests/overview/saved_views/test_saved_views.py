"""Saved views: whose they are, what is kept of an address, and what becomes of them when their maker leaves."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import services as accounts
from accounts.models import Role
from overview.models import SavedView, Whole
from overview.saved_views import services
from overview.whole_data.contents import zipped
from safetyreg.audit.models import AuditEvent
from safetyreg.errors import ConfirmationNeeded
from tests.factories import NOW
from tests.ladder import Ladder
from tests.risks.belonging import BORN
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from accounts.actors import Actor

pytestmark = pytest.mark.usefixtures("at_now")
EXTREME = "band=EXTREME&sort=newest"


def save(by: Actor, **given: object) -> SavedView:
    asked = {"list": "risk-list", "query": EXTREME, "name": "Extreme ones"} | given
    return services.save_view(**asked, by=by, now=NOW)  # type: ignore[arg-type]


def test_what_is_kept_is_what_filters_the_list_and_nothing_else(ladder: Ladder) -> None:
    icb = ladder.actor(ladder.icb)
    view = save(icb, query="?page=4&sort=newest&band=EXTREME&band=HIGH&do=answer&theme=&spy=1")
    assert view.query == "band=EXTREME&band=HIGH&sort=newest"
    assert save(icb, list="triage", query="handler=mine", name="Mine").path == "/triage/?handler=mine"
    assert save(icb, query="search=letters&sort=best", name="Letters").query == "search=letters&sort=best"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"query": "band=NONSENSE"}, "query"),
        ({"query": "page=2"}, "query"),
        ({"query": "organisation=NOBODY"}, "query"),
        ({"list": "people"}, "list"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
    ],
)
def test_what_filters_nothing_is_refused_with_a_reason(ladder: Ladder, given: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        save(ladder.actor(ladder.icb), **given)
    assert field in error.value.message_dict


def test_an_organisation_whose_risks_are_not_seen_is_no_filter(ladder: Ladder) -> None:
    ladder.risk(reach="1")
    code = ladder.provider.ods_code
    with pytest.raises(ValidationError):
        save(ladder.actor(ladder.icb), query=f"organisation={code}")
    assert save(ladder.actor(ladder.provider), query=f"organisation={code}").query == f"organisation={code}"


def test_a_name_is_read_for_what_may_identify_a_patient(ladder: Ladder) -> None:
    with pytest.raises(ConfirmationNeeded):
        save(ladder.actor(ladder.icb), name=BORN)


def test_a_private_view_is_ones_own_and_a_shared_one_the_organisations(ladder: Ladder) -> None:
    one, other, elsewhere = ladder.actor(ladder.icb), ladder.actor(ladder.icb), ladder.actor(ladder.region)
    private, shared = save(one), save(one, is_shared=True)
    assert set(SavedView.objects.visible_to(one)) == {private, shared}
    assert set(SavedView.objects.visible_to(other)) == {shared}
    assert not SavedView.objects.visible_to(elsewhere).exists()
    assert not SavedView.objects.visible_to(ladder.actor(ladder.icb, Role.ADMINISTRATOR)).exists()
    with pytest.raises(ValidationError, match="shares a view of this list with this name"):
        save(other, is_shared=True)
    with pytest.raises(PermissionDenied):
        services.change_view(view=shared, name="Theirs", by=ladder.actor(ladder.icb, Role.VIEWER), now=NOW)
    with pytest.raises(PermissionDenied):
        services.delete_view(view=private, by=other, now=NOW)


def test_a_colleague_who_makes_a_shared_view_private_has_it(ladder: Ladder) -> None:
    one, other = ladder.actor(ladder.icb), ladder.actor(ladder.icb)
    view = save(one, is_shared=True)
    services.change_view(view=view, name="Ours", is_shared=False, by=other, now=NOW)
    assert not SavedView.objects.visible_to(one).exists()
    assert SavedView.objects.visible_to(other).get().name == "Ours"
    with pytest.raises(services.NoSuchView):
        services.delete_view(view=view, by=one, now=NOW)
    recorded = AuditEvent.objects.filter(subject_id=str(view.pk)).order_by("written_at")
    assert list(recorded.values_list("verb", flat=True)) == ["save_view", "change_view"]


def test_whoever_leaves_takes_their_own_views_and_leaves_the_shared_ones(ladder: Ladder) -> None:
    leaver, stays = ladder.actor(ladder.icb), ladder.actor(ladder.icb)
    administrator = ladder.actor(ladder.icb, Role.ADMINISTRATOR)
    save(leaver)
    shared = save(leaver, is_shared=True)
    accounts.end_membership(membership=leaver.membership, by=administrator, now=NOW)
    assert list(SavedView.objects.all()) == [shared]
    services.delete_view(view=shared, by=stays, now=NOW)
    assert not SavedView.objects.exists()


def test_they_are_part_of_what_the_register_holds_about_a_person(ladder: Ladder) -> None:
    icb = ladder.actor(ladder.icb)
    save(icb)
    with zipfile.ZipFile(io.BytesIO(zipped(Whole.MINE, icb, NOW))) as package:
        (row,) = [json.loads(line) for line in package.read("saved-views.jsonl").splitlines()]
    assert (row["name"], row["query"]) == ("Extreme ones", EXTREME)


def test_a_view_is_saved_from_its_list_and_stands_above_it(ladder: Ladder) -> None:
    icb = visitor(ladder.actor(ladder.icb))
    page = icb.get(f"/risks/?{EXTREME}").content.decode()
    link = page.partition('href="/saved-views/add/')[2].partition('"')[0].replace("&amp;", "&")
    assert "Save these filters as a view" in words(icb.get("/saved-views/add/" + link))
    body = {"list": "risk-list", "query": EXTREME, "name": "Extreme ones", "is_shared": "yes"}
    done = icb.post("/saved-views/add/", body)
    assert (done.status_code, done["Location"]) == (303, f"/risks/?{EXTREME}")
    page = icb.get("/risks/?sort=newest&band=EXTREME").content.decode()
    assert f'href="/risks/?{EXTREME.replace("&", "&amp;")}" aria-current="true">Extreme ones' in page
    assert "Save these filters" not in page
    again = icb.post("/saved-views/add/", body)
    assert again.status_code == 422
    assert "shares a view of this list with this name already" in words(again)
    assert icb.get("/saved-views/add/?list=people&query=x")["Location"] == "/saved-views/"


def test_it_is_renamed_shared_and_deleted_on_its_page(ladder: Ladder) -> None:
    actor = ladder.actor(ladder.icb)
    icb, view = visitor(actor), save(actor)
    assert "Extreme ones" in words(icb.get("/saved-views/"))
    changed = icb.post(f"/saved-views/{view.pk}/", {"name": "The worst", "is_shared": "yes"})
    assert changed.status_code == 303
    assert "The worst Shared" in words(visitor(ladder.actor(ladder.icb)).get("/saved-views/"))
    assert icb.post(f"/saved-views/{view.pk}/delete/").status_code == 303
    assert "Nobody has saved a view" in words(icb.get("/saved-views/"))


def test_a_shared_view_shows_its_reader_what_they_may_see(ladder: Ladder) -> None:
    """It holds filters, and no rows."""
    icb, viewer = ladder.actor(ladder.icb), ladder.actor(ladder.icb, Role.VIEWER)
    view = save(icb, is_shared=True, query="status=OPEN")
    risk = ladder.risk(reach="1", title="Local to the hospital")
    assert risk.title not in words(visitor(viewer).get(view.path))
