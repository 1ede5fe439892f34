"""For each act of the pages, what a key does instead: the operations of the API, or why there is none.

The law of this file: an act that is not here fails `tests/api/test_counterparts.py`. The reasons are those of decision
0133; an act is put under one of them only where it fits as it is written there.
"""

from collections.abc import Iterator
from enum import StrEnum


class Alone(StrEnum):
    """Why an act is there for people alone."""

    OWN = "one's own account, session or way of looking: a key has none"
    WHO = "who may sign in, and with which key, is no key's to decide"
    LINK = "what a mailed link is for: whoever holds it says something of herself, or shows that she has the mailbox"
    SKETCH = "what is in the making is its maker's: a meeting until it is a draft (0055), a report until it is sent"
    NAMED = "a protected meeting is for those named in it, and no key is (decision 0093)"
    JUDGED = "a person has read, weighed or signed something, and says so by the press"
    WHOLE = "the file is read by `sip` as well, and each of its rows has an operation"
    SLIP = "a slip would cost calls: pages and persons alone (decision 0079)"


ACTS: dict[str | Alone, str] = {
    # -- what needs a hand, and the list
    "put_keeper put_remark put_snooze drop_snooze put_reminder go_ahead put_claim_decision put_successor put_answer"
    " put_substitute put_identity put_decision put_poll_pick post_follow_up put_plan_end": """
        /hands/{meeting_id:uuid}/{act:str}
    """,
    "put_reminder put_pause put_keeper": "/meetings/bulk",
    # -- meetings and their parties
    "add_meeting call_meeting": "/meetings/new/{sketch_id:uuid}/check",
    "call_meeting": "/meetings/{meeting_id:uuid}/call",
    "put_schedule": "/meetings/{meeting_id:uuid}/schedule /meetings/{meeting_id:uuid}/move",
    "cancel_meeting": "/meetings/{meeting_id:uuid}/cancellation",
    "erase_draft": "/meetings/{meeting_id:uuid}/removal",
    "go_ahead": "/meetings/{meeting_id:uuid}/go-ahead",
    "patch_meeting": "/meetings/{meeting_id:uuid}/text",
    "put_convener": "/meetings/{meeting_id:uuid}/convener",
    "send_chair_link": "/meetings/{meeting_id:uuid}/chair-link",
    "withdraw_consent": "/meetings/{meeting_id:uuid}/consent-withdrawal",
    "put_identity": """
        /meetings/{meeting_id:uuid}/identity /meetings/{meeting_id:uuid}/parties/{party:int}/identity
        /meetings/{meeting_id:uuid}/conveying/{party:int}
    """,
    "add_party": "/meetings/{meeting_id:uuid}/parties",
    "put_answer": """
        /meetings/{meeting_id:uuid}/parties/{party:int}/answer /our-unit/answers/{meeting_id:uuid}/{party:int}
        /svar/{token:str} /svar/{token:str}/alla
    """,
    "put_substitute": "/meetings/{meeting_id:uuid}/parties/{party:int}/substitute",
    "put_decision": "/meetings/{meeting_id:uuid}/parties/{party:int}/decision",
    "put_pause": "/meetings/{meeting_id:uuid}/parties/{party:int}/pause",
    "put_excuse": "/meetings/{meeting_id:uuid}/parties/{party:int}/excuse",
    "put_release": "/meetings/{meeting_id:uuid}/parties/{party:int}/release",
    "remove_party": "/meetings/{meeting_id:uuid}/parties/{party:int}/removal",
    "put_successor": "/meetings/{meeting_id:uuid}/parties/{party:int}/successor",
    "put_claim_decision": "/meetings/{meeting_id:uuid}/claims/{claim:int}/decision /inbound/{number:int}/decision",
    "post_poll": "/meetings/{meeting_id:uuid}/poll",
    "put_poll_answer": "/meetings/{meeting_id:uuid}/poll/answers",
    "put_poll_pick": "/meetings/{meeting_id:uuid}/poll/pick",
    "withdraw_poll": "/meetings/{meeting_id:uuid}/poll/withdrawal",
    "put_attendance": "/meetings/{meeting_id:uuid}/attendance /svar/{token:str}/narvaro",
    "post_follow_up": """
        /meetings/{meeting_id:uuid}/attendance/follow-up /svar/{token:str}/narvaro/uppfoljning
    """,
    "post_inbound_handled": "/inbound/{number:int}/handled",
    # -- reports
    "add_deviation": """
        /meetings/{meeting_id:uuid}/parties/{party:int}/deviation /deviations/new /deviations/drafts/{draft_id:uuid}
    """,
    "add_deviation add_good_example": "/svar/{token:str}/samverkan",
    "add_good_example": "/meetings/{meeting_id:uuid}/parties/{party:int}/good-example",
    "put_hearing": "/deviations/{report_id:uuid}/hearing",
    "put_cause": "/deviations/{report_id:uuid}/cause",
    "put_dispute": "/deviations/{report_id:uuid}/settlement",
    "put_closing": "/deviations/{report_id:uuid}/closure",
    "put_withdrawal": "/deviations/{report_id:uuid}/withdrawal",
    "put_forwarding": "/deviations/{report_id:uuid}/forwarding",
    "drop_forwarding": "/deviations/{report_id:uuid}/return",
    "put_merging": "/deviations/{report_id:uuid}/merging",
    "put_registration": "/deviations/{report_id:uuid}/registration",
    "add_word": "/deviations/{report_id:uuid}/words /svar/{token:str}/ord",
    "add_measure": "/deviations/{report_id:uuid}/measures /svar/{token:str}/atgarder",
    "put_measure": "/deviations/{report_id:uuid}/measures/{number:int} /svar/{token:str}/atgarder/{number:int}",
    # -- boards
    "add_item": "/boards/{group_id:uuid}",
    "put_item_text": "/boards/items/{item_id:uuid}/text",
    "put_item_preparation": "/boards/items/{item_id:uuid}/preparation",
    "put_item_reference": "/boards/items/{item_id:uuid}/reference",
    "put_item_inquiry": "/boards/items/{item_id:uuid}/inquiry",
    "put_item_inquiry_ending": "/boards/items/{item_id:uuid}/inquiry/ending",
    "put_item_inquiry_answer": "/boards/items/{item_id:uuid}/inquiry/{number:int}",
    "put_seat_answer": "/sittings/{sitting_id:uuid}/seats/{number:int}/answer",
    "put_sitting_attendance": "/sittings/{sitting_id:uuid}/attendance",
    "put_item_sitting": "/boards/items/{item_id:uuid}/sitting",
    "put_item_dropping": "/boards/items/{item_id:uuid}/dropping",
    "add_item_report": "/boards/items/{item_id:uuid}/reports",
    "drop_item_report": "/boards/items/{item_id:uuid}/reports/{report_id:uuid}/removal",
    "add_resolution": "/boards/items/{item_id:uuid}/resolutions",
    "put_resolution": "/boards/items/{item_id:uuid}/resolutions/{number:int}",
    # -- a unit and the directory
    "put_attendee_answer put_substitute": "/our-unit/leaves /our-unit/leaves/again /our-unit/leaves/end",
    "put_substitutes": "/our-unit/substitutes",
    "add_role drop_role": "/our-unit/deputies /directory/roles/{role_id:uuid}",
    "put_closed_days": "/our-unit/closed-days /directory/{unit_id:uuid}/closed-days",
    "put_addresses": "/our-unit/mailboxes /directory/{unit_id:uuid}/addresses",
    "check_mailbox": "/our-unit/mailbox-check /directory/{unit_id:uuid}/mailbox-check",
    "add_unit": "/directory/new",
    "put_unit": "/directory/{unit_id:uuid}/facts",
    "archive_unit": "/directory/{unit_id:uuid}/closing",
    "add_person add_role": """
        /directory/{unit_id:uuid}/roles/new /directory/organisations/{organisation_id:uuid}/roles/new
        /directory/principals/{principal_id:uuid}/roles/new
    """,
    "put_person": "/directory/people/{person_id:uuid}",
    "add_principal": "/directory/principals/new",
    "put_principal": "/directory/principals/{principal_id:uuid}",
    "add_organisation": "/directory/organisations/new",
    "put_organisation": "/directory/organisations/{organisation_id:uuid}",
    "add_agreement": "/agreements/{agreement_id:uuid}/new",
    # -- calendars, disposal, audit
    "add_feed": "/feeds",
    "rotate_feed": "/feeds/{feed_id:uuid}/rotation",
    "drop_feed": "/feeds/{feed_id:uuid}/revocation",
    "add_webhook": "/webhooks",
    "put_webhook": "/webhooks/{endpoint_id:uuid}",
    "rotate_webhook": "/webhooks/{endpoint_id:uuid}/rotation",
    "test_webhook": "/webhooks/{endpoint_id:uuid}/test",
    "put_webhook_switch": "/webhooks/{endpoint_id:uuid}/switch",
    "drop_webhook": "/webhooks/{endpoint_id:uuid}/removal",
    "resend_webhook": "/webhooks/{endpoint_id:uuid}/resending",
    "resend_webhook_message": "/webhooks/{endpoint_id:uuid}/messages/{message_id:str}/resending",
    "put_disposal_decision": "/disposal/{organisation_id:uuid}/decision",
    "add_hold": "/disposal/{organisation_id:uuid}/holds",
    "put_hold_end": "/disposal/{organisation_id:uuid}/holds/{hold_id:uuid}/end",
    "carry_out_disposal": "/disposal/{organisation_id:uuid}/plan",
    "export_organisation": "/disposal/{organisation_id:uuid}/export",
    "find_audited": "/audit/meetings /audit/users /audit/extracts",
    "put_sample": "/audit/samples",
    # -- for people alone
    Alone.OWN: """
        /sign-in /sign-in/code /sign-in/again /sign-out /roles /theme /language /confirm
        /profile /profile/password /profile/sessions /profile/notices
        /profile/second-factor /meetings/views /meetings/views/{view_id:uuid}/removal
    """,
    Alone.WHO: """
        /users/new /users/sessions /users/keys /users/keys/{key_id:uuid}/rotation /users/keys/{key_id:uuid}/old
        /users/keys/{key_id:uuid}/revocation /users/{user_id:uuid}/acts /users/{user_id:uuid}/roles
        /users/{user_id:uuid}/roles/{grant_id:uuid} /users/{user_id:uuid}/sign-in /users/{user_id:uuid}/sign-in/end
        /users/{user_id:uuid}/sign-in/{grant_id:uuid}
    """,
    Alone.LINK: """
        /password /kod /accessibility /tyck/{form:str} /svar/{token:str}/kod
        /open-groups/{group_id:uuid}/subscription
        /narvaro/{meeting_id:uuid}/{token:str}
    """,
    Alone.SKETCH: """
        /meetings/new /meetings/new/{sketch_id:uuid}/who /meetings/new/{sketch_id:uuid}/what
        /meetings/new/{sketch_id:uuid}/when /meetings/new/{sketch_id:uuid}/consent
        /meetings/new/{sketch_id:uuid}/deletion /meetings/{meeting_id:uuid}/copy /meetings/{meeting_id:uuid}/follow-up
        /meetings/{meeting_id:uuid}/pre-meeting /bookings/{booking_id:uuid} /meetings/{meeting_id:uuid}/pattern
        /meeting-patterns/{pattern_id:uuid} /meeting-patterns/{pattern_id:uuid}/deletion
        /meetings/{meeting_id:uuid}/checklist /deviations/drafts/{draft_id:uuid}/erasing
    """,
    Alone.NAMED: """
        /meetings/{meeting_id:uuid}/parties/{party:int}/named /meetings/{meeting_id:uuid}/parties/{party:int}/unnamed
    """,
    Alone.JUDGED: """
        /signals /annual-reports/{year:int}/texts /annual-reports/{year:int}/publication
        /groups /groups/{group_id:uuid}/text /groups/{group_id:uuid}/closing /groups/{group_id:uuid}/seats
        /groups/{group_id:uuid}/seats/{number:int} /groups/{group_id:uuid}/seats/{number:int}/removal
        /groups/{group_id:uuid}/seats/{number:int}/term /groups/{group_id:uuid}/seats/{number:int}/deferral
        /groups/{group_id:uuid}/seats/{number:int}/vacancy /groups/{group_id:uuid}/seats/{number:int}/consent
        /groups/{group_id:uuid}/seats/{number:int}/name /groups/{group_id:uuid}/readers
        /groups/{group_id:uuid}/sittings /sittings/{sitting_id:uuid}/move /sittings/{sitting_id:uuid}/cancellation
        /audit/readings/{number:int} /accessibility/told/{barrier_id:uuid}
        /agreements/{agreement_id:uuid}/{version:int}/joinings
        /agreements/{agreement_id:uuid}/{version:int}/renewals/{principal_id:uuid}
        /agreements/{agreement_id:uuid}/settlement /agreements/{agreement_id:uuid}/settlement/{cost_id:uuid}
    """,
    Alone.WHOLE: """
        /directory/file /directory/file/{upload_id:uuid} /counties/file
        /directory/hsa /directory/hsa/{upload_id:uuid}
        /agreements/{agreement_id:uuid}/{version:int}/replays
    """,
    Alone.SLIP: "/our-unit/hours",
}
"""Paths of the pages that take a POST, by the operations that do the same, or by why none does."""


def acts() -> Iterator[tuple[str, str | Alone]]:
    """(path, operations or reason)."""
    for done_by, paths in ACTS.items():
        for path in paths.split():
            yield path, done_by
