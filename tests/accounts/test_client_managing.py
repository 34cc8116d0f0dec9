"""Looking after API clients: who may, what makes no sense, who answers for them, and what becomes of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import services
from accounts.models import Client, Membership, Role, User
from tests import clients
from tests.factories import NOW, MembershipFactory

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.clients import System
    from tests.ladder import Ladder

LATER = timedelta(minutes=15)

pytestmark = pytest.mark.usefixtures("clock")


def test_only_administrators_of_the_organisation_manage_its_clients(feed: System, ladder: Ladder) -> None:
    for by in (ladder.actor(ladder.provider), ladder.actor(ladder.icb, Role.ADMINISTRATOR)):
        for change in (
            lambda by: services.revoke_client(client=feed.client, by=by, now=NOW),
            lambda by: services.rotate_secret(client=feed.client, overlap=timedelta(), by=by, now=NOW),
            lambda by: services.change_client(
                client=feed.client, scopes=["read"], responsible=feed.client.responsible, by=by, now=NOW
            ),
        ):
            with pytest.raises(PermissionDenied):
                change(by)
    with pytest.raises(PermissionDenied):
        clients.add_system(by=ladder.actor(ladder.provider))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"role": "ADMINISTRATOR"}, "role"),
        ({"role": "OWNER"}, "role"),
        ({"scopes": ()}, "scopes"),
        ({"scopes": ("administer",)}, "scopes"),
        ({"rate_limit": 0}, "rate_limit"),
    ],
)
def test_a_client_that_makes_no_sense_is_not_added(administrator: Actor, wrong: dict, field: str) -> None:
    before = User.objects.count()
    with pytest.raises(ValidationError) as refused:
        clients.add_system(by=administrator, responsible=_reporter(administrator), **wrong)
    assert field in refused.value.message_dict
    assert (Client.objects.count(), User.objects.filter(is_system=True).count()) == (0, 0)
    assert User.objects.count() == before + 1


def _reporter(by: Actor) -> User:
    return MembershipFactory(organisation=by.organisation, role=Role.REPORTER).user


def test_whoever_is_responsible_is_somebody_who_can_own_risks_there(administrator: Actor, ladder: Ladder) -> None:
    viewer = MembershipFactory(organisation=ladder.provider, role=Role.VIEWER).user
    elsewhere = MembershipFactory(organisation=ladder.icb).user
    for person in (viewer, elsewhere, administrator.user):
        with pytest.raises(ValidationError) as refused:
            clients.add_system(by=administrator, responsible=person)
        assert "responsible" in refused.value.message_dict


def test_two_clients_in_use_have_two_names(feed: System, administrator: Actor) -> None:
    with pytest.raises(ValidationError) as refused:
        clients.add_system(by=administrator)
    assert "name" in refused.value.message_dict
    services.revoke_client(client=feed.client, by=administrator, now=NOW)
    clients.add_system(by=administrator)


def test_nothing_acts_newly_for_an_organisation_that_has_closed(administrator: Actor) -> None:
    person = _reporter(administrator)
    type(administrator.organisation).objects.filter(pk=administrator.organisation_id).update(closed_on=NOW.date())
    with pytest.raises(services.OrganisationClosed):
        clients.add_system(by=administrator, responsible=person)


def test_a_client_of_an_organisation_that_closed_reads_and_writes_nothing(feed: System) -> None:
    feed.get_token()
    type(feed.client.organisation).objects.filter(pk=feed.client.organisation_id).update(closed_on=NOW.date())
    assert feed.get("risks/").status_code == 200
    assert feed.post("risks/", title="x").status_code == 403


def test_whoever_is_responsible_hands_over_before_they_leave(feed: System, administrator: Actor) -> None:
    member = Membership.objects.get(user=feed.client.responsible)
    with pytest.raises(services.StillHolds):
        services.end_membership(membership=member, by=administrator, now=NOW)
    other = _reporter(administrator)
    services.end_membership(membership=member, hand_to=other, by=administrator, now=NOW)
    feed.client.refresh_from_db()
    assert feed.client.responsible == other


def test_every_change_is_in_the_audit_trail_without_a_secret(feed: System, administrator: Actor) -> None:
    from safetyreg.audit.models import AuditEvent

    issued = services.rotate_secret(client=feed.client, overlap=timedelta(hours=1), by=administrator, now=NOW)
    services.revoke_client(client=feed.client, by=administrator, now=NOW)
    events = AuditEvent.objects.filter(subject_type="accounts.client").order_by("written_at")
    assert [event.verb for event in events] == ["add_client", "rotate_client_secret", "revoke_client"]
    assert all(event.by == administrator.user for event in events)
    assert issued.secret not in json.dumps([[event.summary, event.details] for event in events])
