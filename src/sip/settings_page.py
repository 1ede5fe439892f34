"""The page docs/settings.md, made from the settings themselves by `make docs`."""

from typing import Any, cast

from sip.settings import OTHER_VARIABLES, PREFIX, Settings
from sip.settings_ways_in import WaysIn


def settings_reference() -> str:
    """The reference for docs/settings.md: every variable, its default and its meaning."""
    lines = [
        "# Settings",
        "",
        "Made from `src/sip/settings.py` by `make docs`; change it there.",
        "",
        "Everything is set by variables of the environment. Each may also be given as `SIP_..._FILE`, the name of a",
        "file that holds the value (for secrets). An empty variable counts as not set. A wrong or unknown one stops",
        "the start with a sentence that says what to do.",
        "",
        "| Variable | Default | Meaning |",
        "| --- | --- | --- |",
    ]
    for name, field in sorted(Settings.model_fields.items(), key=lambda one: one[0] in WaysIn.model_fields):
        extra = cast("dict[str, Any]", field.json_schema_extra)
        default = str(field.default).lower() if isinstance(field.default, bool) else field.default
        lines.append(f"| `{PREFIX}{name.upper()}` | {extra['shown'] or f'`{default}`'} | {field.description} |")
    lines += ["", "Let through without a word:", ""]
    lines += [f"- `{pattern}`: {reason}" for pattern, reason in OTHER_VARIABLES.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(settings_reference(), end="")
