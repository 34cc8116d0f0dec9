"""What must not be typed into the register: NHS numbers, and what else may say who a patient is.

An NHS number is certain (it has a check digit) and always refused. The rest is only likely: the writer is asked, and
decides. `screen` is called by every service that takes free text.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from django.core.exceptions import ValidationError

from safetyreg.errors import ConfirmationNeeded

BETWEEN = r"[\s./_-]{0,3}"  # what people put between the groups of a number
NOT_ABROAD = r"(?<!\+44[ -])(?<!0044[ -])(?<!\(0\))(?<!\(0\)[ -])"
NHS_NUMBERS = (
    re.compile(rf"(?<!\d){NOT_ABROAD}(?=(\d{{3}}{BETWEEN}\d{{3}}{BETWEEN}\d{{4}})(?!\d))"),
    re.compile(r"(?<!\d)(?<!\d[\s-])(\d(?:[\s-]\d){9})(?![\s-]?\d)"),
    re.compile(rf"\bNHS\s*(?:no\b|num|id\b|#|:)\D{{0,15}}(\d(?:{BETWEEN}\d){{9}})(?!\d)", re.IGNORECASE),
)
WEIGHTS = range(10, 1, -1)
LONGEST_TEXT = 10_000  # characters: far below what the search index can hold
TOO_LONG = f"Shorten this to {LONGEST_TEXT:,} characters"

MAY_BE_FOUND = re.compile(r"[\d@]")  # all that is looked for has one or the other; most texts have neither

EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")

PHONE_FROM_HERE = re.compile(r"(?<!\w)\(?0[12378](?:\)?[ .-]?\d){8,9}(?!\d)")
PHONE_FROM_ABROAD = re.compile(r"(?:\+44|\b0044)[ -]?(?:\(0\)[ -]?)?[1-9](?:[ -]?\d){8,9}(?!\d)")
SHORTEST_GROUP = 3  # of a phone number: anything shorter is a date or a list

POSTCODE_AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX "
    "FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N "
    "NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF "
    "TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
POSTCODE = re.compile(
    rf"(?<!\w)(?:{'|'.join(POSTCODE_AREAS.split())})\d[\dA-HJKMNPR-Y]? {{0,2}}\d([ABD-HJLNP-UW-Z]{{2}})(?!\w)",
    re.IGNORECASE,
)
NOT_THE_END_OF_A_POSTCODE = {"st", "nd", "rd", "th", "hr", "yr", "ug", "ng", "bd", "pt", "ft", "lb", "gy"}

MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
NTH = "(?:st|nd|rd|th)?"
DATES = tuple(
    re.compile(rf"(?<!\d)(?<!\d[/.-]){pattern}(?!\d)(?![/.-]\d)", re.IGNORECASE)
    for pattern in (
        r"(?P<day>\d{1,2})(?P<mark>[/. -])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})",
        r"(?P<year>\d{4})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        rf"(?P<day>\d{{1,2}}){NTH}[ /.-]?(?:of )?(?:{MONTHS})(?P<mark>[ ,/.'-]{{0,2}})(?P<year>\d{{4}}|\d{{2}})",
        rf"\b(?:{MONTHS}) (?P<day>\d{{1,2}}){NTH}(?P<mark>,? )(?P<year>\d{{4}})",
    )
)
BIRTH = r"\b(?:d\.?o\.?b\.?|date of birth|birth ?date|birthday)"
BORN_BEFORE_THIS = re.compile(rf"(?:{BIRTH}|\bborn\b)\W{{0,4}}(?:(?:is|was|on|the)\W{{1,3}}){{0,2}}$", re.IGNORECASE)
BIRTH_IN_SHORT = re.compile(
    rf"{BIRTH}\W{{0,4}}(?:(?:is|was|in)\W{{1,3}})?(?:\d{{8}}|\d{{6}}|(?:(?:{MONTHS})\s+)?(?:19|20)\d\d)(?![/.-]?\d)",
    re.IGNORECASE,
)
# A full date in these years is more likely somebody's birth than an event in a live risk.
BIRTH_YEARS = range(1900, 2016)
THIS_CENTURY = range(36)  # years of two digits that are in the 2000s


def screen(*, checked: bool, **texts: str) -> None:
    """Refuse text that identifies a patient, keyed by field.

    Raises ValidationError for an NHS number, always, and for a text of more than LONGEST_TEXT characters;
    ConfirmationNeeded for anything else that may say who a patient is, unless the writer has `checked` it.
    """
    if too_long := {field: TOO_LONG for field, text in texts.items() if len(text) > LONGEST_TEXT}:
        raise ValidationError(too_long)
    plain = {field: found for field, text in texts.items() if MAY_BE_FOUND.search(found := _plain(text))}
    refused = {field: [_refusal(number) for number in numbers] for field, numbers in _each(plain, _nhs_numbers)}
    if refused:
        raise ValidationError(refused)
    if not checked and (finds := dict(_each(plain, _likely))):
        raise ConfirmationNeeded(finds)


def _each(texts: dict[str, str], find: Callable[[str], Iterator[str]]) -> Iterator[tuple[str, list[str]]]:
    """The fields in which something is found, with each find once."""
    for field, text in texts.items():
        if found := list(dict.fromkeys(find(text))):
            yield field, found


def _plain(text: str) -> str:
    """The text in plain digits, hyphens and spaces, without what cannot be seen."""
    if text.isascii():
        return text
    shown = (character for character in unicodedata.normalize("NFKC", text) if unicodedata.category(character) != "Cf")
    return "".join(map(_plain_character, shown))


def _plain_character(character: str) -> str:
    if unicodedata.category(character) == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    return str(unicodedata.decimal(character, character))


def _refusal(number: str) -> str:
    return f"This looks like an NHS number ({number}). Remove it: nothing in the register may say who a patient is"


def _nhs_numbers(text: str) -> Iterator[str]:
    for pattern in NHS_NUMBERS:
        for match in pattern.finditer(text):
            digits = re.sub(r"\D", "", match[1])
            if _has_check_digit(digits):
                yield f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def _has_check_digit(digits: str) -> bool:
    """The tenth digit of an NHS number makes its weighted sum a multiple of 11 (NHS Data Dictionary)."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits[:9], strict=True))
    return (total + int(digits[9])) % 11 == 0


