"""Settings of the seals on journal and access log: what they are signed with, and where they are kept outside."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, SecretStr

from sip.addresses import parse_email
from sip.seal_key import parse_seal_key
from sip.setting import folder, setting


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
    seal_mail: Annotated[str, BeforeValidator(parse_email)] | None = setting(
        None,
        "An address outside the installation, such as an archive's, that each day's seal is mailed to.",
        shown="none: seals are not mailed",
    )
