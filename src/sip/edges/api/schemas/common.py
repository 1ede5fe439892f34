"""Words of the wire that several resources share."""

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from sip.domain import address, bounds
from sip.edges.api.said import day_out_of_range

# No control characters (PostgreSQL keeps no NUL), nothing but text; names on one line with no space round them.
_LINE = r"^[^\s\u0000-\u001f\u007f](?:[^\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f])?$(?!\n)"
_TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=_LINE)]
Text = Annotated[str, Meta(max_length=4000, pattern=_TEXT)]
Words = Annotated[str, Meta(min_length=1, max_length=300, pattern=_TEXT)]
Email = Annotated[str, Meta(min_length=6, max_length=address.LONGEST, pattern=address.PATTERN)]
Phone = Annotated[str, Meta(min_length=5, max_length=20, pattern=r"^\+?[0-9 ()\-/]{5,19}$(?!\n)")]
VideoUrl = Annotated[str, Meta(max_length=500, pattern=r"^https://[A-Za-z0-9.\-]+(?:[/?#][!-~]*)?$(?!\n)")]
HsaId = Annotated[str, Meta(pattern=r"^SE[0-9]{10}-[A-Za-z0-9]{1,18}$(?!\n)")]
Domain = Annotated[str, Meta(max_length=253, pattern=r"^(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+[a-z]{2,}$(?!\n)")]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset, such as 2026-11-02T10:00:00+01:00.")]
Version = Annotated[
    int, Meta(ge=1, le=2_147_483_647, description="The version the command was decided on; `If-Match` says the same.")
]
Ordinal = Annotated[int, Meta(ge=1, le=100_000)]

T = TypeVar("T")


class In(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of what is sent to us. Each day and time in it lies where days may."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                fits = bounds.in_utc(value) is not None
            else:
                fits = not isinstance(value, date) or bounds.day_fits(value)
            if not fits:
                raise ValueError(day_out_of_range(name))


class Out(msgspec.Struct, frozen=True, kw_only=True):
    """The base of what we send."""


class CommandBody(In, frozen=True, kw_only=True):
    """A command; `version` is optional, and so is `If-Match`: with either a stale command is refused with 409."""

    version: Version | None = None


class Bare(CommandBody, frozen=True, kw_only=True):
    """A command that needs nothing more; the body may be left out."""


class PageOut(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list; `next` is the cursor of the page after, null on the last."""

    items: list[T]
    next: str | None = None


class FieldError(Out, frozen=True, kw_only=True):
    """One field that was wrong: its path, a stable code, and a sentence."""

    field: str
    code: str
    detail: str


class Problem(Out, frozen=True, kw_only=True):
    """An error (RFC 9457). `code` is stable; `present` is the thing as it is now, where the command was stale."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = msgspec.field(default_factory=list)
    version: int | None = None
    present: dict[str, object] | None = None
