"""The table of organisations, and loading it into the register."""

from collections import Counter
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from accounts import ods
from accounts.models import Level, Membership, Organisation, Role, Succession, User
from accounts.services_ods import load_organisations
from risks.models import Risk
from safetyreg.audit.models import AuditEvent

NOW = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
BY_CODE = {row.ods_code: row for row in ods.rows()}
ABOVE = {Level.PROVIDER: Level.ICB, Level.ICB: Level.REGION, Level.REGION: Level.NATIONAL}


class TestTheTable:
    def test_it_holds_the_whole_ladder(self):
        counts = Counter((row.level, row.closed_on is None) for row in BY_CODE.values())
        assert counts[Level.NATIONAL, True] == 1
        assert counts[Level.REGION, True] == 7
        assert counts[Level.ICB, True] == 36
        assert counts[Level.ICB, False] == 12
        assert counts[Level.PROVIDER, True] > 500

    def test_each_code_is_there_once(self):
        assert len(ods.rows()) == len(BY_CODE)

    def test_every_open_organisation_is_below_an_open_one_of_the_next_level(self):
        for row in BY_CODE.values():
            if row.closed_on is None and row.level != Level.NATIONAL:
                parent = BY_CODE[row.parent]
                assert (parent.level, parent.closed_on) == (ABOVE[row.level], None), row

    def test_every_closed_organisation_was_below_one_of_the_next_level(self):
        closed = [row for row in BY_CODE.values() if row.closed_on]
        assert {BY_CODE[row.parent].level == ABOVE[row.level] for row in closed} == {True}

    def test_the_only_organisation_without_a_parent_is_nhs_england(self):
        assert [row.ods_code for row in BY_CODE.values() if not row.parent] == ["X24"]

    def test_a_parent_comes_before_its_children(self):
        seen = set()
        for row in ods.rows():
            assert not row.parent or row.parent in seen
            seen.add(row.ods_code)

    def test_the_closed_boards_have_an_open_successor(self):
        successors = {}
        for row in ods.successions():
            successors.setdefault(row.predecessor, []).append(BY_CODE[row.successor])
        for row in BY_CODE.values():
            if row.level == Level.ICB and row.closed_on:
                assert row.closed_on == date(2026, 3, 31)
                assert all(successor.closed_on is None for successor in successors[row.ods_code])

    def test_three_boards_were_split_and_their_parts_are_told_apart(self):
        parts = Counter(row.predecessor for row in ods.successions())
        assert {code for code, number in parts.items() if number > 1} == {"QJG", "QM7", "QNQ"}
        assert all(row.scope for row in ods.successions() if parts[row.predecessor] > 1)

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("RP4", "Great Ormond Street Hospital for Children NHS Foundation Trust"),
            ("RTD", "The Newcastle upon Tyne Hospitals NHS Foundation Trust"),
            ("QNC", "NHS Staffordshire and Stoke-on-Trent Integrated Care Board"),
            ("RJ1", "Guy's and St Thomas' NHS Foundation Trust"),
            ("X24", "NHS England"),
        ],
    )
    def test_names_are_written_as_people_write_them(self, code, name):
        assert BY_CODE[code].name == name

    def test_no_name_shouts_or_capitalises_little_words(self):
        for row in BY_CODE.values():
            assert not {"And", "Of", "For", "Nhs"} & set(row.name.split()[1:]), row.name
            assert not row.name.isupper(), row.name


def use_table(monkeypatch, **changes):
    """Load from a table in which some rows say something else, keyed by ODS code."""
    changed = [row.__class__(**{**vars(row), **changes.get(row.ods_code, {})}) for row in ods.rows()]
    monkeypatch.setattr(ods, "rows", lambda: changed)


