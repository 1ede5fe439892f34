"""Every play there is, by name."""

from tests.domain.plays import (
    PLAYS,
    answers_of_units,
    asks,
    changes,
    ladders,
    meetings,
    post,
    questions,
    reports,
    substitutes,
    unsure,
)

MODULES = (answers_of_units, asks, changes, ladders, meetings, post, questions, reports, substitutes, unsure)
EVERY = dict(sorted(PLAYS.items()))
