"""What the journal says, told in the terminal: one sentence for each finding that somebody watching wants to see.

The law of this file: a finding that is not worth a line gives None; nothing is told that the journal does not say.
"""

from collections.abc import Callable
from datetime import datetime

from sip.demo.hours import say
from sip.demo.promises import JournalNote

RUNGS = {
    "reminder": ("remind", "{unit} has not been heard of: it is reminded"),
    "no_acknowledgement": ("remind", "{unit} is reminded again, and its watchers are told"),
    "no_answer": ("lift", "{unit} has not answered: lifted to the unit manager"),
    "still_none": ("lift", "{unit} has still not answered: lifted to the head of operations"),
}
OUTCOMES = {
    "held": "the meeting was held",
    "party_missing": "not held, a called party was missing",
    "subject_absent": "not held, the person did not come",
    "technical": "not held",
}
SENTENCES: dict[str, tuple[str, str]] = {
    "acknowledged": ("answer", "{unit} has seen the call"),
    "automatic": ("mail", "{unit}: an automatic answer only proves that the call arrived"),
    "undeliverable": ("bounce", "{unit}: the call could not be delivered to its mailbox"),
    "mail_failed": ("bounce", "A mail to {unit} could not be delivered"),
    "rung_empty": ("lift", "{unit} has nobody to lift it to: the coordinator is told"),
    "convener_asked": ("convener", "Nobody comes yet from {unit}: the convener is asked, go ahead, move or cancel?"),
    "confirm_asked": ("remind", "{unit} is asked to confirm or send a substitute"),
    "name_asked": ("remind", "{unit} is asked who comes"),
    "tentative_to_regret": ("substitute", "{unit} said perhaps to the end: that counts as cannot come"),
    "substitution_opened": ("substitute", "{unit} cannot come: a substitute is looked for"),
    "substitute_asked": ("substitute", "Somebody is asked to stand in for {unit}"),
    "substitute_named": ("substitute", "{unit} names a substitute"),
    "substitute_refused": ("substitute", "Whoever was asked at {unit} cannot stand in"),
    "ask_ended": ("substitute", "No answer from the one asked at {unit}: the next is asked"),
    "attendee_accepted": ("covered", "{unit} is covered: the one who was asked comes"),
    "attendee_withdrew": ("substitute", "Whoever was to come from {unit} cannot"),
    "substitution_lifted": ("lift", "No substitute for {unit}: lifted to the head of operations"),
    "substitution_exhausted": ("substitute", "{unit}: there is nobody more to ask"),
    "redirected": ("convener", "{unit} pointed to {target}, which is called instead"),
    "released": ("convener", "{unit} is released: no longer bound to come"),
    "excused": ("convener", "{unit} is excused"),
    "proposal_accepted": ("move", "The time that {unit} proposed is taken"),
    "moved": ("move", "The meeting has a new time, everybody is asked anew"),
    "cancelled": ("cancel", "The meeting is cancelled: {reason}"),
    "attendance_asked": ("mark", "Was it held? The question goes to whoever is to answer it"),
    "unrecorded": ("mark", "Attendance was never recorded"),
    "no_fair_notice": ("mark", "{unit} stayed away, but an automatic report would need more: none is raised"),
    "reported": ("report", "{unit} stayed away: a deviation report is raised"),
    "report_withdrawn": ("report", "The report about {unit} is withdrawn"),
    "ended": ("held", "The meeting is over"),
    "heard": ("report", "{unit} has been heard: {statement}"),
    "cause_given": ("report", "{unit} has answered the report: {cause}"),
    "dispute_settled": ("report", "The convener lets the report about {unit} stand"),
    "closed": ("report", "The report about {unit} is closed"),
}


def told(note: JournalNote, unit: Callable[[int | None], str]) -> tuple[str, str] | None:
    """The kind of line and the sentence; None for what is not worth one. `unit` gives a party's unit by its ordinal."""
    if note.kind == "rung_fired":
        kind, sentence = RUNGS.get(note.detail.get("rung", ""), ("remind", "{unit} is reminded"))
        return kind, sentence.format(unit=unit(note.party))
    if note.kind == "recorded":
        return "mark", "Attendance is recorded: " + OUTCOMES.get(note.detail.get("outcome", ""), "done")
    if note.kind == "paused":
        until = note.detail.get("until", "")
        when = f" until {say(datetime.fromisoformat(until))}" if until else ""
        return "note", f"{unit(note.party)}: the reminders rest{when}"
    found = SENTENCES.get(note.kind)
    if found is None:
        return None
    blank = {"target": "another unit", "statement": "", "cause": "", "reason": ""}
    said = {name: str(value).replace("_", " ") for name, value in note.detail.items()}
    return found[0], found[1].format_map({**blank, **said, "unit": unit(note.party)})
