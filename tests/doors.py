"""The act that each door asks for: every route of the pages, every operation of the API, every address of
FHIR, each once.

The law of this file: a door that is not here fails the tests of doors. What comes of it for a role inside and outside
its place is not said here: that is asked of the table (`sip.usecases.acts`).
"""

from collections.abc import Iterator
from enum import StrEnum

from sip.usecases.acts import Act


class Free(StrEnum):
    """Why a door asks for no act."""

    OPEN = "for everybody, also who is not signed in"
    LINK = "behind a mailed link, whose token is what opens it"
    OWN = "for whoever is signed in, and only what is her own"


Opens = Act | Free

PAGES: dict[Opens, str] = {
    Free.OPEN: """
        GET /published-reports /published-reports/{edition_id:uuid} /published-reports/{edition_id:uuid}/file
        GET /open-groups /open-groups/{group_id:uuid} /open-groups/counties/{county_id:uuid}
        GET /sign-in /password /privacy /mail /accessibility /kod
        GET /tyck/{form:str} /tyck/{form:str}/tack
        POST /tyck/{form:str}
        GET /sign-in/with/{provider:str} /sign-in/with/{provider:str}/back
        POST /sign-in/code /sign-in/again
        GET /sign-in/again
        POST /open-groups/{group_id:uuid}/subscription
        POST /sign-in /sign-out /password /theme /accessibility /kod /language
        GET /language
    """,
    Free.LINK: """
        GET /svar/{token:str} /svar/{token:str}/tack /svar/{token:str}/alla
        GET /svar/{token:str}/enheter /svar/{token:str}/mote.ics /svar/{token:str}/narvaro
        GET /narvaro/{meeting_id:uuid}/{token:str} /narvaro/{meeting_id:uuid}/{token:str}/tack
        POST /svar/{token:str} /svar/{token:str}/kod /svar/{token:str}/alla
        POST /svar/{token:str}/samverkan
        POST /svar/{token:str}/ord /svar/{token:str}/atgarder /svar/{token:str}/atgarder/{number:int}
        POST /svar/{token:str}/narvaro /svar/{token:str}/narvaro/uppfoljning
        POST /narvaro/{meeting_id:uuid}/{token:str}
    """,
    Free.OWN: """
        POST /profile/notices /meetings/views/{view_id:uuid}/removal
        GET /profile/second-factor /confirm
        POST /profile/second-factor /confirm
        GET /roles /profile /help /feeds /events /survey-form
        POST /roles /profile /profile/password /profile/sessions /feeds
        POST /feeds/{feed_id:uuid}/rotation /feeds/{feed_id:uuid}/revocation
    """,
    Act.READ_MEETINGS: """
        GET / /hands/rows /hands/{meeting_id:uuid}/{act:str} /meetings /meetings/file
        GET /meetings/{meeting_id:uuid} /meetings/{meeting_id:uuid}/changes /matters
        POST /meetings/views
    """,
    Act.CONVENE: """
        POST /meetings/{meeting_id:uuid}/removal /meetings/{meeting_id:uuid}/chair-link
        GET /meetings/new /meetings/new/{sketch_id:uuid}/who /meetings/new/{sketch_id:uuid}/what
        GET /meetings/new/{sketch_id:uuid}/when /meetings/new/{sketch_id:uuid}/consent
        GET /meetings/new/{sketch_id:uuid}/check /meetings/new/{sketch_id:uuid}/mail/{party:int}
        GET /bookings/{booking_id:uuid} /meetings/{meeting_id:uuid}/poll
        POST /meetings/new /meetings/new/{sketch_id:uuid}/deletion /meetings/{meeting_id:uuid}/copy
        POST /meetings/{meeting_id:uuid}/pre-meeting
        POST /meetings/{meeting_id:uuid}/follow-up /meetings/new/{sketch_id:uuid}/who
        POST /meetings/new/{sketch_id:uuid}/what /meetings/new/{sketch_id:uuid}/when
        POST /meetings/new/{sketch_id:uuid}/consent /meetings/new/{sketch_id:uuid}/check
        POST /bookings/{booking_id:uuid} /meetings/{meeting_id:uuid}/call
        POST /meetings/{meeting_id:uuid}/schedule /meetings/{meeting_id:uuid}/cancellation
        POST /meetings/{meeting_id:uuid}/go-ahead /meetings/{meeting_id:uuid}/parties
        POST /meetings/{meeting_id:uuid}/claims/{claim:int}/decision
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/decision
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/identity
        GET /meetings/{meeting_id:uuid}/conveying
        POST /meetings/{meeting_id:uuid}/conveying/{party:int}
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/pause
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/excuse
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/release
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/removal
        POST /meetings/{meeting_id:uuid}/move /meetings/{meeting_id:uuid}/identity
        POST /meetings/{meeting_id:uuid}/text /meetings/{meeting_id:uuid}/convener
        POST /meetings/{meeting_id:uuid}/consent-withdrawal /meetings/{meeting_id:uuid}/poll
        POST /meetings/{meeting_id:uuid}/poll/pick /meetings/{meeting_id:uuid}/poll/answers
        POST /meetings/{meeting_id:uuid}/poll/withdrawal
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/successor
    """,
    Act.KEEP_IN_HAND: """
        POST /hands/{meeting_id:uuid}/{act:str}
    """,
    Act.RECORD: """
        GET /meetings/{meeting_id:uuid}/checklist /meetings/{meeting_id:uuid}/letter
        GET /meetings/{meeting_id:uuid}/attendance /meetings/{meeting_id:uuid}/attendance/recorded
        POST /meetings/{meeting_id:uuid}/checklist /meetings/{meeting_id:uuid}/attendance
        POST /meetings/{meeting_id:uuid}/attendance/follow-up
    """,
    Act.ANSWER: """
        POST /meetings/bulk
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/answer
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/substitute
        POST /our-unit/answers/{meeting_id:uuid}/{party:int}
    """,
    Act.KEEP_PATTERNS: """
        POST /meetings/{meeting_id:uuid}/pattern /meeting-patterns/{pattern_id:uuid}
        POST /meeting-patterns/{pattern_id:uuid}/deletion
        GET /meeting-patterns
    """,
    Act.AUDIT: """
        GET /audit /audit/meetings/{meeting_id:uuid} /audit/users/{user_id:uuid}
        GET /audit/readings/{number:int} /audit/samples/{month:str}
        GET /audit/extracts/{staff_id:uuid} /audit/extracts/{staff_id:uuid}/file
        POST /audit/meetings /audit/users /audit/extracts /audit/samples
        POST /audit/readings/{number:int}
    """,
    Act.SEE_OWN_UNIT: """
        GET /our-unit
    """,
    Act.KEEP_STAFFING: """
        POST /our-unit/hours
        POST /our-unit/leaves /our-unit/leaves/again /our-unit/leaves/end /our-unit/substitutes
        POST /our-unit/deputies /our-unit/closed-days
    """,
    Act.KEEP_UNIT: """
        POST /our-unit/mailboxes
        POST /our-unit/mailbox-check /directory/{unit_id:uuid}/mailbox-check
    """,
    Act.WATCH_UNITS: """
        GET /units/{unit_id:uuid}
    """,
    Act.READ_AGENDA: """
        GET /boards /boards/{group_id:uuid} /boards/{group_id:uuid}/sittings/{day:str}
        GET /boards/{group_id:uuid}/sittings/{day:str}/{kind:str} /boards/items/{item_id:uuid}
    """,
    Act.KEEP_AGENDA: """
        POST /boards/{group_id:uuid} /boards/items/{item_id:uuid}/text /boards/items/{item_id:uuid}/sitting
        POST /boards/items/{item_id:uuid}/preparation /boards/items/{item_id:uuid}/reference
        POST /boards/items/{item_id:uuid}/inquiry /boards/items/{item_id:uuid}/inquiry/ending
        POST /boards/items/{item_id:uuid}/inquiry/{number:int}
        POST /boards/items/{item_id:uuid}/reports /boards/items/{item_id:uuid}/reports/{report_id:uuid}/removal
        POST /boards/items/{item_id:uuid}/resolutions /boards/items/{item_id:uuid}/dropping
        POST /signals
    """,
    Act.FOLLOW_RESOLUTION: """
        POST /boards/items/{item_id:uuid}/resolutions/{number:int}
    """,
    Act.WATCH_SIGNALS: """
        GET /signals
    """,
    Act.READ_GROUPS: """
        GET /groups /groups/{group_id:uuid} /groups/{group_id:uuid}/attendance/{year:int} /sittings/{sitting_id:uuid}
        GET /sittings/{sitting_id:uuid}/attendance
    """,
    Act.READ_DECISIONS: """
        GET /decisions /decisions/{group_id:uuid}
    """,
    Act.KEEP_GROUPS: """
        GET /groups/new
        POST /groups /groups/{group_id:uuid}/text /groups/{group_id:uuid}/closing /groups/{group_id:uuid}/seats
        POST /groups/{group_id:uuid}/seats/{number:int} /groups/{group_id:uuid}/seats/{number:int}/removal
        POST /groups/{group_id:uuid}/sittings /sittings/{sitting_id:uuid}/move /sittings/{sitting_id:uuid}/cancellation
        POST /groups/{group_id:uuid}/readers
        POST /sittings/{sitting_id:uuid}/seats/{number:int}/answer /sittings/{sitting_id:uuid}/attendance
    """,
    Act.APPOINT: """
        POST /groups/{group_id:uuid}/seats/{number:int}/term /groups/{group_id:uuid}/seats/{number:int}/deferral
        POST /groups/{group_id:uuid}/seats/{number:int}/vacancy /groups/{group_id:uuid}/seats/{number:int}/consent
        POST /groups/{group_id:uuid}/seats/{number:int}/name
    """,
    Act.READ_STATISTICS: """
        GET /statistics /statistics/rows /statistics/survey
    """,
    Act.READ_SITUATIONS: """
        GET /situation /situation/file.csv
    """,
    Act.KEEP_ANNUAL_REPORT: """
        GET /annual-reports /annual-reports/{year:int} /annual-reports/{year:int}/file
        POST /annual-reports/{year:int}/texts /annual-reports/{year:int}/publication
    """,
    Act.READ_DEVIATIONS: """
        GET /deviations /deviations/{report_id:uuid} /deviations/{report_id:uuid}/file
    """,
    Act.NAME_USERS: """
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/named
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/unnamed
    """,
    Act.RAISE_DEVIATION: """
        GET /deviations/new /deviations/drafts/{draft_id:uuid}
        POST /deviations/new /deviations/drafts/{draft_id:uuid} /deviations/drafts/{draft_id:uuid}/erasing
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/deviation
        POST /meetings/{meeting_id:uuid}/parties/{party:int}/good-example
    """,
    Act.ANSWER_DEVIATION: """
        POST /deviations/{report_id:uuid}/hearing /deviations/{report_id:uuid}/cause
    """,
    Act.SETTLE_DEVIATION: """
        POST /deviations/{report_id:uuid}/settlement /deviations/{report_id:uuid}/closure
        POST /deviations/{report_id:uuid}/withdrawal /deviations/{report_id:uuid}/forwarding
        POST /deviations/{report_id:uuid}/return /deviations/{report_id:uuid}/merging
    """,
    Act.DISCUSS_DEVIATION: """
        POST /deviations/{report_id:uuid}/words /deviations/{report_id:uuid}/measures
        POST /deviations/{report_id:uuid}/registration
        POST /deviations/{report_id:uuid}/measures/{number:int}
    """,
    Act.READ_INBOUND: """
        GET /inbound /inbound/{number:int} /inbound/{number:int}/raw
        POST /inbound/{number:int}/handled /inbound/{number:int}/decision
    """,
    Act.READ_DIRECTORY: """
        GET /units/search
    """,
    Act.KEEP_DIRECTORY: """
        GET /directory /directory/{unit_id:uuid} /directory/{unit_id:uuid}/changes /directory/new
        GET /directory/{unit_id:uuid}/facts /directory/{unit_id:uuid}/closing
        GET /directory/{unit_id:uuid}/addresses /directory/{unit_id:uuid}/closed-days
        GET /directory/{unit_id:uuid}/roles/new
        GET /directory/organisations/{organisation_id:uuid}/roles/new
        GET /directory/principals/{principal_id:uuid}/roles/new /directory/roles/{role_id:uuid}
        GET /directory/people/{person_id:uuid} /directory/people/{person_id:uuid}/changes
        GET /directory/places /directory/principals/{principal_id:uuid} /directory/organisations/new
        GET /directory/organisations/{organisation_id:uuid} /agreements
        GET /agreements/{agreement_id:uuid}/{version:int}
        GET /agreements/{agreement_id:uuid}/{version:int}/file /mail-preview
        GET /agreements/{agreement_id:uuid}/compare /agreements/{agreement_id:uuid}/settlement
        GET /counties/{county_id:uuid}
        POST /agreements/{agreement_id:uuid}/settlement /agreements/{agreement_id:uuid}/settlement/{cost_id:uuid}
        POST /agreements/{agreement_id:uuid}/{version:int}/renewals/{principal_id:uuid}
        GET /mail-preview/{name:str} /mail-preview/{name:str}/html
        POST /directory/new /directory/{unit_id:uuid}/facts /directory/{unit_id:uuid}/closing
        POST /directory/{unit_id:uuid}/addresses /directory/{unit_id:uuid}/closed-days
        POST /directory/{unit_id:uuid}/roles/new
        POST /directory/organisations/{organisation_id:uuid}/roles/new
        POST /directory/principals/{principal_id:uuid}/roles/new /directory/roles/{role_id:uuid}
        POST /directory/people/{person_id:uuid} /directory/principals/{principal_id:uuid}
        POST /directory/organisations/new /directory/organisations/{organisation_id:uuid}
    """,
    Act.DISPOSE: """
        GET /disposal /disposal/{organisation_id:uuid} /disposal/{organisation_id:uuid}/plan
        POST /disposal/{organisation_id:uuid}/decision /disposal/{organisation_id:uuid}/holds
        POST /disposal/{organisation_id:uuid}/holds/{hold_id:uuid}/end /disposal/{organisation_id:uuid}/plan
        POST /disposal/{organisation_id:uuid}/export
    """,
    Act.KEEP_WEBHOOKS: """
        GET /webhooks /webhooks/{endpoint_id:uuid}
        POST /webhooks /webhooks/{endpoint_id:uuid} /webhooks/{endpoint_id:uuid}/rotation
        POST /webhooks/{endpoint_id:uuid}/test /webhooks/{endpoint_id:uuid}/switch
        POST /webhooks/{endpoint_id:uuid}/removal /webhooks/{endpoint_id:uuid}/resending
        POST /webhooks/{endpoint_id:uuid}/messages/{message_id:str}/resending
    """,
    Act.KEEP_INSTALLATION: """
        GET /directory/principals/new /directory/file /directory/file/export /directory/hsa
        GET /directory/hsa/{upload_id:uuid}
        GET /directory/file/{upload_id:uuid} /users /users/new /users/{user_id:uuid} /users/sessions
        GET /users/keys /agreements/{agreement_id:uuid}/new /accessibility/told
        GET /agreements/replays/{replay_id:uuid}
        POST /agreements/{agreement_id:uuid}/{version:int}/replays
        POST /directory/hsa /directory/hsa/{upload_id:uuid}
        POST /directory/principals/new /directory/file /directory/file/{upload_id:uuid} /users/new
        POST /users/{user_id:uuid}/roles /users/{user_id:uuid}/roles/{grant_id:uuid}
        GET /users/{user_id:uuid}/sign-in
        POST /users/{user_id:uuid}/sign-in /users/{user_id:uuid}/sign-in/end
        POST /users/{user_id:uuid}/sign-in/{grant_id:uuid}
        POST /users/{user_id:uuid}/acts /users/sessions /users/keys
        POST /users/keys/{key_id:uuid}/rotation /users/keys/{key_id:uuid}/old
        POST /users/keys/{key_id:uuid}/revocation /agreements/{agreement_id:uuid}/new
        POST /agreements/{agreement_id:uuid}/{version:int}/joinings /counties/file
        GET /counties/file /counties/file/example
        POST /accessibility/told/{barrier_id:uuid}
    """,
}
"""Routes of the pages by what they ask for: lines of a method and its paths."""