def _likely(text: str) -> Iterator[str]:
    for what, find in FINDERS.items():
        for found in find(text):
            yield f"This may be {what}: {found}"


def _births(text: str) -> Iterator[str]:
    for pattern in DATES:
        yield from (match[0] for match in pattern.finditer(text) if _is_birth(match, text))
    yield from (match[0] for match in BIRTH_IN_SHORT.finditer(text))


def _is_birth(match: re.Match[str], text: str) -> bool:
    """Whether a date is said to be of a birth, or is in a year in which a patient was more likely born than harmed."""
    if not _is_date(match):
        return False
    if BORN_BEFORE_THIS.search(text[max(0, match.start() - 40) : match.start()]):
        return True
    year = int(match["year"])
    if len(match["year"]) == len("1957"):
        return year in BIRTH_YEARS
    return _is_surely_a_year(match) and year + (2000 if year in THIS_CENTURY else 1900) in BIRTH_YEARS


def _is_date(match: re.Match[str]) -> bool:
    parts = match.groupdict()
    low, high = sorted((int(parts["day"]), int(parts.get("month") or 1)))
    return 1 <= low <= 12 and high <= 31


def _is_surely_a_year(match: re.Match[str]) -> bool:
    """Whether two digits after a day and a month can be taken for a year, and not as in "on 5 May 40 patients"."""
    in_full = len(match["day"]) == len("12") or "month" not in match.groupdict()
    return match["mark"] in {"/", "'", " '"} or (match["mark"] in {"-", "."} and in_full)


def _phones(text: str) -> Iterator[str]:
    yield from (match[0] for match in PHONE_FROM_ABROAD.finditer(text))
    for match in PHONE_FROM_HERE.finditer(text):
        if all(len(group) >= SHORTEST_GROUP for group in re.findall(r"\d+", match[0])):
            yield match[0]


def _postcodes(text: str) -> Iterator[str]:
    return (match[0] for match in POSTCODE.finditer(text) if match[1] not in NOT_THE_END_OF_A_POSTCODE)


def _emails(text: str) -> Iterator[str]:
    return (match[0] for match in EMAIL.finditer(text))


FINDERS: dict[str, Callable[[str], Iterator[str]]] = {
    "a date of birth": _births,
    "a phone number": _phones,
    "an e-mail address": _emails,
    "a postcode": _postcodes,
}
