"""What has been recorded of the consent, in words, and whom a change was told.

The law of this file: it is for the side that keeps the case, whose view gives it nobody else.
"""

from sip.domain.consent_record import ConsentAct, ConsentRecorded
from sip.domain.meeting import Meeting
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.views import TimelineLine
from sip.store.consents import ConsentLine


def line(one: ConsentLine, meeting: Meeting, phrases: Phrases) -> TimelineLine:
    """What it said, who was told of this meeting, and how many of those mails have left."""
    record, t = one.record, phrases.t
    texts = [_said(record, phrases)]
    told = phrases.names({mailed.unit for mailed in record.told if mailed.meeting_id == meeting.id})
    if told:
        texts.append(t("page.meeting.consent_told", units=", ".join(told)))
    if record.told:
        texts.append(t("page.meeting.consent_sent", sent=one.sent, count=len(record.told)))
    elif record.act in (ConsentAct.WITHDRAWN, ConsentAct.OTHER_GROUND):
        texts.append(t("page.meeting.consent_told_nobody"))
    return TimelineLine(one.at, tuple(texts), one.by)


def _said(record: ConsentRecorded, phrases: Phrases) -> str:
    t = phrases.t
    keys = {
        ConsentAct.WITHDRAWN: "consent_was_withdrawn",
        ConsentAct.OTHER_GROUND: "consent_other_ground",
        ConsentAct.REFUSED: "consent_refused",
    }
    if record.act in keys:
        return t(f"page.meeting.{keys[record.act]}")
    if record.other_legal_ground and record.how is None:
        return t("page.meeting.consent_ground")
    more = ""
    if record.scope:
        more += t("page.meeting.consent_scope", scope=record.scope)
    if record.how:
        more += t("page.meeting.consent_how", how=record.how)
    if record.until is not None:
        more += t("page.meeting.consent_last", day=phrases.day(record.until))
    if record.organisations is not None:
        more += t("page.meeting.consent_some", count=len(record.organisations))
    return t("page.meeting.consent_recorded", more=more)
