"""The questions after a meeting: behind a mailed link for staff, and on the form without a name (section 8 A7 and A8).

The law of this file: GET shows and never answers, and nothing is chosen beforehand. What is kept of who answers is
nothing; how often one network does is known to this process's memory alone, for as long as it counts.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.survey import SurveyQuestion, SurveyReply, Voice
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.throttle import client_of
from sip.usecases import surveys

MOST, LASTS = 20, timedelta(minutes=10)
"""So many answers from one network in that time: a whole room may sit behind one."""


@dataclass(slots=True)
class SurveyPace:
    """When each network answered last, in memory and nowhere else: in the database it would stand beside the sums."""

    seen: dict[str, deque[datetime]] = field(default_factory=dict)

    def takes(self, whom: str, now: datetime) -> bool:
        """Counts one more; False where somebody has to wait."""
        since = now - LASTS
        for one in [one for one, times in self.seen.items() if times[-1] <= since]:
            del self.seen[one]
        times = self.seen.setdefault(whom, deque(maxlen=MOST))
        if len(times) == MOST and times[0] > since:
            return False
        times.append(now)
        return True


def of_staff(page: Page, token: str, state: FormState, status: int = 200) -> Response[Any]:
    """The questions to staff."""
    return _form(page, Voice.STAFF, f"/svar/{token}", state, status)


async def choose(page: Page, token: str) -> Response[Any]:
    """Staff answered: the link ends with it."""
    reader = await page.reader()
    reply = _read(reader)
    if reply is None:
        return of_staff(page, token, reader.state, 422)
    await surveys.of_staff(page.services.db, token, reply, page.now)
    return page.html("survey_thanks.html", again=None)


@get("/tyck/{form:str}")
async def show(page: NamedDependency[Page], form: FromPath[str]) -> Response[Any]:
    """The questions to the person and hers."""
    await surveys.area_of(page.services.db, page.services.vault, form, page.now)
    return _form(page, Voice.PERSON, f"/tyck/{form}", FormState())


@post("/tyck/{form:str}", status_code=200)
async def answer(page: NamedDependency[Page], form: FromPath[str]) -> Response[Any]:
    """Somebody answered; who, nobody knows."""
    services, here = page.services, f"/tyck/{form}"
    await surveys.area_of(services.db, services.vault, form, page.now)
    reader = await page.reader()
    reply = _read(reader)
    if reply is None:
        return _form(page, Voice.PERSON, here, reader.state, 422)
    pace: SurveyPace = page.request.state.survey_pace
    if not pace.takes(client_of(page.request), page.now):
        reader.state.errors[""] = page.t("survey.wait")
        return _form(page, Voice.PERSON, here, reader.state, 429)
    await surveys.of_person(services.db, services.vault, form, reply, page.now)
    return page.to(f"{here}/tack#thanks")


@get("/tyck/{form:str}/tack")
async def thanks(page: NamedDependency[Page], form: FromPath[str]) -> Response[Any]:
    """It is counted; what was said is not said again."""
    await surveys.area_of(page.services.db, page.services.vault, form, page.now)
    return page.html("survey_thanks.html", again=f"/tyck/{form}")


def _read(reader: Reader) -> SurveyReply | None:
    """The choices; one at least."""
    said = {question: reader.one_of(question.value, ("yes", "no"), required=False) for question in SurveyQuestion}
    if reader.right and not any(said.values()):
        reader.wrong(SurveyQuestion.PURPOSE.value, "survey.none")
    if not reader.right:
        return None
    return SurveyReply(frozenset(question for question, word in said.items() if word == "yes"))


def _form(page: Page, voice: Voice, action: str, state: FormState, status: int = 200) -> Response[Any]:
    return page.html(
        "survey.html", status=status, f=state, action=action, voice=voice.value, questions=tuple(SurveyQuestion)
    )
