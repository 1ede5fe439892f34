"""Settings of the ways in besides LMTP and SMTP: an IMAP account that is read, and mail pushed by HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, SecretStr

from sip.addresses import ImapAccount, parse_folder, parse_imap_account, parse_token_url
from sip.setting import key, setting, whole


def _file(value: object) -> Path:
    path = Path(str(value))
    if not path.is_absolute():
        raise ValueError("must be an absolute path")
    return path


class WaysIn(BaseModel):
    """Off unless `imap_url` or `push_secret` is set."""

    imap_url: Annotated[ImapAccount, BeforeValidator(parse_imap_account)] | None = setting(
        None,
        "The IMAP account that answers are read from where no mail server hands them over: "
        "`imaps://user:password@host:993`, an @ in the user written `%40`. Without a password it signs in by XOAUTH2 "
        "(`SIP_IMAP_TOKEN_URL`). It must be the service's own: everything in it is taken.",
        shown="none: no account is read",
        secret=True,
    )
    imap_inbox: Annotated[str, BeforeValidator(parse_folder)] = setting("INBOX", "The folder that mail arrives in.")
    imap_handled: Annotated[str, BeforeValidator(parse_folder)] = setting(
        "Behandlade", "The folder that mail is moved to when it has been taken in; made if it is missing."
    )
    imap_failed: Annotated[str, BeforeValidator(parse_folder)] = setting(
        "Fel", "The folder for mail that could not be taken in (too large, unreadable); made if it is missing."
    )
    imap_poll_seconds: int = whole(60, 1, 300, "How often the account is read, in seconds.")
    imap_token_url: Annotated[str, BeforeValidator(parse_token_url)] | None = setting(
        None,
        "Where an access token for the account is fetched (OAuth 2, client credentials), for Exchange Online "
        "`https://login.microsoftonline.com/TENANT/oauth2/v2.0/token`.",
        shown="none",
    )
    imap_client_id: str = setting("", "The application that fetches the token.", shown="none")
    imap_client_secret: SecretStr = setting(SecretStr(""), "The secret of that application.", shown="none", secret=True)
    imap_scope: str = setting("https://outlook.office365.com/.default", "What the token is asked for.")
    imap_token_path: Annotated[Path, BeforeValidator(_file)] | None = setting(
        None,
        "Instead of `SIP_IMAP_TOKEN_URL`: a file with an access token that something else keeps fresh; read at every "
        "sign-in.",
        shown="none",
    )
    push_secret: Annotated[SecretStr, BeforeValidator(key)] | None = setting(
        None,
        "What opens `POST /api/v1/inbound/push` for a mail server that pushes mail by HTTP. At least 32 characters, by "
        "chance.",
        shown="none: nothing is taken there",
        secret=True,
    )


def incomplete(ways: WaysIn) -> Iterator[str]:
    """What must be said besides, or is said twice, in sentences."""
    if ways.imap_url is None:
        return
    tokens = [name for name in ("imap_token_url", "imap_token_path") if getattr(ways, name) is not None]
    named = [f"SIP_{name.upper()}" for name in tokens]
    if ways.imap_url.password is None and not named:
        yield "SIP_IMAP_URL has no password; give one, or set SIP_IMAP_TOKEN_URL to sign in by XOAUTH2."
    if ways.imap_url.password is not None and named:
        yield f"SIP_IMAP_URL has a password, and {named[0]} is set too; keep one."
    if len(named) > 1:
        yield "SIP_IMAP_TOKEN_URL and SIP_IMAP_TOKEN_PATH are both set; keep one."
    if ways.imap_token_url is not None and not (ways.imap_client_id and ways.imap_client_secret.get_secret_value()):
        yield "SIP_IMAP_TOKEN_URL needs SIP_IMAP_CLIENT_ID and SIP_IMAP_CLIENT_SECRET beside it."
    folders = [ways.imap_inbox, ways.imap_handled, ways.imap_failed]
    if len(set(folders)) < len(folders):
        yield "SIP_IMAP_INBOX, SIP_IMAP_HANDLED and SIP_IMAP_FAILED must be three folders."
