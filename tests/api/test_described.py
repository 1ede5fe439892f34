"""Any request at all, as every role: schemathesis makes them of the description, and holds each answer against it.

The law of this file: no finding is let pass but what `_said` names with its reason. The same requests are made each
time. What a role may do is asked elsewhere (`test_doors`); here each gets an answer that is described.
"""

import asyncio
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, openapi
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.overrides import Override

from sip.domain.people import Role
from sip.edges.api.said import READ
from tests.api.conftest import House
from tests.api.test_roles import prepare
from tests.domain.cast import CARE_CENTRE, HOME_CARE

SCHEMA = "/api/schema/openapi.json"
PARTS = 4
"""So many tests, each with every fourth operation: they are shared by whoever runs tests beside each other."""
EXAMPLES = 2
"""For each operation and kind of data, asked by every role."""
ELSEWHERE = {"use_after_free", "ensure_resource_availability", "ignored_auth", "object_level_authorization"}
"""Checks that need a walk of their own; it is in `test_doors`, `test_roles` and `test_second_wall`."""
CONFIG = {"generation": {"with-security-parameters": False}}
"""The key is ours: that none and a wrong one are refused is asked in `test_roles`."""
SEMANTIC = {"invalid", "agreement", "key_reused"}
"""Codes of 422: what is described and read, and still cannot be kept, as a unit that is not in the directory or a name
that is taken; or an Idempotency-Key that was used. Each field of it has a code of its own, never that of what cannot be
read.
"""

Ask = Callable[[Any, str], None]


class Asking:
    """Sends cases as a key, and holds the answers against the description."""

    def __init__(self, house: House, ids: dict[str, str]) -> None:
        self._house, self._ids, self._loop = house, ids, asyncio.get_running_loop()
        self.found: dict[tuple[str, str], tuple[str, ...]] = {}
        self.asked: set[tuple[str, str]] = set()
        load_all_checks()
        self._checks = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in ELSEWHERE]

    def __call__(self, case: Any, role: str) -> None:
        self._at_home(case)
        sent = case.as_transport_kwargs(base_url="http://testserver")
        headers = {name: str(value).encode() for name, value in (sent.get("headers") or {}).items()}
        headers["Authorization"] = f"Bearer {self._house.keys[role].token}".encode()
        known = {name: sent[name] for name in ("method", "url", "params", "json") if name in sent}
        if isinstance(sent.get("data"), bytes):
            known["content"] = sent["data"]
        asked = asyncio.run_coroutine_threadsafe(self._house.client.request(headers=headers, **known), self._loop)
        answer = asked.result(60)
        self.asked.add((case.operation.label, role))
        try:
            case.validate_response(answer, checks=[one for one in self._checks if not _said(one.__name__, answer)])
        except FailureGroup as failures:
            for one in failures.exceptions:
                what = (type(one).__name__, case.operation.label)
                self.found.setdefault(what, (role, str(one)[:400], repr(known)[:600], answer.text[:300]))

    def told(self) -> str:
        """Each finding with the first request that made it."""
        return "\n".join(f"{what}: {said}" for what, said in sorted(self.found.items()))

    def _at_home(self, case: Any) -> None:
        """What is asked of is there, as often as not: else every answer would be 404."""
        if case.meta is None or case.meta.generation.mode.is_negative or len(repr(case.query)) % 2:
            return
        for name in case.path_parameters or {}:
            case.path_parameters[name] = self._ids.get(name, case.path_parameters[name])


def _said(check: str, answer: httpx.Response) -> bool:
    """Whether the description says that this may come of what follows it: a cursor is opaque, and of its list alone;
    If-Match and the body's version must say the same.
    """
    if check != "positive_data_acceptance":
        return False
    if answer.status_code == 422:
        problem = answer.json()
        return problem["code"] in SEMANTIC and all(one["code"] != READ for one in problem["errors"])
    return answer.status_code == 400 and answer.json()["code"] in ("cursor_unusable", "versions_differ")


async def _described(house: House, part: int) -> list[Any]:
    schema = openapi.from_dict((await house.client.get(SCHEMA)).json(), config=SchemathesisConfig.from_dict(CONFIG))
    found = list(schema.get_all_operations())
    assert all(isinstance(one, Ok) for one in found), "a part of the description cannot be read"
    return [one.ok() for one in found if isinstance(one, Ok)][part::PARTS]


def _covering(operation: Any) -> Iterator[Any]:
    """Each boundary of each field, each field left out, each method that is none of the address's."""
    generation = operation.schema.config.generation_for(operation=operation, phase="coverage")
    return iter(
        CoverageGenerator(
            operation=operation, generation_modes=list(GenerationMode), generation_config=generation,
            auth_storage=None, override=Override(), feedback=FeedbackSources(),
        )
    )  # fmt: skip


@pytest.mark.parametrize("part", range(PARTS))
async def test_whatever_is_asked_is_answered_as_described(house: House, part: int) -> None:
    asking, operations = Asking(house, await prepare(house)), await _described(house, part)

    def every() -> None:
        for operation in operations:
            for case in _covering(operation):
                asking(case, "administrator")

    await asyncio.to_thread(every)
    assert {label for label, _ in asking.asked} == {one.label for one in operations}, "every operation is asked"
    assert not asking.found, asking.told()


@pytest.mark.parametrize("part", range(PARTS))
async def test_every_role_is_answered_as_described(house: House, part: int) -> None:
    """By chance, but the same each time: what follows the description, and what does not."""
    asking, operations = Asking(house, await prepare(house)), await _described(house, part)
    for role in set(Role) - {Role.ADMINISTRATOR}:
        await house.key(role, role, unit_id=CARE_CENTRE.unit_id if role is Role.CONVENER else HOME_CARE.unit_id)
    run = settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    turns, bad = cycle(Role), set()

    def ask_all(case: Any) -> None:
        """What follows the description is asked by all, and so is the first of what does not of each operation; the
        rest by one role in turn.
        """
        by_all = case.meta.generation.mode.is_positive or case.operation.label not in bad
        if case.meta.generation.mode.is_negative:
            bad.add(case.operation.label)
        for role in tuple(Role) if by_all else (next(turns),):
            asking(case, role)

    def every() -> None:
        for operation in operations:
            for mode in GenerationMode:
                try:
                    drawn: Any = given(operation.as_strategy(generation_mode=mode))
                    asked: Any = run(drawn(ask_all))
                    asked()
                except BaseException as error:
                    if type(error).__name__ not in ("SkipTest", "Unsatisfiable"):
                        raise

    await asyncio.to_thread(every)
    assert asking.asked == {(one.label, role) for one in operations for role in Role}, "each is asked as every role"
    assert not asking.found, asking.told()
