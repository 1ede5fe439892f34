"""Settings of `sip watchdog`: whom it tells, by which way, and what it looks at besides the service itself."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, model_validator
from pydantic_settings import NoDecode

from sip.addresses import Relay, parse_email, parse_relay, parse_service_url
from sip.setting import folder, setting


def folders(value: object) -> tuple[Path, ...]:
    """Absolute paths with commas between. Raises ValueError for another."""
    return tuple(folder(one.strip()) for one in str(value).split(",") if one.strip())


class Watching(BaseModel):
    """Without them the watchdog logs what is wrong, and `/metrics` tells it."""

    watch_mail: Annotated[str, BeforeValidator(parse_email)] | None = setting(
        None,
        "Whom the watchdog mails when something is wrong; needs `SIP_WATCH_SMTP_URL`.",
        shown="none: it mails nobody",
    )
    watch_smtp_url: Annotated[Relay, BeforeValidator(parse_relay)] | None = setting(
        None,
        "The relay that its mail is handed to, written as `SIP_SMTP_URL`: another than the one it tells of.",
        shown="none",
        secret=True,
    )
    watch_heartbeat_url: Annotated[str, BeforeValidator(parse_service_url)] | None = setting(
        None,
        "An address that is fetched each minute in which nothing is wrong: silence alarms whoever listens there.",
        shown="none",
        secret=True,
    )
    watch_folders: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(folders)] = setting(
        (Path("/"),),
        "Folders, with commas between, whose disks are to have a tenth of room; of the watchdog's own machine.",
        shown="`/`",
    )

    @model_validator(mode="after")
    def _another_way(self) -> Self:
        """Who is told that the relay refuses is told by another."""
        if self.watch_mail is not None and self.watch_smtp_url is None:
            raise ValueError("SIP_WATCH_MAIL needs SIP_WATCH_SMTP_URL, another relay than the one that it watches")
        return self
