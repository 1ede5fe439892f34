"""Files that are sent by a form: what they are called. What they hold is read whole, and held to its own format.

The law of this file: a file is what its name says, or is not taken; it is never stored under its name, or served.
"""

from litestar.datastructures import UploadFile


def is_called(sent: object, endings: tuple[str, ...]) -> bool:
    """Whether this is a file whose name ends so, in any case of letters."""
    return isinstance(sent, UploadFile) and (sent.filename or "").lower().endswith(endings)
