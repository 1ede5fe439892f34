"""What somebody writes on the client that openapi-python-client made: reads, answers, and is told why not.

client.py ADDRESS KEY: one line of JSON of what came. `sip_client` is what was generated, on the path.
"""

import json
import sys
from uuid import UUID

from sip_client import AuthenticatedClient  # type: ignore[import-not-found]  # made by the test
from sip_client.api.meetings import get_meeting, list_meetings  # type: ignore[import-not-found]  # made by the test
from sip_client.api.parties import post_answer  # type: ignore[import-not-found]  # made by the test
from sip_client.models import AnswerIn, AnswerKind, PersonBody, Problem  # type: ignore[import-not-found]  # made by the test

address, key = sys.argv[1:]
client = AuthenticatedClient(base_url=address, token=key)
listed = list_meetings.sync(client=client, limit=10).items
meeting = get_meeting.sync(listed[0].id, client=client)
(party,) = (one for one in meeting.parties if one.unit_name == "Hemtjänsten Al")
answer = AnswerIn(answer=AnswerKind.ATTENDS, names=[PersonBody(name="Anna Svensson")])
once = {"idempotency_key": "client-py-1", "if_match": f'"{meeting.version}"'}
after = [post_answer.sync(meeting.id, party.ordinal, client=client, body=answer, **once) for _ in range(2)]
missing = get_meeting.sync(UUID(int=0), client=client)
assert isinstance(missing, Problem)
standing = next(one.standing for one in after[0].parties if one.ordinal == party.ordinal)
same = after[0].to_dict() == after[1].to_dict()
told = {"listed": len(listed), "start": meeting.start.isoformat(), "standing": standing, "same": same}
sys.stdout.write(json.dumps({**told, "missing": missing.code}))
