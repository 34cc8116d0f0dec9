"""The dry run: what would become of each row, and what is wrong with it, next to its row and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role
from risks.importing import services as importing
from risks.importing.services import receiving
from risks.models import ImportSource, Risk
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW
from tests.risks.importing.sending import as_csv, bring_in, confirm, outcomes, remarks, row, send

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

NHS_NUMBER = "943 476 5919"


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def test_nothing_is_logged_until_it_is_confirmed(lead: Actor) -> None:
    batch = send(lead, as_csv(row(1), row(2)))
    assert (batch.status, batch.counts["ADD"], Risk.objects.count()) == ("CHECKED", 2, 0)
    assert confirm(batch, lead).status == "DONE"
    assert Risk.objects.count() == 2


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER, Role.ADMINISTRATOR])
def test_only_a_safety_lead_imports(ladder: Ladder, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        send(ladder.actor(ladder.provider, role), as_csv(row()))


def test_what_is_wrong_stands_beside_its_row_and_column(lead: Actor) -> None:
    batch = send(
        lead,
        as_csv(
            row(1, Theme="Weather"),
            row(2, Cause=""),
            row(3, Likelihood="4 - Rare"),
            row(4, Owner="stranger@test.example"),
            row(5, Involved="ZZ999"),
            row(1),
            row(7, Title="x" * 151),
        ),
    )
    said = remarks(batch)
    assert set(outcomes(batch).values()) == {"REFUSED"}
    assert said[2][0][1:] == (
        "Theme",
        "“Weather” is not in the list. Use one of the codes 1 to 8, or its words",
    )
    assert said[3][0][1:] == ("Cause", "Enter the cause: why this could happen")
    assert said[4][0][1:] == ("Likelihood", "“4 - Rare” says two things: 4 is “Likely”. Correct one of them")
    assert said[5][0][1:] == (
        "Owner",
        "Nobody with this e-mail address works for your organisation and can own a risk",
    )
    assert said[6][0][1:] == ("Involved", "There is no organisation “ZZ999” in the list. Use its ODS code")
    assert said[7][0][1:] == ("ID", "Row 2 has the same reference")
    assert said[8][0][1:] == ("Title", "Shorten this to 150 characters")


def test_all_or_nothing_imports_nothing_when_a_row_is_refused(lead: Actor) -> None:
    """A bad import changes nothing (promise 7)."""
    batch = bring_in(lead, row(1), row(2, Effect=""))
    assert (batch.status, Risk.objects.count()) == ("REFUSED", 0)
    assert batch.words == "1 row was refused, and it was to be all or nothing. Nothing was imported"
    assert batch.file is None
    assert list(batch.rows.values_list("risk", flat=True)) == [None, None]


def test_by_choice_the_rows_that_are_right_are_imported(lead: Actor) -> None:
    batch = bring_in(lead, row(1), row(2, Effect=""), all_or_nothing=False)
    assert (batch.status, batch.counts["ADD"], batch.counts["REFUSED"]) == ("DONE", 1, 1)
    assert Risk.objects.get().external_reference == "1"


def test_an_nhs_number_is_refused_and_not_kept(lead: Actor) -> None:
    batch = send(lead, as_csv(row(1, Cause=f"Patient {NHS_NUMBER} had no letter")))
    [(kind, column, words)] = remarks(batch)[2]
    assert (kind, column) == ("error", "Cause")
    assert words == "This looks like an NHS number. Remove it: nothing in the register may say who a patient is"


def test_what_may_identify_a_patient_has_to_be_looked_at(lead: Actor) -> None:
    data = as_csv(row(1, Cause="Ring 020 7946 0018 for letters"), row(2, Event="Write to a.b@test.example"))
    batch = send(lead, data, all_or_nothing=False)
    assert remarks(batch)[2] == [("find", "Cause", "This may be a phone number: 020 7946 0018")]
    assert batch.counts["finds"] == 2
    batch = confirm(batch, lead, rows_checked=[3])
    assert outcomes(batch) == {2: "REFUSED", 3: "ADD"}
    assert remarks(batch)[2] == [("find", "Cause", "This may identify a patient, and nobody said that it does not")]
    done = confirm(send(lead, data), lead, personal_data_checked=True)
    assert done.counts["ADD"] == 1
    assert Risk.objects.count() == 2


def test_a_source_remembers_what_its_columns_and_words_mean(lead: Actor) -> None:
    odd = {("What" if name == "Title" else name): text for name, text in row(1, Likelihood="Frequent").items()}
    batch = send(lead, as_csv(odd))
    assert remarks(batch)[2][0][1] == "Likelihood"
    batch = importing.match(
        batch=batch,
        columns_hold={"What": "title"},
        words_mean={"likelihood": {"Frequent": "5"}},
        by=lead,
        now=NOW,
    )
    assert outcomes(batch) == {2: "ADD"}
    again = send(lead, as_csv(odd | {"ID": "2"}))
    assert outcomes(again) == {2: "ADD"}
    assert ImportSource.objects.get().values == {"likelihood": {"frequent": "5"}}


def test_sources_are_the_organisations_own(ladder: Ladder, lead: Actor) -> None:
    bring_in(lead, row(1))
    neighbour = ladder.actor(ladder.neighbour)
    bring_in(neighbour, row(1))
    assert ImportSource.objects.count() == 2
    assert Risk.objects.filter(external_reference="1").count() == 2


def test_two_sources_of_one_organisation_may_use_the_same_numbers(lead: Actor) -> None:
    bring_in(lead, row(1))
    bring_in(lead, row(1), source="Radar")
    assert sorted(Risk.objects.values_list("source__name", flat=True)) == ["Datix", "Radar"]


def test_what_is_closed_in_the_source_is_not_logged(lead: Actor) -> None:
    batch = bring_in(lead, row(1, Status="Closed"), row(2, Status="Open"))
    assert outcomes(batch) == {2: "LEFT_OUT", 3: "ADD"}


def test_each_step_is_recorded(lead: Actor) -> None:
    bring_in(lead, row(1), row(2))
    said = list(
        AuditEvent.objects.filter(subject_type="risks.importbatch").order_by("written_at").values_list("summary")
    )
    assert said == [
        ("sent risks.csv from Datix to be imported",),
        ("imported risks.csv from Datix: 2 logged",),
    ]


def test_a_file_that_nobody_imports_is_thrown_away(lead: Actor) -> None:
    batch = send(lead, as_csv(row(1)))
    importing.work(now=batch.expires_at)
    batch.refresh_from_db()
    assert (batch.status, batch.file, batch.rows.count(), Risk.objects.count()) == ("EXPIRED", None, 0, 0)


def test_an_import_of_somebody_who_left_meanwhile_does_nothing(lead: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("risks.importing.services.receiving.AT_ONCE", 10)
    batch = send(lead, as_csv(row(1)))
    batch = importing.confirm(batch=batch, by=lead, now=NOW)
    lead.membership.ended_at = NOW
    lead.membership.save()
    importing.work(now=NOW)
    batch.refresh_from_db()
    assert (batch.status, Risk.objects.count()) == ("FAILED", 0)


def test_one_that_keeps_being_interrupted_is_given_up_and_says_so(lead: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("risks.importing.services.receiving.AT_ONCE", 10)
    batch = send(lead, as_csv(row(1)))
    batch = importing.confirm(batch=batch, by=lead, now=NOW)

    def killed(*_: object, **__: object) -> None:
        raise RuntimeError("killed halfway")

    monkeypatch.setattr("risks.importing.many.deadlines.start_on_new", killed)
    for _ in range(4):
        importing.work(now=NOW)
    batch.refresh_from_db()
    assert (batch.status, Risk.objects.count()) == ("FAILED", 0)
    assert batch.words.startswith("The import was interrupted 3 times")


def test_an_owner_who_left_meanwhile_is_named_as_the_reason(
    ladder: Ladder, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "AT_ONCE", 0)
    colleague = ladder.actor(ladder.provider)
    batch = importing.receive(
        source="Datix", file_name="a.csv", data=as_csv(row(1)), owner=colleague.user, dry_run=False, by=lead, now=NOW
    )
    type(colleague.membership).objects.filter(pk=colleague.membership.pk).update(ended_at=NOW)
    importing.work(now=NOW)
    batch.refresh_from_db()
    assert (batch.status, batch.words) == (
        "FAILED",
        "Choose somebody who works for Test Royal Hospital and can act on this. Nothing was imported",
    )
    assert not Risk.objects.exists()
