"""How one setting is declared: its default, what the reference says of it, and what a sentence says it must be."""

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr


def setting(default: Any, meaning: str, must: str = "", shown: str = "", secret: bool = False, **limits: Any) -> Any:
    """A field with what the reference says of it (`meaning`), what a sentence says it must be (`must`, where no parser
    says it), how its default is shown where the value does not say it, and whether its value may be echoed."""
    extra: dict[str, Any] = {"must": must, "shown": shown, "secret": secret}
    return Field(default, description=meaning, json_schema_extra=extra, **limits)


def whole(default: int, low: int, high: int, meaning: str) -> Any:
    """A whole number within limits."""
    return setting(default, meaning, f"a whole number from {low} to {high}", ge=low, le=high)


def key(value: object) -> object:
    """A secret made by chance. Raises ValueError for one under 32 characters."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if len(text) < 32:
        raise ValueError("must have at least 32 characters, by chance; `openssl rand -hex 32` makes one")
    return value


def folder(value: object) -> Path:
    """A path from the root; `~` is the user's own folder. Raises ValueError for another."""
    path = Path(str(value)).expanduser()
    if not path.is_absolute():
        raise ValueError("must be an absolute path")
    return path