OPERATIONS: dict[Opens, str] = {
    Free.OWN: "get_me get_clock list_feeds add_feed rotate_feed drop_feed",
    Act.READ_DIRECTORY: "list_principals get_principal list_organisations get_organisation list_units get_unit"
    " get_closed_days list_agreements get_agreement get_addresses",
    Act.KEEP_DIRECTORY: "put_principal add_organisation put_organisation add_person put_person add_role"
    " drop_role add_unit put_unit archive_unit",
    Act.KEEP_INSTALLATION: "add_principal add_agreement",
    Act.SET_CLOCK: "put_clock",
    Act.KEEP_UNIT: "put_addresses get_substitutes list_persons get_person list_roles check_mailbox",
    Act.KEEP_STAFFING: "put_closed_days put_substitutes",
    Act.ANSWER: "put_poll_answer put_answer put_acknowledgement put_attendee_answer put_substitute"
    " post_answer post_acknowledgement post_attendee_answer post_substitute put_record_number",
    Act.READ_MEETINGS: "list_meetings get_meeting get_case",
    Act.CONVENE: "add_meeting patch_meeting call_meeting put_schedule put_convener go_ahead add_party put_identity"
    " put_pause put_excuse put_release put_successor put_decision remove_party cancel_meeting post_identity post_poll"
    " put_poll_pick withdraw_poll post_pause post_excuse post_release post_successor post_decision put_claim_decision"
    " post_claim_decision put_reminder post_reminder erase_draft send_chair_link"
    " post_follow_up put_plan_end post_plan_end",
    Act.RECORD: "put_attendance",
    Act.KEEP_IN_HAND: "put_keeper post_keeper put_remark post_remark put_snooze post_snooze drop_snooze",
    Act.READ_JOURNAL: "get_journal",
    Act.KEEP_CASES: "list_cases add_case put_consent withdraw_consent",
    Act.RAISE_DEVIATION: "add_deviation add_good_example",
    Act.DISCUSS_DEVIATION: "add_word add_measure put_measure post_measure put_registration post_registration",
    Act.READ_DEVIATIONS: "list_deviations get_deviation get_deviation_journal get_registration get_deviation_document",
    Act.ANSWER_DEVIATION: "put_hearing put_cause post_hearing post_cause",
    Act.SETTLE_DEVIATION: "put_dispute put_closing put_withdrawal post_dispute post_closing post_withdrawal"
    " put_forwarding post_forwarding drop_forwarding put_merging post_merging",
    Act.READ_AGENDA: "list_boards get_board get_sitting list_items find_items get_item",
    Act.READ_GROUPS: "list_groups get_group list_group_sittings get_group_attendance get_group_sitting",
    Act.KEEP_GROUPS: "put_seat_answer post_seat_answer put_sitting_attendance post_sitting_attendance",
    Act.KEEP_AGENDA: "add_item put_item_text post_item_text put_item_preparation post_item_preparation"
    " put_item_reference post_item_reference put_item_inquiry post_item_inquiry put_item_inquiry_ending"
    " post_item_inquiry_ending put_item_inquiry_answer post_item_inquiry_answer"
    " put_item_sitting post_item_sitting put_item_dropping"
    " post_item_dropping add_item_report drop_item_report add_resolution",
    Act.FOLLOW_RESOLUTION: "put_resolution post_resolution",
    Act.DISPOSE: "list_disposal get_disposal put_disposal_decision add_hold put_hold_end get_disposal_plan"
    " carry_out_disposal export_organisation export_matter",
    Act.AUDIT: "get_seals find_audited list_meeting_readings list_user_readings put_sample get_sample get_extract",
    Act.KEEP_WEBHOOKS: "list_webhooks add_webhook get_webhook put_webhook rotate_webhook test_webhook"
    " put_webhook_switch drop_webhook list_webhook_messages resend_webhook resend_webhook_message",
    Act.READ_INBOUND: "list_inbound get_inbound get_inbound_raw post_inbound_handled",
}
"""Operations of the API by what they ask for."""


