"""What the risks of a made-up register say: sentences put together from parts, the same for the same seed.

One risk in five is about discharge, and one in five names a product whose made-up name few others share, so that a
register has common words, rare ones, and the many names that real texts hold.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


def _parts(text: str) -> list[str]:
    return text.split("|")


SYLLABLES = _parts(
    "ba|be|bi|bo|ca|ce|ci|co|da|de|di|do|fa|fe|fi|fo|ga|ge|gi|go|la|le|li|lo|ma|me|mi|mo|na|ne|ni|no|pa|pe|pi|po|"
    "ra|re|ri|ro|sa|se|si|so|ta|te|ti|to|va|ve|vi|vo|xa|xe|zo|zu"
)
MEDICINES = _parts(
    "warfarin|insulin|heparin|methotrexate|lithium|digoxin|amiodarone|clozapine|morphine|fentanyl|gentamicin|"
    "vancomycin|apixaban|rivaroxaban|phenytoin|valproate|azathioprine|tacrolimus|prednisolone|levothyroxine"
)
PLACES = _parts(
    "the acute ward|the emergency department|the community hospital|the day unit|the maternity unit|the crisis team|"
    "the general practice|the care home|the hospice|the dialysis unit|the imaging department|the pharmacy|"
    "the outpatient clinic|the ambulance service|the intensive care unit|the memory service|the dental service"
)
PEOPLE = _parts(
    "older people|children|people with a learning disability|people on dialysis|people with diabetes|new mothers|"
    "people with dementia|people waiting for surgery|people with epilepsy|people at risk of falls|"
    "people with a pressure ulcer|people having chemotherapy|people with a tracheostomy|people with sepsis"
)
THINGS = _parts(
    "referral letter|blood test result|care plan|allergy record|scan report|medicine chart|transfer form|"
    "safeguarding note|follow-up appointment|oxygen order|equipment request|observation chart|consent form|"
    "infection alert|vaccination record|screening result|dressing plan|feeding plan"
)
FAILINGS = _parts(
    "is sent late|is sent to the wrong place|is lost|is filed unread|is not written|cannot be opened|"
    "is copied by hand|is read by nobody in the evening|says two different things|waits for a signature"
)
REASONS = _parts(
    "the two systems do not exchange messages|there is no agreed owner|staff are short at the weekend|"
    "the form has no place for it|the telephone line is busy|the printer is shared|the post is slow|"
    "the software was changed without notice|agency staff have no access|the contract has ended|"
    "the alarm cannot be heard|supply of the device has stopped|two labels look alike|the battery fails"
)
HARMS = _parts(
    "take the wrong dose|wait too long for treatment|are treated twice|fall at home|bleed|are readmitted|"
    "come to harm that nobody notices|develop an infection|miss an urgent scan|are left without food|"
    "lose their sight|deteriorate unseen|have a seizure|are discharged without support|suffer pain"
)
DISCHARGES = _parts(
    "Discharge from {place} without a plan|Late discharge summary from {place}|"
    "Unsafe discharge of {people} at night|Medicines missing on discharge from {place}"
)
TITLES = _parts(
    "{Thing} {fails} between {place} and {other}|{People} not known to {place}|{Thing} for {people} {fails}"
)
REMARKS = _parts(
    "We see this every week at {place}|Spoke to {place}: the {thing} {fails} there too|"
    "{People} told us about it|Pilot with {medicine} begins next month|Nothing has changed because {reason}"
)


class RiskText(NamedTuple):
    title: str
    cause: str
    event: str
    effect: str


def texts(count: int, seed: int) -> Iterator[RiskText]:
    """That many texts of risks."""
    chance = random.Random(seed)  # noqa: S311 - made-up texts, nothing to guard
    for _ in range(count):
        yield _text(chance)


def remarks(count: int, seed: int) -> Iterator[str]:
    """That many comments."""
    chance = random.Random(seed)  # noqa: S311 - made-up texts, nothing to guard
    for _ in range(count):
        yield _filled(chance, chance.choice(REMARKS)) + _product(chance)


def _text(chance: random.Random) -> RiskText:
    title = chance.choice(DISCHARGES if chance.random() < 0.15 else TITLES)
    return RiskText(
        _filled(chance, title)[:150],
        _filled(chance, "{Reason}, and {reason}. At {place} the {thing} {fails}") + _product(chance),
        _filled(chance, "{place} does not learn that {people} were given {medicine}, and the {thing} {fails}"),
        _filled(chance, "{People} {harm} or {harm2}"),
    )


def _product(chance: random.Random) -> str:
    if chance.random() >= 0.2:
        return ""
    return f" (product {''.join(chance.choices(SYLLABLES, k=chance.choice((3, 4, 4))))})"


def _filled(chance: random.Random, pattern: str) -> str:
    place, other = chance.sample(PLACES, 2)
    parts = {
        "place": place,
        "other": other,
        "people": chance.choice(PEOPLE),
        "thing": chance.choice(THINGS),
        "fails": chance.choice(FAILINGS),
        "reason": chance.choice(REASONS),
        "medicine": chance.choice(MEDICINES),
        "harm": chance.choice(HARMS),
        "harm2": chance.choice(HARMS),
    }
    filled = pattern.format(**parts, **{name.capitalize(): words.capitalize() for name, words in parts.items()})
    return filled[:1].upper() + filled[1:]
