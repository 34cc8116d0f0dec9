"""What somebody was answered, in the words of policy.csv."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pypdf import PdfReader

from tests.access.story import MARK

if TYPE_CHECKING:
    from django.http import HttpResponse

NO_ORGANISATION = ("You are not acting for an organisation", "Choose the organisation that you act for")
AS_THEY_ARE = {401: "sign-in", 404: "404", 409: "409", 422: "bad", 400: "bad"}
REFERENCES = re.compile(r"PSR-\d{6,}")
ADDRESSES = re.compile(r"[\w.]+@test\.example")
MARKS = re.compile(MARK + "[a-z]+")


def answer(response: HttpResponse) -> str:
    if response.status_code in (301, 302, 303):
        to = urlsplit(response["Location"])
        return "sign-in" if to.path == "/sign-in/" and to.query.startswith("next=") else "ok"
    if response.status_code == 403:
        return "choose" if any(words in text(response) for words in NO_ORGANISATION) else "403"
    if response.status_code in (200, 201, 204):
        return "ok"
    return AS_THEY_ARE.get(response.status_code, str(response.status_code))


def text(response: HttpResponse) -> str:
    content = b"".join(response)
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return _unpacked(content) if content.startswith(b"PK") else content.decode()


def _unpacked(content: bytes) -> str:
    """What is in a package or a workbook, file by file."""
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        return "\n".join(files.read(name).decode() for name in files.namelist())


def marks_in(response: HttpResponse) -> set[str]:
    """The markers that it shows, wherever in it they are."""
    return set(MARKS.findall(text(response).lower()))
