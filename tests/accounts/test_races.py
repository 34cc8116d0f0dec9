"""Two people doing things at once: somebody leaves while something is given to them, an invitation accepted twice.

Each test stops one of the two in the middle of its transaction, lets the other start, and looks at what came of it.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from accounts import holdings, services
from accounts.actors import Actor
from accounts.models import AccountEmail, Invitation, Membership, Role, User
from accounts.services.locking import MembershipEnded
from risks import services as risks
from risks.models import Risk
from safetyreg.errors import DomainError
from tests import ladder as ladder_module
from tests.factories import NOW, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 20


@pytest.fixture
def ladder(transactional_db: None) -> Ladder:
    return ladder_module.build()


@pytest.fixture
def admin(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.ADMINISTRATOR)


class AtOnce(threading.Thread):
    """Does one thing on a database connection of its own, and keeps what came of it."""

    def __init__(self, do: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.do, self.result, self.error, self.backend = do, None, None, threading.Event()
        self.start()

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (self.pid,) = cursor.fetchone()
            self.backend.set()
            self.result = self.do()
        except Exception as error:
            self.error = error
        finally:
            connections.close_all()

    def waits(self) -> None:
        """Returns once the thread waits for a lock that somebody else holds."""
        assert self.backend.wait(LONG)
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.pid])
                if cursor.fetchone()[0]:
                    return
        raise AssertionError("It never had to wait")

    def done(self) -> AtOnce:
        self.join(LONG)
        assert not self.is_alive()
        return self


def end(leaver: Actor, admin: Actor, hand_to: User | None = None) -> Membership:
    return services.end_membership(membership=leaver.membership, hand_to=hand_to, by=admin, now=NOW)


def hand_over(risk: Risk, to: Actor, by: Actor) -> Risk:
    return risks.hand_over_risk(risk=risk, to=to.user, by=by, now=NOW)


def owners_are_members() -> bool:
    return all(
        Membership.objects.live().filter(user=risk.owner, organisation=risk.organisation).exists()
        for risk in Risk.objects.all()
    )


def test_a_risk_given_first_keeps_its_new_owner_from_leaving(ladder: Ladder, admin: Actor) -> None:
    leaver, lead = ladder.actor(ladder.provider), ladder.actor(ladder.provider)
    risk = ladder.risk(lead)
    with transaction.atomic():
        hand_over(risk, leaver, lead)
        ending = AtOnce(lambda: end(leaver, admin))
        ending.waits()
    assert isinstance(ending.done().error, services.StillHolds)
    risk.refresh_from_db()
    assert risk.owner == leaver.user
    assert Membership.objects.live().filter(pk=leaver.membership.pk).exists()


def test_nothing_can_be_given_to_somebody_whose_membership_is_ending(ladder: Ladder, admin: Actor) -> None:
    leaver, lead = ladder.actor(ladder.provider), ladder.actor(ladder.provider)
    risk = ladder.risk(lead)
    with transaction.atomic():
        end(leaver, admin)
        giving = AtOnce(lambda: hand_over(risk, leaver, lead))
        giving.waits()
    assert isinstance(giving.done().error, ValidationError)
    risk.refresh_from_db()
    assert risk.owner == lead.user


@pytest.mark.parametrize("how", ["lowered", "closed"])
def test_nor_to_somebody_who_is_just_losing_the_role_or_the_account(ladder: Ladder, admin: Actor, how: str) -> None:
    leaver, lead = ladder.actor(ladder.provider), ladder.actor(ladder.provider)
    risk = ladder.risk(lead)
    with transaction.atomic():
        if how == "lowered":
            services.set_role(membership=leaver.membership, role=Role.VIEWER, by=admin, now=NOW)
        else:
            services.deactivate(membership=leaver.membership, by=admin, now=NOW)
        giving = AtOnce(lambda: hand_over(risk, leaver, lead))
        giving.waits()
    assert isinstance(giving.done().error, ValidationError)


def test_handing_over_many_risks_and_giving_one_of_them_do_not_deadlock(
    ladder: Ladder, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever ends a membership locks all its risks before any membership; the other holds one of those and waits."""
    leaver, heir, lead = (ladder.actor(ladder.provider) for _ in range(3))
    owned = sorted((ladder.risk(leaver) for _ in range(3)), key=lambda risk: risk.pk)
    locked, go_on = threading.Event(), threading.Event()
    real = holdings.lock_behind

    def stop_after_locking(*args: Any) -> None:
        real(*args)
        locked.set()
        assert go_on.wait(LONG)

    monkeypatch.setattr(holdings, "lock_behind", stop_after_locking)
    ending = AtOnce(lambda: end(leaver, admin, heir.user))
    assert locked.wait(LONG)
    giving = AtOnce(lambda: hand_over(owned[-1], heir, lead))
    giving.waits()
    go_on.set()
    assert ending.done().error is None
    assert giving.done().error is None
    assert owners_are_members()


