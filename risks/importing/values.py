"""What the cells of a row say: codes in any usual words, dates as they are written here, and sentences."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from risks.importing.columns import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from risks.importing.columns import Choices

NUMBER_FIRST = re.compile(r"(\d{1,2})\s*(?:[-:.)=\N{EN DASH}\N{EM DASH}]\s*(.+)|\s(.+))?", re.DOTALL)
NUMBER_LAST = re.compile(r"(.+?)\s*[(\[](\d{1,2})[)\]]", re.DOTALL)
CANNOT_BE_KEPT = re.compile("[\0\ud800-\udfff]")
ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
SHOWN = 60  # characters of what was typed, in a message
MOST_CHOICES_NAMED = 6
DATE_FORMS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y")
TIME_OF_DAY = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
FIRST_DAY_OF_EXCEL = date(1899, 12, 30)
DAYS_OF_EXCEL = range(36_526, 73_051)  # 2000 to 2099
MOST_SENTENCES = 60
BETWEEN_SENTENCES = re.compile(r"\n+|(?<=\S)\s*[|\N{BULLET}]\s*")
BULLETS = " \t-*\N{BULLET}\N{EN DASH}"


def read(name: str, text: str, own: Mapping[str, str]) -> Any:
    """What a cell says. `own` gives the code for words of the source's own. Raises ValueError, in plain words."""
    if CANNOT_BE_KEPT.search(text):
        raise ValueError("This holds characters that are no text. Type it again")
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if text in ERRORS:
        raise ValueError(f"The spreadsheet says {text} here. Correct its formula, or type the value")
    target = TARGETS[name]
    if target.choices:
        return _codes(text, target.choices, own) if target.several else code(text, target.choices, own)
    reader = READERS.get(name)
    return reader(text) if reader else text


def code(text: str, choices: Choices, own: Mapping[str, str]) -> str:
    """The code for "Likely", "4", "4 - Likely", "Likely (4)" or the source's own word; empty for nothing."""
    if not text:
        return ""
    by_label = {plain(label): key for key, label in choices}
    keys = {key.casefold(): key for key, _ in choices}
    wanted = plain(text)
    if wanted in own:
        return own[wanted]
    if wanted in by_label:
        return by_label[wanted]
    if text.casefold() in keys:
        return keys[text.casefold()]
    if found := _by_number(text, keys, choices):
        return found
    if found := _by_beginning(wanted, choices):
        return found
    raise ValueError(f"“{_short(text)}” is not in the list. {_choices_in_words(choices)}")


def plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _by_number(text: str, keys: Mapping[str, str], choices: Choices) -> str:
    """The number beside words decides, unless the words name another."""
    match = NUMBER_FIRST.fullmatch(text)
    if match:
        number, words = match[1], match[2] or match[3] or ""
    elif match := NUMBER_LAST.fullmatch(text):
        words, number = match[1], match[2]
    else:
        return ""
    found = keys.get(number.lstrip("0") or number, "")
    said = _by_beginning(plain(words), choices) if found and words else ""
    if said and said != found:
        label = dict(choices)[found]
        raise ValueError(f"“{_short(text)}” says two things: {number} is “{_short(label)}”. Correct one of them")
    return found


def _by_beginning(wanted: str, choices: Choices) -> str:
    """The one choice that begins so, as "Medication" does "Medication, including supply issues"."""
    fitting = [key for key, label in choices if plain(label).startswith(wanted)]
    exact = [key for key, label in choices if plain(label) == wanted]
    fitting = exact or fitting
    return fitting[0] if len(fitting) == 1 and len(wanted) > 2 else ""


def _choices_in_words(choices: Choices) -> str:
    shown = [f"{label} ({key})" if key.isdigit() else label for key, label in choices]
    if len(shown) > MOST_CHOICES_NAMED:
        return f"Use one of the codes {choices[0][0]} to {max((int(key) for key, _ in choices))}, or its words"
    return f"Use one of: {', '.join(shown)}"


def _codes(text: str, choices: Choices, own: Mapping[str, str]) -> list[str]:
    found = [code(part.strip(), choices, own) for part in re.split(r"[;\n|]", text) if part.strip()]
    return list(dict.fromkeys(found))


def day(text: str) -> date | None:
    """8/4/2026, 8 April 2026, 2026-04-08, with or without a time, or the number that Excel keeps for a day."""
    if not text:
        return None
    said = TIME_OF_DAY.sub("", text).strip()
    if said.isdigit() and int(said) in DAYS_OF_EXCEL:
        return FIRST_DAY_OF_EXCEL + timedelta(days=int(said))
    try:
        return date.fromisoformat(said)
    except ValueError:
        pass
    for form in DATE_FORMS:
        try:
            return datetime.strptime(said, form).date()  # noqa: DTZ007 - a day, without a time
        except ValueError:
            continue
    raise ValueError(f"“{_short(text)}” is no date. Write it as 8/4/2026, day first, or as 2026-04-08")


def sentences(text: str) -> list[str]:
    """One control in each line, with or without bullets."""
    found = [part.strip(BULLETS) for part in BETWEEN_SENTENCES.split(text)]
    found = [part for part in found if part]
    if len(found) > MOST_SENTENCES:
        raise ValueError(f"This has more than {MOST_SENTENCES} lines: each line is taken for one control")
    return list(dict.fromkeys(found))


def names(text: str) -> list[str]:
    """ODS codes or names of organisations, separated by semicolons or lines; codes by commas too."""
    parts = [part.strip() for part in re.split(r"[;\n|]", text) if part.strip()]
    if len(parts) == 1 and re.fullmatch(r"[A-Za-z0-9]{2,10}(\s*,\s*[A-Za-z0-9]{2,10})+", parts[0]):
        parts = [part.strip() for part in parts[0].split(",")]
    if len(parts) > MOST_SENTENCES:
        raise ValueError(f"This names more than {MOST_SENTENCES} organisations")
    return list(dict.fromkeys(parts))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


READERS: dict[str, Callable[[str], Any]] = {
    "action_due_on": day,
    "controls": sentences,
    "involved": names,
    "owner": lambda text: text.lower(),
    "reference": lambda text: text.upper(),
}
