"""Errors as OperationOutcome: one clear sentence, in Swedish or English, and the stable code that the API has for it.

The law of this file: it says what a problem document says (`sip.edges.api.problems`), and nothing more.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from sip.edges.api.problems import ApiProblem, document, faulted, language_of
from sip.edges.fhir.names import PROBLEM, Resource

MEDIA_TYPE = "application/fhir+json"
_ISSUES: Mapping[int, str] = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
    409: "conflict", 413: "too-long", 415: "not-supported", 422: "processing", 429: "throttled", 500: "exception",
    503: "transient",
}  # fmt: skip
"""Status -> what kind of issue it is to FHIR (its value set issue-type)."""


def outcome(problem: ApiProblem, language: str) -> Resource:
    """The problem first, then each element that was wrong; where it is the one element's own, in one."""
    said = document(problem, language)
    whole = _issue(_ISSUES.get(said.status, "processing"), said.code, said.detail)
    if [one.code for one in said.errors] == [said.code]:
        whole["expression"] = [said.errors[0].field]
        return {"resourceType": "OperationOutcome", "issue": [whole]}
    fields = [{**_issue("value", one.code, one.detail), "expression": [one.field]} for one in said.errors]
    return {"resourceType": "OperationOutcome", "issue": [whole, *fields]}


def _issue(kind: str, code: str, sentence: str) -> Resource:
    details = {"coding": [{"system": PROBLEM, "code": code}], "text": sentence}
    return {"severity": "error", "code": kind, "details": details}


def sent(problem: ApiProblem, language: str) -> tuple[str, bytes]:
    """Its media type and its bytes, for the door."""
    return MEDIA_TYPE, msgspec.json.encode(outcome(problem, language))


def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The exception handler of everything under /fhir/."""
    problem = faulted(request, error)
    media_type, body = sent(problem, language_of(request.headers.get("accept-language", "")))
    return Response(body, status_code=problem.status, media_type=media_type, headers=problem.headers)
