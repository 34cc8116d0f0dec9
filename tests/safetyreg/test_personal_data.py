"""What is refused, what is asked about, and what is let through, in the texts of a safety register."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from safetyreg.errors import ConfirmationNeeded
from safetyreg.personal_data import screen


def refused(text, **kwargs):
    with pytest.raises(ValidationError) as caught:
        screen(checked=False, event=text, **kwargs)
    return caught.value.message_dict


def asked(text):
    with pytest.raises(ConfirmationNeeded) as caught:
        screen(checked=False, event=text)
    return caught.value.finds["event"]


def nhs_number(nine):
    """Nine digits and their check digit, or None where there is none; written out the long way."""
    n = [int(digit) for digit in nine]
    total = 10 * n[0] + 9 * n[1] + 8 * n[2] + 7 * n[3] + 6 * n[4] + 5 * n[5] + 4 * n[6] + 3 * n[7] + 2 * n[8]
    check = 11 - total % 11
    return None if check == 10 else nine + str(0 if check == 11 else check)


NHS_NUMBERS = st.text("0123456789", min_size=9, max_size=9).map(nhs_number).filter(bool)
SEPARATORS = st.sampled_from(["", " ", "-", "  ", " - ", ".", "\u00a0", "\u2011", "\u2013", "\u202f", "\n", "\u200b"])
NOISE = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=30).filter(
    lambda text: not any(character.isnumeric() for character in text)
)
FULL_WIDTH = str.maketrans("0123456789", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19")


class TestNhsNumbers:
    @settings(max_examples=1500, deadline=None)
    @given(before=NOISE, number=NHS_NUMBERS, one=SEPARATORS, two=SEPARATORS, wide=st.booleans(), after=NOISE)
    @example(before="Patient ", number="9434765919", one=" ", two=" ", wide=False, after=", bed 7")
    def test_every_valid_number_in_any_noise_is_refused(self, before, number, one, two, wide, after):
        written = number[:3] + one + number[3:6] + two + number[6:]
        text = before + (written.translate(FULL_WIDTH) if wide else written) + after
        assert f"{number[:3]} {number[3:6]} {number[6:]}" in refused(text)["event"][0]

    @settings(max_examples=300, deadline=None)
    @given(number=NHS_NUMBERS, wrong=st.integers(1, 9))
    def test_a_number_with_a_wrong_check_digit_is_let_through(self, number, wrong):
        spoiled = number[:9] + str((int(number[9]) + wrong) % 10)
        screen(checked=True, event=f"Order {spoiled} was lost")

    def test_the_message_says_what_and_what_to_do(self):
        message = refused("Mrs A (943-476-5919) was sent home")["event"][0]
        assert message.startswith("This looks like an NHS number (943 476 5919). Remove it: ")

    def test_it_is_refused_even_when_checked(self):
        with pytest.raises(ValidationError):
            screen(checked=True, event="943 476 5919")

    def test_it_comes_before_a_question(self):
        with pytest.raises(ValidationError):
            screen(checked=False, title="Born 12 March 1957", event="943 476 5919")

    def test_each_field_has_its_own_message(self):
        messages = refused("9434765919 and again 943 476 5919", title="Ward handover", cause="401 023 2137")
        assert {field: len(found) for field, found in messages.items()} == {"event": 1, "cause": 1}

    @pytest.mark.parametrize(
        "text",
        [
            "NHS9434765919",
            "NHS no. 9434 765 919",
            "nhs number: 94-34-76-59-19",
            "9 4 3 4 7 6 5 9 1 9",
            "bed 12 943 476 5919",
            "943476 5919",
            "\u0669\u0664\u0663 \u0664\u0667\u0666 \u0665\u0669\u0661\u0669",
        ],
    )
    def test_other_ways_of_writing_it(self, text):
        assert "943 476 5919" in refused(text)["event"][0]

    @pytest.mark.parametrize(
        "text",
        [
            "19434765919",
            "94347659190",
            "943 476 59190",
            "943 476 591",
            "1 in 9434765 or 919",
            "call +44 943 476 5919",
            "call +44 (0) 943 476 5919",
            "call 0044 9434765919",
            "1 2 3 4 5 6 7 8 9 10 11 12",
        ],
    )
    def test_what_is_not_one(self, text):
        screen(checked=True, event=text)


class TestQuestions:
    @pytest.mark.parametrize(
        ("text", "quoted"),
        [
            ("The patient, 12/03/1957, was sent home", "12/03/1957"),
            ("Patient (12.03.1957) sent home", "12.03.1957"),
            ("12-3-1957", "12-3-1957"),
            ("12 03 1957", "12 03 1957"),
            ("1957-03-12", "1957-03-12"),
            ("12/03/57", "12/03/57"),
            ("12-03-57", "12-03-57"),
            ("12/03/08", "12/03/08"),
            ("12 March 1957", "12 March 1957"),
            ("12th of March, 1957", "12th of March, 1957"),
            ("12-Mar-57", "12-Mar-57"),
            ("3 Sept '57", "3 Sept '57"),
            ("MARCH 12, 1957", "MARCH 12, 1957"),
            ("she was born 12 March 1957", "12 March 1957"),
            ("a baby born on 3 November 2026", "3 November 2026"),
            ("born on the 3rd November 2026", "3rd November 2026"),
            ("DOB 03/11/26", "03/11/26"),
            ("D.O.B.: 3.11.26", "3.11.26"),
            ("date of birth is 3 Nov 2019", "3 Nov 2019"),
            ("DOB 12031957", "DOB 12031957"),
            ("DOB: March 1957", "DOB: March 1957"),
            ("date of birth 1957", "date of birth 1957"),
            ("\uff11\uff12/\uff10\uff13/\uff11\uff19\uff15\uff17", "12/03/1957"),
        ],
    )
    def test_a_date_of_birth(self, text, quoted):
        assert asked(text) == [f"This may be a date of birth: {quoted}"]

    @pytest.mark.parametrize(
        "number",
        [
            "07700 900123",
            "07700900123",
            "07700 900 123",
            "07700-900-123",
            "020 7946 0958",
            "(0161) 496 0000",
            "0161\u00a0496\u00a00000",
            "01632 96001",
            "0800 123 456",
            "+44 7700 900123",
            "+44 (0)7700 900123",
            "+447700900123",
            "0044 20 7946 0958",
        ],
    )
    def test_a_phone_number(self, number):
        assert asked(f"Her son is on {number}, evenings") == [
            f"This may be a phone number: {number.replace(chr(0xA0), ' ')}"
        ]

    @pytest.mark.parametrize(
        "address",
        ["jo.smith@example.com", "j-smith+ward@nhs.net", "o'neill@trust.nhs.uk", "Jo_Smith@mail.example.co.uk"],
    )
    def test_an_email_address(self, address):
        assert asked(f"Write to <{address}>.") == [f"This may be an e-mail address: {address}"]

    @pytest.mark.parametrize(
        "postcode", ["BS1 3NU", "bs1 3nu", "SW1A 2AA", "M1 1AE", "CR26XH", "EC1A\u00a01BB", "W1A 0AX"]
    )
    def test_a_postcode(self, postcode):
        assert asked(f"lives at {postcode}, alone") == [f"This may be a postcode: {postcode.replace(chr(0xA0), ' ')}"]

    def test_everything_found_is_named_once(self):
        assert asked("12/03/1957, BS1 3NU, 12/03/1957, a@example.com") == [
            "This may be a date of birth: 12/03/1957",
            "This may be an e-mail address: a@example.com",
            "This may be a postcode: BS1 3NU",
        ]

    def test_the_writer_who_has_checked_goes_on(self):
        screen(checked=True, event="Born 12 March 1957 in BS1 3NU, 07700 900123, a@example.com")

    def test_only_the_fields_with_a_find_are_named(self):
        with pytest.raises(ConfirmationNeeded) as caught:
            screen(checked=False, title="Handover", cause="", effect="ring 07700 900123")
        assert caught.value.finds == {"effect": ["This may be a phone number: 07700 900123"]}


@pytest.mark.parametrize(
    "text",
    [
        "Given 10 mg morphine instead of 1.0 mg at 14:35 on 3 November 2026",
        "Insulin 100 units/ml, 3 ml pen; paracetamol 1 g qds; vitamin B12 1000 micrograms",
        "Vitamin B12 1mg and B12 5ug, then B6 50mg; N95 masks; E10 8hr slow release",
        "On 03/11/2026 09:15 and again on 4.11.26 and 2026-11-05",
        "Between 1 October 2025 and 31 March 2026; reviewed 3-Nov-26; next review 12/03/2027, then 01/04/28",
        "On 5 May 12 patients waited, on 6 May 40 patients, and on 7 June 57",
        "Beds 7, 12 and 14 on Ward 4B; bay E1, bed 3; level 2, 4th floor, Ward B2 4th bay",
        "RA7, RXX, QOP, Y58, D7T5G and E54000048 agreed; see PSR-000123 and INC0012345",
        "BP 120/80, then 90/60; HR 45; SpO2 94%; CO2 6.5 kPa; CD4 200; HbA1c 48; NEWS2 7; GCS 3-5",
        "NHS 111 sent two calls to 999; NHS 24; two patients with the same date of birth were merged",
        "Babies born in 2025 and mothers born abroad; staffing 0700-1900, 0800 1230 1600",
        "eGFR 32 mL/min/1.73 m2; INR 2.5; CT 1 and MR 2 were read late; T4 9.5; L4/5 disc",
        "Version 4.12.3 of the system; build 10.2.1; ratio 1:10,000; 1,234,567,890 records",
        "The 8am to 8pm rota has 3.5 WTE of 12; 24/7 cover; 1 in 4 weekends; 2 wte band 6",
        "Scores: 3 4 2 5 1 3 4 2 5 1 3; 4x3=12; risk 1234567890",
        "Patients @ ward level; discharge summaries @ 48 h",
        "An 86-year-old with 3 falls in 2024, 2 in 2025",
        "",
    ],
)
def test_clinical_prose_is_let_through(text):
    screen(checked=False, event=text)