@pytest.mark.django_db
class TestLoading:
    @pytest.fixture(autouse=True)
    def _loaded(self):
        self.first = load_organisations(now=NOW)

    def test_the_register_then_holds_the_table(self):
        assert Organisation.objects.count() == self.first.added == len(BY_CODE)
        assert Succession.objects.count() == self.first.successions == len(ods.successions())
        trust = Organisation.objects.get(ods_code="RA7")
        assert trust.name == "Bristol NHS Foundation Trust"
        assert [trust.parent.ods_code, trust.parent.parent.ods_code, trust.parent.parent.parent.ods_code] == [
            "QUY",
            "Y58",
            "X24",
        ]

    def test_closed_organisations_are_there_and_closed(self):
        assert not Organisation.objects.get(ods_code="QH8").is_open
        assert Organisation.objects.open().filter(level=Level.ICB).count() == 36

    def test_loading_again_changes_nothing(self, django_assert_max_num_queries):
        before = list(Organisation.objects.order_by("pk").values())
        written = AuditEvent.objects.count()
        with django_assert_max_num_queries(5):
            again = load_organisations(now=LATER)
        assert (again.added, again.changed, again.successions, again.unchanged) == (0, 0, 0, len(BY_CODE))
        assert list(Organisation.objects.order_by("pk").values()) == before
        assert AuditEvent.objects.count() == written

    def test_a_changed_name_and_parent_are_taken_over_and_recorded(self, monkeypatch):
        use_table(monkeypatch, RPG={"name": "Oxleas and Friends NHS Foundation Trust", "parent": "QKK"})
        assert load_organisations(now=LATER).changed == 1
        trust = Organisation.objects.get(ods_code="RPG")
        assert (trust.name, trust.parent.ods_code) == ("Oxleas and Friends NHS Foundation Trust", "QKK")
        event = AuditEvent.objects.get(subject_id=str(trust.pk), verb="change_organisation")
        assert event.at == LATER
        assert event.details["name"] == ["Oxleas NHS Foundation Trust", "Oxleas and Friends NHS Foundation Trust"]

    def test_duty_contacts_are_left_alone(self, monkeypatch):
        Organisation.objects.filter(ods_code="RA7").update(duty_email="duty@example.nhs.uk", duty_phone="0117 496 0000")
        use_table(monkeypatch, RA7={"name": "Bristol Hospitals NHS Foundation Trust"})
        load_organisations(now=LATER)
        trust = Organisation.objects.get(ods_code="RA7")
        assert (trust.name, trust.duty_email, trust.duty_phone) == (
            "Bristol Hospitals NHS Foundation Trust",
            "duty@example.nhs.uk",
            "0117 496 0000",
        )

    def test_an_organisation_that_is_not_in_the_table_is_left_alone(self):
        board = Organisation.objects.get(ods_code="QUY")
        Organisation.objects.create(
            ods_code="ZZ9", name="A new trust", level=Level.PROVIDER, kind="NHS_TRUST", parent=board
        )
        load_organisations(now=LATER)
        assert Organisation.objects.get(ods_code="ZZ9").name == "A new trust"

    def test_an_organisation_closes_when_nobody_acts_for_it(self, monkeypatch):
        use_table(monkeypatch, RA7={"closed_on": date(2026, 8, 1)})
        assert load_organisations(now=LATER).still_open == []
        assert Organisation.objects.get(ods_code="RA7").closed_on == date(2026, 8, 1)

    def test_an_organisation_with_members_stays_open_and_is_named(self, monkeypatch):
        user = User.objects.create_user("ada@example.nhs.uk", "a long enough password", name="Ada Byron")
        trust = Organisation.objects.get(ods_code="RA7")
        Membership.objects.create(user=user, organisation=trust, role=Role.SAFETY_LEAD, started_at=NOW)
        use_table(monkeypatch, RA7={"closed_on": date(2026, 8, 1)})
        errors = StringIO()
        call_command("load_organisations", stdout=StringIO(), stderr=errors)
        assert Organisation.objects.get(ods_code="RA7").is_open
        assert "Bristol NHS Foundation Trust (RA7): 1 current members. Hand these over first" in errors.getvalue()

    def test_an_organisation_with_open_risks_and_clocks_stays_open_and_says_so(self, monkeypatch, ladder):
        lead = ladder.actor(Organisation.objects.get(ods_code="RA7"))
        ladder.risk(lead)
        use_table(monkeypatch, RA7={"closed_on": date(2026, 8, 1)})
        said = load_organisations(now=LATER).still_open
        assert "1 current members, 1 risks that are not closed, 1 live deadlines" in said[0]

    def test_the_new_icb_of_a_trust_sees_its_risks_and_the_old_one_no_longer_does(self, monkeypatch, ladder):
        trust = Organisation.objects.select_related("parent").get(ods_code="RA7")
        risk = ladder.risk(ladder.actor(trust), reach="2")
        old, new = trust.parent, Organisation.objects.get(ods_code="QJK")
        use_table(monkeypatch, RA7={"parent": "QJK"})
        load_organisations(now=LATER)
        assert Risk.objects.visible_to(ladder.actor(new)).contains(risk)
        assert not Risk.objects.visible_to(ladder.actor(old)).contains(risk)

    def test_the_command_says_what_it_did(self):
        output = StringIO()
        call_command("load_organisations", stdout=output)
        assert output.getvalue() == "Organisations: 0 added, 0 changed, 709 unchanged. Successions: 0 added.\n"
