"""Whether a machine sent a mail (RFC 3834 and what is seen in the world).

The law of this file: of an answer by calendar only what nothing but a machine does tells a machine. `auto-generated` is
a transport's mark: Cyrus, Stalwart and Twake write it on every REPLY that a person gives (decision 0021).
X-Auto-Response-Suppress is a wish of the sender's and sits on ordinary Exchange mail too: never used here.
"""

from sip.edges.mail.received import mime

_SUBJECTS = (
    "automatic reply", "autosvar", "automatiskt svar", "automatisk svar", "frånvaro", "frånvarande", "out of office",
    "ute av kontoret", "ej på kontoret", "automaattinen vastaus", "fravær", "automatische antwort", "auto-reply",
    "autoreply",
)  # fmt: skip
"""How the subjects of answering machines begin, in the Nordic languages and those of our neighbours."""
_VACATION = (
    "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "X-Mail-Autoreply",
    "X-FC-MachineGenerated",
)  # fmt: skip
# Exchange writes it on an absence reply, and on whatever an inbox rule has passed on: proof with no answer beside it.
_RULES_LOOP = "X-MS-Exchange-Inbox-Rules-Loop"


def is_automatic(message: mime.Mail, *, null_path: bool) -> bool:
    """An answering machine, a room, a mail server or a list; not a person at that moment."""
    submitted = _submitted(message)
    if (submitted and submitted != "no") or message.get(_RULES_LOOP) is not None:
        return True
    return has_answered_by_itself(message, null_path=null_path)


def has_answered_by_itself(message: mime.Mail, *, null_path: bool) -> bool:
    """What only machines do; it holds for a mail with an answer by calendar too."""
    if null_path or _submitted(message) == "auto-replied":
        return True
    if any(_says_so(mime.header(message, name)) for name in _VACATION if message.get(name) is not None):
        return True
    if mime.header(message, "X-Apple-Action").lower() == "vacation":
        return True
    precedence = mime.header(message, "Precedence").lower()
    if precedence in ("auto_reply", "auto-reply"):
        return True
    return precedence in ("bulk", "junk", "list") and mime.header(message, "Subject").lower().startswith(_SUBJECTS)


def _submitted(message: mime.Mail) -> str:
    return mime.header(message, "Auto-Submitted").partition(";")[0].partition("(")[0].strip().lower()


def _says_so(value: str) -> bool:
    return value.lower() not in ("no", "false", "0")


def is_bulk(message: mime.Mail) -> bool:
    """A list or a mass mailer: never written back to (RFC 3834, section 2)."""
    return message.get("List-Id") is not None or mime.header(message, "Precedence").lower() in ("bulk", "junk", "list")


def is_report(message: mime.Mail) -> bool:
    """A read receipt or a complaint about spam: machines' mail that is neither an answer nor a bounce."""
    if message.get_content_type() != "multipart/report":
        return False
    return (mime.parameter(message, "report-type") or "").lower() in ("disposition-notification", "feedback-report")
