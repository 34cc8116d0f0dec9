"""What the OpenAPI description says besides its operations: how to call, what every answer may be, and examples."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

KEY = "Idempotency-Key"
EXAMPLES = Path(__file__).parent / "examples.json"
HOW_TO_CALL = """
Patient safety risks that cross organisational boundaries in the NHS in England: everything that people do on the pages
of the register, by the same rules and in the same words.

Every call acts for **one organisation** in one role: `me/` says which. What you may not see is answered like what does
not exist. With a session, whatever changes something carries the session's CSRF token in `X-CSRFToken`.

**Lists** come page by page: follow `next`. `page_size` is at most 200. `updated_since` leaves out what has not changed.
A parameter that is not known is refused.

**Changes**: an answer carries an `ETag`. Send it back in `If-None-Match` to be told 304 where nothing has changed, and
in `If-Match` with a change that is to be made only to what you read: otherwise 412 shows what it is now.

**Refusals** are problem documents (RFC 9457). `detail` says why, `errors` what to put right, and where.

**Versions**: this is version 1. What is added to it breaks no caller that ignores fields it does not know. Before
anything is taken away, its answers carry `Deprecation` and `Sunset` headers for at least 12 months: see
`docs/api-versions.md` in the source of the register.
"""
TAGS = {
    "me": "Who is calling, and for which organisation",
    "risks": "Logging risks, reading them, and what is done to them and their parts",
    "system-risks": "Risks of ICBs, regions and the national body to which the risks of others contribute",
    "involvements": "What organisations named on risks are asked, and their positions",
    "links": "How risks relate to each other",
    "introductions": "Asking the ICB to bring organisations with similar risks together",
    "look-alikes": "Risks that are like what is being written",
    "pairs": "For bodies above the providers: risks that may belong together",
    "escalations": "Asking the organisation above to act, and every verb of the two sides",
    "feedback": "Updates and answers",
    "deadlines": "What is owed, by whom, to whom and by when",
    "standards": "How long each thing may take",
    "proclaimed-days": "Bank holidays of one occasion",
    "triage": "For bodies above the providers: what needs a decision, and one thing done to several at once",
    "saved-views": "Filters of lists that were saved under a name, for oneself or for the organisation",
    "notifications": "What you were told",
    "imports": "Files of risks: what would become, or became, of each row",
    "webhooks": "Addresses of your systems that are told what happens",
    "clients": "For administrators: the systems that act for your organisation",
    "dashboard": "Figures about what your organisation may read, with the lists behind them",
    "reports": "Reports of your organisation as PDF and XLSX, and the one that is made every month",
    "news": "What is new since you last looked",
    "organisations": "The bodies of the NHS in England",
    "own-organisation": "How the organisation that you act for is reached",
    "members": "The members of the organisation that you act for",
    "people": "For administrators: who is a member, and in which role",
    "invitations": "For administrators: who has been invited",
}
PROBLEM = "application/problem+json"
TAG = {"ETag": {"schema": {"type": "string"}, "description": "Changes whenever the answer does"}}
ANY_TIME = {406: "Answers are JSON alone", 429: "Too many calls: Retry-After says when to call again"}
WITH_A_BODY = {413: "The body is too big", 415: "A body is JSON alone"}
WITH_A_KEY = {
    404: "What was answered to this key is for you no more",
    409: "What was sent with this key is still being done",
    422: "This key was sent with another request",
}
UNCHANGED = {"description": "Nothing has changed since the answer whose tag was sent in If-None-Match"}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag of an answer that you have: 304 says that nothing has changed",
}


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    result["info"]["description"] = HOW_TO_CALL.strip()
    used = {tag for path in result["paths"].values() for operation in path.values() for tag in operation["tags"]}
    result["tags"] = [{"name": name, "description": words} for name, words in TAGS.items() if name in used]
    for path in result["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    for name, schema in result["components"]["schemas"].items():
        if example := examples().get(name):
            schema["examples"] = [example]
    return result


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    refused = ANY_TIME if method == "get" else ANY_TIME | WITH_A_BODY
    if any(parameter["name"] == KEY for parameter in operation.get("parameters", [])):
        refused = refused | WITH_A_KEY
    for code, words in refused.items():
        content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses.setdefault(str(code), {"content": content, "description": words})
    if method == "get":
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
        responses["304"] = UNCHANGED | {"headers": TAG}
        responses["200"]["headers"] = TAG


@cache
def examples() -> dict[str, Any]:
    """By the name of what is sent or shown, one that was really sent or shown: see tests/api/test_examples.py."""
    return json.loads(EXAMPLES.read_text()) if EXAMPLES.exists() else {}