FHIR: dict[Opens, str] = {
    Free.OPEN: """
        GET /metadata /StructureDefinition /StructureDefinition/{definition:str}
    """,
    Act.READ_MEETINGS: """
        GET /Appointment /Appointment/{identity:str} /AppointmentResponse /AppointmentResponse/{identity:str}
        POST /Appointment/_search /AppointmentResponse/_search
    """,
    Act.ANSWER: """
        POST /AppointmentResponse
    """,
    Act.READ_DIRECTORY: """
        GET /HealthcareService /HealthcareService/{identity:uuid} /Organization /Organization/{identity:uuid}
        POST /HealthcareService/_search /Organization/_search
    """,
    Act.KEEP_UNIT: """
        GET /PractitionerRole /PractitionerRole/{identity:uuid}
        POST /PractitionerRole/_search
    """,
}
"""Addresses under /fhir/R4 by what they ask for, which is in no description of operations."""


def fhir() -> Iterator[tuple[str, str, Opens]]:
    """(method, path, what it asks for) of FHIR."""
    return _lines(FHIR)


def routes() -> Iterator[tuple[str, str, Opens]]:
    """(method, path, what it asks for)."""
    return _lines(PAGES)


def _lines(table: dict[Opens, str]) -> Iterator[tuple[str, str, Opens]]:
    for opens, text in table.items():
        for line in text.strip().splitlines():
            method, *paths = line.split()
            yield from ((method, path, opens) for path in paths)


def operations() -> Iterator[tuple[str, Opens]]:
    """(operation, what it asks for)."""
    for opens, text in OPERATIONS.items():
        for name in text.split():
            yield name, opens
