"""What the journal says, told in the terminal: one sentence for each finding that somebody watching wants to see.

The law of this file: a finding that is not worth a line gives None; nothing is told that the journal does not say.
"""

from collections.abc import Callable
from datetime import datetime

from sip.demo.hours import say
from sip.demo.promises import Note

RUNGS = {
    "reminder": ("remind", "{unit} påminns"),
    "no_acknowledgement": ("remind", "{unit} påminns igen, och bevakaren"),
    "no_answer": ("lift", "{unit} har inte svarat: frågan lyfts till enhetschefen"),
    "still_none": ("lift", "{unit} har inte svarat: frågan lyfts till verksamhetschefen"),
}
OUTCOMES = {
    "held": "mötet hölls",
    "party_missing": "mötet blev inte av, en kallad part saknades",
    "subject_absent": "mötet blev inte av, den det gäller kom inte",
    "technical": "mötet blev inte av",
}
SENTENCES: dict[str, tuple[str, str]] = {
    "acknowledged": ("answer", "{unit} har sett kallelsen"),
    "automatic": ("mail", "{unit}: ett automatiskt svar bevisar bara att kallelsen kom fram"),
    "undeliverable": ("bounce", "{unit} går inte att nå med mejl"),
    "mail_failed": ("bounce", "Ett mejl till {unit} kom inte fram"),
    "rung_empty": ("lift", "Ingen att lyfta till hos {unit}: samordnaren får veta"),
    "convener_asked": ("convener", "Sammankallande frågas om {unit}: genomföra, flytta eller ställa in?"),
    "confirm_asked": ("remind", "{unit} ombeds bekräfta eller utse ersättare"),
    "tentative_to_regret": ("substitute", "{unit} sa kanske till slutet: det räknas som förhinder"),
    "substitution_opened": ("substitute", "{unit} har förhinder: en ersättare söks"),
    "substitute_asked": ("substitute", "En ersättare för {unit} tillfrågas"),
    "substitute_named": ("substitute", "{unit} namnger en ersättare"),
    "substitute_refused": ("substitute", "Den tillfrågade hos {unit} kan inte"),
    "substitution_lifted": ("lift", "Ingen ersättare för {unit}: frågan lyfts till verksamhetschefen"),
    "substitution_exhausted": ("substitute", "Alla hos {unit} är tillfrågade"),
    "attendee_withdrew": ("substitute", "Den som skulle komma från {unit} kan inte längre"),
    "redirected": ("convener", "{unit} hänvisade vidare till {target}"),
    "released": ("convener", "{unit} släpps: inte längre kallad"),
    "excused": ("convener", "{unit} är ursäktad"),
    "proposal_accepted": ("move", "Tiden som {unit} föreslog tas"),
    "moved": ("move", "Mötet får en ny tid, alla frågas på nytt"),
    "cancelled": ("cancel", "Mötet är inställt"),
    "identity_conveyed": ("convener", "{unit} har fått veta vem det gäller, utanför tjänsten"),
    "attendance_asked": ("mark", "Hölls mötet? Frågan ställs till den som ska svara"),
    "unrecorded": ("mark", "Närvaron antecknades aldrig"),
    "no_fair_notice": ("mark", "{unit} uteblev, men utan skälig framförhållning: ingen rapport"),
    "reported": ("report", "{unit} uteblev: en brist i samverkan är upprättad"),
    "report_withdrawn": ("report", "Rapporten om {unit} är återtagen"),
    "ended": ("held", "Mötet är slut"),
}


def told(note: Note, unit: Callable[[int | None], str]) -> tuple[str, str] | None:
    """The kind of line and the sentence; None for what is not worth one. `unit` gives a party's unit by its ordinal."""
    if note.kind == "rung_fired":
        kind, sentence = RUNGS.get(note.detail.get("rung", ""), ("remind", "{unit} påminns"))
        return kind, sentence.format(unit=unit(note.party))
    if note.kind == "recorded":
        return "mark", "Närvaron är antecknad: " + OUTCOMES.get(note.detail.get("outcome", ""), "klart")
    if note.kind == "paused":
        until = note.detail.get("until", "")
        when = f" till {say(datetime.fromisoformat(until))}" if until else ""
        return "note", f"{unit(note.party)}: påminnelserna vilar{when}"
    found = SENTENCES.get(note.kind)
    if found is None:
        return None
    values = {**note.detail, "unit": unit(note.party), "target": note.detail.get("target", "en annan enhet")}
    return found[0], found[1].format_map(values)
