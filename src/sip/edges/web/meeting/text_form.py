"""The text of a meeting as its form has it: purpose, questions and chair."""

from collections.abc import Mapping

from sip.domain.meeting import Meeting


def values(meeting: Meeting) -> Mapping[str, str]:
    """The form filled in with what holds now."""
    return {
        "purpose": meeting.purpose,
        "purpose_text": meeting.purpose_text,
        "questions": "\n".join(meeting.questions),
        "chair_name": meeting.chair_name or "",
        "chair_email": meeting.chair_email or "",
    }