def test_two_who_hand_over_to_each_other_take_turns(ladder: Ladder, admin: Actor) -> None:
    first, second = ladder.actor(ladder.provider), ladder.actor(ladder.provider)
    other_admin = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    ladder.risk(first)
    ladder.risk(second)
    with transaction.atomic():
        end(first, admin, second.user)
        crossing = AtOnce(lambda: end(second, other_admin, first.user))
        crossing.waits()
    assert isinstance(crossing.done().error, ValidationError)
    assert owners_are_members()


def test_two_administrators_cannot_end_each_other(ladder: Ladder, admin: Actor) -> None:
    other = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    with transaction.atomic():
        end(other, admin)
        crossing = AtOnce(lambda: end(admin, other))
        crossing.waits()
    assert isinstance(crossing.done().error, services.LastAdministrator)
    assert Membership.objects.live().filter(role=Role.ADMINISTRATOR).count() == 1


def test_ending_a_membership_twice_at_once_ends_it_once(ladder: Ladder, admin: Actor) -> None:
    leaver = ladder.actor(ladder.provider)
    with transaction.atomic():
        end(leaver, admin)
        again = AtOnce(lambda: end(leaver, admin))
        again.waits()
    assert isinstance(again.done().error, MembershipEnded)


def invited(admin: Actor, email: str = "new@trust.example", role: Role = Role.VIEWER) -> Invitation:
    return services.invite(email=email, role=role, by=admin, now=NOW)


def join(invitation: Invitation) -> Membership:
    return services.accept_as_new_person(
        invitation=invitation, name="Noor", password="seven wooden boats at noon", now=NOW
    )


def test_an_invitation_accepted_twice_at_once_makes_one_member(ladder: Ladder, admin: Actor) -> None:
    invitation = invited(admin)
    with transaction.atomic():
        join(invitation)
        again = AtOnce(lambda: join(invitation))
        again.waits()
    assert "was accepted" in str(again.done().error)
    assert Membership.objects.filter(user__email="new@trust.example").count() == 1


def test_two_invitations_of_one_new_person_make_one_account(ladder: Ladder, admin: Actor) -> None:
    here = invited(admin)
    there = invited(ladder.actor(ladder.icb, Role.ADMINISTRATOR))
    with transaction.atomic():
        join(here)
        second = AtOnce(lambda: join(there))
        second.waits()
    assert isinstance(second.done().error, DomainError)
    assert "Sign in, and then accept" in str(second.error)
    there.refresh_from_db()
    assert there.accepted_at is None, "they can still accept it, signed in"


def test_an_invitation_withdrawn_at_the_same_moment_is_either_used_or_gone(ladder: Ladder, admin: Actor) -> None:
    invitation = invited(admin)
    with transaction.atomic():
        services.withdraw_invitation(invitation=invitation, by=admin, now=NOW)
        joining = AtOnce(lambda: join(invitation))
        joining.waits()
    assert "was withdrawn" in str(joining.done().error)
    assert not User.objects.filter(email="new@trust.example").exists()


def test_an_account_is_not_closed_under_somebody_who_is_just_joining_another_organisation(
    ladder: Ladder, admin: Actor
) -> None:
    person = ladder.actor(ladder.provider, email="both@trust.example")
    elsewhere = invited(ladder.actor(ladder.icb, Role.ADMINISTRATOR), "both@trust.example")
    with transaction.atomic():
        services.accept_invitation(invitation=elsewhere, user=person.user, now=NOW)
        closing = AtOnce(lambda: services.deactivate(membership=person.membership, by=admin, now=NOW))
        closing.waits()
    assert isinstance(closing.done().error, services.WorksElsewhere)
    person.user.refresh_from_db()
    assert person.user.is_active


def test_a_person_invited_twice_at_once_is_invited_once(ladder: Ladder, admin: Actor) -> None:
    with transaction.atomic():
        invited(admin)
        again = AtOnce(lambda: invited(admin))
        again.waits()
    assert isinstance(again.done().error, ValidationError)
    assert AccountEmail.objects.count() == 1


def test_many_guesses_at_once_are_all_counted(transactional_db: None) -> None:
    UserFactory(email="nurse@trust.example")

    def guess() -> None:
        services.sign_in(email="nurse@trust.example", password="wrong", place="192.0.2.1", now=NOW)

    guesses = [AtOnce(guess).done() if number < 8 else AtOnce(guess) for number in range(14)]
    refused = [one for one in guesses if isinstance(one.done().error, services.TooManyAttempts)]
    assert len(refused) >= 4
