"""Files that pages are made with: templates, and files under /static, whose addresses change with their content."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

STATIC = Path(__file__).parents[1] / "static"


@cache
def environment() -> Environment:
    """The templates; a name that is not given is a fault, never an empty place."""
    made = Environment(
        loader=PackageLoader("sip.edges.web", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_url
    return made


@cache
def static_url(name: str) -> str:
    """The address of a file under /static. Raises FileNotFoundError for a name that is none."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def render(template: str, **context: Any) -> str:
    """One template, filled in."""
    return environment().get_template(template).render(**context)
