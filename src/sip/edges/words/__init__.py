"""Words for people, in Swedish and English, by dotted key. Swedish is written first and is what is left when a key has
no English.

The law of this file: every `*.sv.toml` here has an `*.en.toml` with the same keys and the same `{values}` (a test holds
it). A file of its own per subject; a key stands in one file only. A missing key is a fault of the program and raises.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from sip.domain.people import Language

LANGUAGES: tuple[Language, ...] = (Language.SV, Language.EN)
COUNTED = ("count", "n", "rows")
"""The values by which words tell one from several."""


class WordMissingError(KeyError):
    """No such key in this language; the text names both."""


def word(language: str, key: str, /, **values: object) -> str:
    """The words of `key` in `language` ("sv" or "en"), with `{name}` replaced by `values`; those of one thing, which
    stand under `key_one`, where there are such and what is counted is 1.

    Raises WordMissingError for an unknown key, KeyError when the words need a value that is not given.
    """
    every = words(language)
    single = bool(values) and any(values.get(name) == 1 for name in COUNTED)
    found = every.get(f"{key}_one", every.get(key)) if single else every.get(key)
    if found is None:
        raise WordMissingError(f"{language}: {key}")
    return found.format_map(values)


def has_word(language: str, key: str, /) -> bool:
    """Whether there are words for this key."""
    return key in words(language)


@cache
def words(language: str) -> Mapping[str, str]:
    """All words of one language, flat. Raises ValueError when a key stands in two files."""
    if language not in LANGUAGES:
        raise WordMissingError(f"{language}: no such language")
    found: dict[str, str] = {}
    for path in sorted(files(__name__).iterdir(), key=lambda entry: entry.name):
        if not path.name.endswith(f".{language}.toml"):
            continue
        for key, text in _flat(tomllib.loads(path.read_text(encoding="utf-8"))):
            if key in found:
                raise ValueError(f'{path.name}: "{key}" has words in another file already.')
            found[key] = text
    return found


@cache
def words_of_pre_meeting(language: str) -> Mapping[str, str]:
    """The same words about a pre-meeting of professionals (rules, section 11): what they call a SIP meeting has its own
    name. Where several are spoken of, or of a pre-meeting already, they are as they are.
    """
    every = words(language)
    usual, own = every["pre_meeting.usual"], every["pre_meeting.own"]
    meant = re.compile(rf"(^|[.?!] |\n)?{usual}(?!s|n)", re.ASCII)

    def renamed(found: re.Match[str]) -> str:
        return own if found[1] is None else f"{found[1]}{own[:1].upper()}{own[1:]}"

    return {key: text if "pre_meeting" in key else meant.sub(renamed, text) for key, text in every.items()}


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", str(value)
