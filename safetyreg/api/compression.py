"""Compressing what the API answers.

An attack like BREACH guesses a secret that an answer repeats beside what the attacker had it say. Answers of the API
carry neither a CSRF token nor any other secret, pages stay uncompressed, and Django adds a random length besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.middleware.gzip import GZipMiddleware

from safetyreg.api.conditional import COMPRESSED

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class CompressMiddleware(GZipMiddleware):
    """For callers that accept gzip. The tag stays a strong one, of its own, so that it can be sent in `If-Match`."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return response
        tag = response.headers.get("ETag", "")
        response = super().process_response(request, response)
        if tag and response.headers.get("Content-Encoding") == "gzip":
            response.headers["ETag"] = f'{tag[:-1]}{COMPRESSED}"'
        return response
