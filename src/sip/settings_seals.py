"""Settings of the seals on journal and access log: what they are signed with, and where they are kept outside."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, Field, SecretStr, model_validator

from sip.addresses import parse_email, parse_service_url
from sip.seal_key import parse_seal_key
from sip.seal_stamp import read_roots
from sip.setting import folder, setting


def certificates(value: object) -> Path:
    """The path of a file of certificates in PEM. Raises ValueError for another."""
    path = folder(value)
    try:
        read_roots(path.read_bytes())
    except (OSError, ValueError):
        raise ValueError("must be the absolute path of a readable file of certificates in PEM") from None
    return path


class Seals(BaseModel):
    """Sealed every day; without these the heads are kept in the database alone."""

    seal_key: Annotated[SecretStr, BeforeValidator(parse_seal_key)] | None = setting(
        None,
        "The Ed25519 key, in PEM, that the daily heads of journal and access log are signed with; best as "
        "`SIP_SEAL_KEY_FILE`. `sip journal key` prints its public half, which others verify by.",
        shown="one derived from `SIP_SECRET_KEY`",
        secret=True,
    )
    seal_folder: Annotated[Path, BeforeValidator(folder)] | None = setting(
        None,
        "A folder outside the database, which its owner cannot write in, best one where nothing can be changed: each "
        "day's head and leaves are kept there as files, for `sip journal verify --heads`.",
        shown="none: heads are kept in the database alone",
    )
    audit_sample: Annotated[int, Field(ge=1, le=1000)] = setting(
        20, "How many readings of a month an auditor's sample draws; see docs/sealed.md."
    )
    seal_tsa_url: Annotated[str, BeforeValidator(parse_service_url)] | None = setting(
        None,
        "The address of a time stamping service (RFC 3161) that stamps the newest seal, within the hour; needs "
        "`SIP_SEAL_TSA_CA`. What it gets is a hash.",
        shown="none: seals are not stamped",
    )
    seal_tsa_ca: Annotated[Path, BeforeValidator(certificates)] | None = setting(
        None,
        "A file of the certificates, in PEM, that the stamps are believed by: the root, and those between that the "
        "service does not send.",
        shown="none",
    )
    seal_mail: Annotated[str, BeforeValidator(parse_email)] | None = setting(
        None,
        "An address outside the installation, such as an archive's, that each day's seal is mailed to.",
        shown="none: seals are not mailed",
    )

    @model_validator(mode="after")
    def _stamped(self) -> Self:
        """A stamp that cannot be verified is not asked for."""
        if self.seal_tsa_url is not None and self.seal_tsa_ca is None:
            raise ValueError("SIP_SEAL_TSA_URL needs SIP_SEAL_TSA_CA, the certificates that its stamps are believed by")
        return self
