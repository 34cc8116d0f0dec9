"""Whatever can be done on a page can be done over the API: a page without its address there fails."""

from __future__ import annotations

from tests.access.routes import routes

# By page, the address of the API at which the same is read or done.
OVER_THE_API = {
    "acting": "api-act-for",
    "alike-typed": "api-look-alikes",
    "bank-holiday-add": "api-proclaimed-days",
    "escalation": "api-escalation",
    "escalation-accept": "api-escalation-accept",
    "escalation-acknowledge": "api-escalation-acknowledge",
    "escalation-answer": "api-escalation-answer",
    "escalation-bypass": "api-escalation-bypass",
    "escalation-confirm": "api-escalation-confirm",
    "escalation-dispute": "api-escalation-dispute",
    "escalation-escalate-on": "api-escalation-escalate-on",
    "escalation-give-information": "api-escalation-give-information",
    "escalation-reassign": "api-escalation-reassign",
    "escalation-request-information": "api-escalation-request-information",
    "escalation-update": "api-escalation-update",
    "escalation-withdraw": "api-escalation-withdraw",
    "escalations": "api-escalations",
    "escalations-sent": "api-escalations",
    "home": "api-news",  # and api-deadlines, which is what it lists as owed
    "introduction": "api-introduction",
    "introduction-decline": "api-introduction-decline",
    "introduction-introduce": "api-introduction-introduce",
    "introduction-withdraw": "api-introduction-withdraw",
    "invitation-resend": "api-invitation-resend",
    "invitation-withdraw": "api-invitation-withdraw",
    "invite": "api-invitations",
    "involvement": "api-involvement",
    "involvement-log": "api-involvement-log",
    "involvement-not-affected": "api-involvement-not-affected",
    "involvement-own-risk": "api-involvement-own-risk",
    "involvements": "api-involvements",
    "involvements-sent": "api-involvements",
    "link": "api-link",
    "link-accept": "api-link-accept",
    "link-decline": "api-link-decline",
    "link-withdraw": "api-link-withdraw",
    "notification-list": "api-notifications",
    "notification-open": "api-notification-read",
    "notification-read-all": "api-notifications-read",
    "organisation": "api-own-organisation",
    "pair": "api-pairs",
    "pair-dismiss": "api-pairs-dismiss",
    "pair-gather": "api-risk-gather",
    "pair-link": "api-risk-link",
    "pair-restore": "api-pairs-restore",
    "pairs": "api-pairs",
    "pairs-dismissed": "api-pairs-dismissed",
    "people": "api-people",
    "person": "api-person",
    "person-deactivate": "api-person-deactivate",
    "person-end": "api-person-end",
    "person-role": "api-person-set-role",
    "risk": "api-risk",
    "risk-action": "api-risk-actions",
    "risk-action-complete": "api-action-complete",
    "risk-action-drop": "api-action-drop",
    "risk-action-give": "api-action-give",
    "risk-close": "api-risk-close",
    "risk-comment": "api-risk-comments",
    "risk-control": "api-risk-controls",
    "risk-control-end": "api-control-end",
    "risk-draft": "api-risk-save-draft",
    "risk-draft-discard": "api-risk-discard",
    "risk-edit": "api-risk",
    "risk-escalate": "api-risk-escalate",
    "risk-gather": "api-risk-gather",
    "risk-hand-over": "api-risk-hand-over",
    "risk-introduction": "api-risk-ask-introduction",
    "risk-involve": "api-risk-involve",
    "risk-involve-remove": "api-risk-stop-involving",
    "risk-link": "api-risk-link",
    "risk-list": "api-risks",
    "risk-log": "api-risks",
    "risk-map": "api-risk-map",
    "risk-reopen": "api-risk-reopen",
    "risk-review": "api-risk-review",
    "risk-score": "api-risk-score",
    "risk-transfer": "api-risk-transfer",
    "risk-transfer-accept": "api-risk-accept-transfer",
    "risk-transfer-decline": "api-risk-decline-transfer",
    "risk-transfer-withdraw": "api-risk-withdraw-transfer",
    "seen": "api-news-seen",
    "standard-edit": "api-standard",
    "standard-list": "api-standards",
    "system-risk-log": "api-system-risks",
}
# By page, why there is nothing of the kind over the API.
ON_PAGES_ALONE = {
    "healthz": "it is read by monitors, and is JSON already",
    "sign-in": "a session begins in a browser; systems call with a token",
    "sign-out": "it ends a session of a browser",
    "invitation": "accepting one is choosing a password, in a browser, by a link from an e-mail",
    "password-change": "passwords are typed by people, never sent by systems",
    "password-reset": "as password-change",
    "password-reset-sent": "as password-change",
    "password-reset-complete": "as password-change",
    "password-reset-confirm": "as password-change",
}


def _pages() -> set[str]:
    return {name for name, route in routes().items() if not route.pattern.startswith(("admin/", "api/"))}


def test_every_page_has_its_address_over_the_api_or_a_reason_why_not() -> None:
    assert _pages() == OVER_THE_API.keys() | ON_PAGES_ALONE.keys()
    assert not OVER_THE_API.keys() & ON_PAGES_ALONE.keys()


def test_every_address_that_the_table_names_is_one_of_the_api() -> None:
    of_the_api = {name for name, route in routes().items() if route.is_api}
    assert set(OVER_THE_API.values()) - of_the_api == set()
