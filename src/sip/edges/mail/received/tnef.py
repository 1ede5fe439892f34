"""What a winmail.dat is: the message class out of Microsoft's own format (MS-OXTNEF).

Only that one attribute is read, within bounds. What it says is for people and never an answer: the same envelope does
not say which invitation it is to, nor for whom.
"""

import struct
from enum import StrEnum

_SIGNATURE = 0x223E9F78
_MESSAGE_CLASS = 0x00078008
_HEAD = struct.Struct("<BII")
_CHECKSUM = 2
_MOST_ATTRIBUTES = 1_000
_LONGEST_CLASS = 255


class MessageClass(StrEnum):
    """What the mail is to its sender; each has its words under `inbound_flag.tnef_`."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    REQUEST = "request"
    CANCEL = "cancel"
    TEXT = "text"
    OTHER = "other"


# The names of Microsoft Mail, which TNEF still uses, and those of MAPI (MS-OXTNEF).
_CLASSES = {
    "ipm.microsoft schedule.mtgrespp": MessageClass.YES,
    "ipm.microsoft schedule.mtgrespn": MessageClass.NO,
    "ipm.microsoft schedule.mtgrespa": MessageClass.MAYBE,
    "ipm.microsoft schedule.mtgreq": MessageClass.REQUEST,
    "ipm.microsoft schedule.mtgcncl": MessageClass.CANCEL,
    "ipm.microsoft mail.note": MessageClass.TEXT,
    "ipm.schedule.meeting.resp.pos": MessageClass.YES,
    "ipm.schedule.meeting.resp.neg": MessageClass.NO,
    "ipm.schedule.meeting.resp.tent": MessageClass.MAYBE,
    "ipm.schedule.meeting.request": MessageClass.REQUEST,
    "ipm.schedule.meeting.canceled": MessageClass.CANCEL,
    "ipm.note": MessageClass.TEXT,
}


def class_of(data: bytes) -> MessageClass | None:
    """What this winmail.dat is; None when it is none, is cut off, or has no message class. Never raises."""
    if len(data) < 6 or int.from_bytes(data[:4], "little") != _SIGNATURE:
        return None
    at = 6
    for _ in range(_MOST_ATTRIBUTES):
        if at + _HEAD.size > len(data):
            return None
        _, attribute, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if attribute == _MESSAGE_CLASS:
            if length > _LONGEST_CLASS or at + length > len(data):
                return None
            return _class(data[at : at + length])
        at += length + _CHECKSUM
    return None


def _class(value: bytes) -> MessageClass:
    name = value.partition(b"\x00")[0].decode("ascii", "replace").strip().lower()
    return _CLASSES.get(name.removeprefix("microsoft mail v3.0 "), MessageClass.OTHER)
