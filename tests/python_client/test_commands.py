"""The command line, against a register that is served."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, get_type_hints

import pytest

from risks.models import Risk
from safetyreg_client import asking, commands, session
from safetyreg_client.commands.doing import FILTERS, RISK
from safetyreg_client.commands.showing import table
from tests.ladder import FIELDS
from tests.python_client.test_register import ASK, HEADINGS, ROW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.clients import System
    from tests.ladder import Ladder
    from tests.python_client.between import Between

    Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(between: Between, trust: System, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command as a system: what it ends with, what it says, and what it complains of."""

    def run(*arguments: str, system: System = trust, reading: str = "") -> tuple[int, str, str]:
        monkeypatch.setenv("SAFETYREG_URL", between.url)
        monkeypatch.setenv("SAFETYREG_CLIENT_ID", system.client.client_id)
        monkeypatch.setenv("SAFETYREG_CLIENT_SECRET", system.secret)
        monkeypatch.setattr("sys.stdin", io.StringIO(reading))
        monkeypatch.setattr(session.time, "sleep", lambda seconds: None)
        code = commands.main(arguments)
        said = capsys.readouterr()
        assert system.secret not in said.out + said.err
        return code, said.out, said.err

    return run


def test_a_risk_is_logged_from_a_file_and_options_and_goes_up_and_comes_back(
    run: Run, icb: System, ladder: Ladder
) -> None:
    code, said, _ = run("log", "--file", "-", "--external-reference", "DX-1", "--json", reading=json.dumps(FIELDS))
    risk = json.loads(said)
    assert (code, risk["external_reference"], risk["title"]) == (0, "DX-1", FIELDS["title"])
    reference = risk["reference"]
    assert run("score", reference, "--likelihood", "2", "--consequence", "2") == (
        0, f"{reference} is scored 4, MODERATE\n", "",
    )  # fmt: skip
    assert run("comment", reference, "-", reading="Said on the telephone")[0] == 0
    assert run("escalate", reference, "--reason", ASK["reason"], "--ask", ASK["ask"])[0] == 0
    code, said, _ = run("owed", system=icb)
    assert re.search(rf"ACKNOWLEDGE +running +{reference} +Test Royal Hospital +[0-9a-f-]{{36}}$", said, re.MULTILINE)
    assert run("acknowledge", reference, system=icb) == (0, f"{reference}: ACKNOWLEDGED\n", "")
    assert run("accept", reference, "--plan", "We will ask", system=icb) == (0, f"{reference}: ACCEPTED\n", "")
    assert run("update", reference, "--text", "Asked", system=icb) == (0, f"{reference}: UPDATE\n", "")
    code, said, _ = run("answer", reference, "--outcome", "ADVICE", "--text", "-", system=icb, reading="Tell them")
    assert (code, said) == (0, f"{reference}: ADVICE\n")
    assert "Tell them" in run("feedback", "--risk", reference)[1]
    assert run("confirm", reference) == (0, f"{reference}: CLOSED\n", "")
    assert run("escalations")[1] == "Nothing.\n"
    assert reference in run("escalations", "--all", "--side", "sent")[1]
    assert "title" in run("risk", reference)[1]


def test_what_is_refused_is_said_in_words_with_where_and_what_to_quote(run: Run, ladder: Ladder) -> None:
    code, said, wrong = run("log", "--title", "Only a title")
    assert (code, said) == (1, "")
    assert "  #/cause: " in wrong
    assert re.search(r"^Reference: [0-9A-Z]{4}-[0-9A-Z]{4}$", wrong, re.MULTILINE)
    assert run("risk", "PSR-999999")[0] == 1
    words = {**FIELDS, "cause": "Mrs Ada Example, born 3 May 1941, was not told"}
    code, _, wrong = run("log", "--file", "-", reading=json.dumps(words))
    assert (code, "add --personal-data-checked" in wrong) == (1, True)
    assert run("log", "--file", "-", "--personal-data-checked", reading=json.dumps(words))[0] == 0


def test_what_is_wrong_with_the_command_itself_is_told_apart(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ladder: Ladder
) -> None:
    assert run("log", "--file", "no-such-file.json")[0] == 2
    assert run("log", "--file", "-", reading="[]")[0] == 2
    assert run("log", "--file", "-", reading='{"self": 1, "titel": "x"}')[2].endswith("has not: self, titel\n")
    assert run("acknowledge", "PSR-000001")[0] == 2
    with pytest.raises(SystemExit) as wrong:
        run("log", "--theme", "99")
    assert wrong.value.code == 2
    monkeypatch.delenv("SAFETYREG_CLIENT_SECRET")
    assert commands.main(["me"]) == 2
    assert "Set SAFETYREG_CLIENT_SECRET" in capsys.readouterr().err
    monkeypatch.setenv("SAFETYREG_CLIENT_SECRET", "a-wrong-one")
    assert commands.main(["me"]) == 3
    monkeypatch.setenv("SAFETYREG_URL", "http://register.example.nhs.uk")
    assert commands.main(["me"]) == 2
    assert "https://" in capsys.readouterr().err


def test_what_is_not_answered_can_be_done_again_with_the_key_that_is_named(run: Run, between: Between) -> None:
    log = ("log", "--file", "-")
    between.lose = ["POST /api/v1/risks/"] * 5
    code, _, wrong = run(*log, reading=json.dumps(FIELDS))
    found = re.search(r"--key (\S+)$", wrong)
    assert code == 4
    assert found
    assert run(*log, "--key", found[1], reading=json.dumps(FIELDS))[0] == 0
    assert Risk.objects.count() == 1


def test_a_file_is_only_imported_when_that_is_said(run: Run, tmp_path: Path, ladder: Ladder) -> None:
    file = tmp_path / "risks.csv"
    file.write_text(HEADINGS + ROW.format("A-1", 3) + ROW.format("A-2", 9))
    code, said, _ = run("import", str(file), "--source", "Datix", "--confirm")
    assert (code, Risk.objects.count()) == (5, 0)
    assert "Row 3 is refused" in said
    assert run("import", str(file), "--source", "Datix", "--confirm", "--leave-out-refused")[0] == 5
    assert Risk.objects.count() == 1
    file.write_text(HEADINGS + ROW.format("A-3", 3))
    assert run("import", str(file), "--source", "Datix")[0] == 0
    assert Risk.objects.count() == 1
    code, said, _ = run("import", str(file), "--source", "Datix", "--confirm", "--json")
    assert (code, json.loads(said)["batch"]["status"]) == (0, "DONE")
    saved = tmp_path / "saved.csv"
    assert run("export", str(saved), "--status", "OPEN")[0] == 0
    assert "A-3" in saved.read_text("utf-8-sig")
    assert run("export", str(tmp_path / "saved.pdf"))[0] == 2
    assert run("export", str(tmp_path / "feedback.xlsx"), "--list", "feedback")[0] == 0


def test_words_of_others_do_not_steer_the_terminal() -> None:
    shown = table(["\x1b[2J\rgone\u202e"], [("Text", str), ("Again", str)])
    assert shown.split("\n")[1] == " [2J gone    [2J gone"


def test_the_options_are_those_of_what_is_asked() -> None:
    assert set(RISK) == set(get_type_hints(asking.NewRisk))
    assert set(FILTERS) <= set(get_type_hints(asking.RiskFilters))
