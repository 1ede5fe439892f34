"""What a letter about a poll of times says beside its words: the times asked of, a line each.

The law of this file: no calendar and no reply token; the times stand as text, and the link is the only way to answer.
"""

from sip.domain.effects import POLL_ASKS, Mail, MailKind
from sip.edges.mail.letters import wording

KINDS = POLL_ASKS | {MailKind.POLL_ENDED}


def rows(mail: Mail) -> list[tuple[str, str | None]]:
    """Facts by name: the times, what the meeting has now where it is called, and until when answers are taken."""
    language, detail = mail.to.language, mail.detail
    until = wording.when(language, detail.get("answer_until")) if mail.kind in POLL_ASKS else None
    return [
        ("times", "\n".join(_lines(mail))),
        ("present", wording.span_from(language, detail, "present_start", "present_end")),
        ("answer_by", until),
    ]


def _lines(mail: Mail) -> list[str]:
    found = []
    for pair in mail.detail.get("times", "").splitlines():
        start, _, end = pair.partition("/")
        said = wording.span_from(mail.to.language, {"start": start, "end": end}, "start", "end")
        found.extend([said] if said else [])
    return found
