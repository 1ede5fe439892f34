"""The schema of the yearly report's JSON file, as `docs/annual-report.schema.json` holds it: `make docs` writes it."""

import json
import sys

from sip.edges.annual.data import schema


def page() -> str:
    """JSON, indented."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
