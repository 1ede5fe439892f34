"""What was said after meetings, as sums (`sip.domain.survey`): no answer has a row, and none a time."""

from sqlalchemy import CheckConstraint, Column, Date, Table

from sip.domain.survey import SurveyQuestion, Voice
from sip.store.tables.base import metadata, text, whole, words

_FIRST = "extract(day from quarter) = 1 and extract(month from quarter)::int % 3 = 1"
_PARTS = " and ".join(f"{question.value} between 0 and answers" for question in SurveyQuestion)

survey_sum = Table(
    "survey_sum",
    metadata,
    Column("quarter", Date, primary_key=True),
    words("voice", Voice, primary_key=True),
    text("area", primary_key=True),
    whole("answers"),
    *(whole(question.value) for question in SurveyQuestion),
    CheckConstraint(_FIRST, name="quarter"),
    CheckConstraint(_PARTS, name="parts"),
)
