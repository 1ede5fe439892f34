"""What would come of a press, in sentences, before it is made: computed by the rules themselves (`domain/foreseeing`).

Pure. Every figure is that of the agreement in force for the parties that the sentence names.
"""

from collections import defaultdict
from collections.abc import Iterator

from sip.domain.foreseeing import Foreseen
from sip.edges.web.shell.phrases import Phrases


def lines(foreseen: Foreseen, phrases: Phrases) -> tuple[str, ...]:
    """One sentence for each thing that would be different."""
    return tuple(_lines(foreseen, phrases))


def _lines(foreseen: Foreseen, phrases: Phrases) -> Iterator[str]:
    names = {party.ordinal: party.unit_name for party in foreseen.meeting.parties}
    said = phrases.names(names[one] for one in foreseen.answered)
    if foreseen.called:
        count = len(foreseen.called)
        yield phrases.t("foreseen.called", count=count) if count > 1 else phrases.t("foreseen.called_one")
    if said:
        yield phrases.t("foreseen.answered", units=", ".join(said))
    figures: dict[int, list[str]] = defaultdict(list)
    for party in foreseen.meeting.parties:
        if party.ordinal in foreseen.short:
            figures[party.rule_set.minimum_notice].append(party.unit_name)
    for days, units in sorted(figures.items()):
        key = "foreseen.short_one" if days == 1 else "foreseen.short"
        yield phrases.t(key, days=days, units=", ".join(phrases.names(units)))
    if foreseen.at_once:
        yield phrases.t("foreseen.at_once", units=", ".join(phrases.names(names[one] for one in foreseen.at_once)))
    if foreseen.stood_down:
        yield phrases.t("foreseen.stood_down", names=", ".join(phrases.names(foreseen.stood_down)))
