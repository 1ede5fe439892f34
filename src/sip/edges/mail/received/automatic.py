"""Whether a machine sent a mail (RFC 3834 and what is seen in the world).

X-Auto-Response-Suppress is a wish of the sender's and sits on ordinary Exchange mail too: never used here.
"""

from sip.edges.mail.received import mime

_SUBJECTS = (
    "automatic reply:", "autosvar:", "automatiskt svar:", "automatisk svar", "frånvaro", "out of office",
    "ej på kontoret", "automatische antwort", "auto-reply", "autoreply",
)  # fmt: skip
_HEADERS = ("X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-MS-Exchange-Inbox-Rules-Loop", "X-Mail-Autoreply")


def is_automatic(message: mime.Mail) -> bool:
    """An answering machine, a room, a mail server or a list; not a person at that moment."""
    submitted = mime.header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if any(message.get(name) is not None for name in _HEADERS):
        return True
    precedence = mime.header(message, "Precedence").lower()
    if precedence in ("auto_reply", "auto-reply"):
        return True
    subject = mime.header(message, "Subject").lower()
    answering = subject.startswith(_SUBJECTS)
    return answering and (_null_path(message) or precedence in ("bulk", "junk", "list"))


def is_bulk(message: mime.Mail) -> bool:
    """A list or a mass mailer: never written back to (RFC 3834, section 2)."""
    return message.get("List-Id") is not None or mime.header(message, "Precedence").lower() in ("bulk", "junk", "list")


def is_report(message: mime.Mail) -> bool:
    """A read receipt or a complaint about spam: machines' mail that is neither an answer nor a bounce."""
    if message.get_content_type() != "multipart/report":
        return False
    return (mime.parameter(message, "report-type") or "").lower() in ("disposition-notification", "feedback-report")


def _null_path(message: mime.Mail) -> bool:
    return mime.header(message, "Return-Path").replace(" ", "") == "<>"
