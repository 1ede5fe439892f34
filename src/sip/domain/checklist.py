"""What is to be done around a meeting outside this service: a room, a link, an interpreter, the person told.

The law of this file: it reminds and binds nobody. Which lines there are follows from the kind, the form and the place;
a line that was ticked stays, also when the meeting changes.
"""

from collections.abc import Mapping
from enum import StrEnum

from sip.domain.agreement import MeetingKind
from sip.domain.terms import Form, PlaceKind, Purpose


class ChecklistItem(StrEnum):
    """One line."""

    PERSON_INFORMED = "person_informed"
    PERSON_WISHES = "person_wishes"
    GUARDIANS = "guardians"
    CHILD_HEARD = "child_heard"
    SUPPORT_PERSON = "support_person"
    CARE_CONTACT = "care_contact"
    MEDICINES = "medicines"
    PLACEMENT = "placement"
    INTERPRETER = "interpreter"
    ROOM = "room"
    ACCESSIBLE = "accessible"
    HOME_AGREED = "home_agreed"
    LINK_TESTED = "link_tested"
    PHONE_TESTED = "phone_tested"
    PAPERS = "papers"


_I = ChecklistItem
_OF_KIND: Mapping[MeetingKind, tuple[ChecklistItem, ...]] = {
    MeetingKind.CHILD: (_I.GUARDIANS, _I.CHILD_HEARD),
    MeetingKind.DISCHARGE: (_I.CARE_CONTACT, _I.MEDICINES),
    MeetingKind.LSS: (_I.SUPPORT_PERSON,),
    MeetingKind.PLACEMENT: (_I.GUARDIANS, _I.CHILD_HEARD, _I.PLACEMENT),
}
_OF_PLACE: Mapping[PlaceKind, tuple[ChecklistItem, ...]] = {
    PlaceKind.ROOM: (_I.ROOM, _I.ACCESSIBLE),
    PlaceKind.HOME: (_I.HOME_AGREED,),
}
_OF_FORM: Mapping[Form, tuple[ChecklistItem, ...]] = {
    Form.VIDEO: (_I.LINK_TESTED,),
    Form.HYBRID: (_I.LINK_TESTED,),
    Form.PHONE: (_I.PHONE_TESTED,),
}


def checklist(kind: MeetingKind, purpose: Purpose, form: Form, place: PlaceKind) -> tuple[ChecklistItem, ...]:
    """The lines of such a meeting, those about the person first; a meeting of professionals alone has none of them."""
    person: tuple[ChecklistItem, ...] = (_I.PERSON_INFORMED, _I.PERSON_WISHES, *_OF_KIND.get(kind, ()), _I.INTERPRETER)
    if purpose is Purpose.PRE_MEETING:
        person = ()
    found = (*person, *_OF_PLACE.get(place, ()), *_OF_FORM.get(form, ()))
    return (*found, _I.PAPERS) if purpose in (Purpose.FOLLOW_UP, Purpose.CHANGED_NEEDS) else found
