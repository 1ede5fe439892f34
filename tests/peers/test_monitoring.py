"""What watches the service: the alert rules as Prometheus' own promtool reads and plays them, and Grafana's panels.

Every figure they ask for is one that `/metrics` tells.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML carries no types

from sip.edges.web.metrics import Metrics
from sip.store.module_runs import LastRun
from tests.peers.programs import need, run

FOLDER = Path(__file__).parent.parent.parent / "docs" / "monitoring"
RULES, DASHBOARD = FOLDER / "alerts.yaml", FOLDER / "dashboard.json"


def asked() -> Iterator[str]:
    """Every expression of the rules and of the panels."""
    for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        yield from (target["expr"] for target in panel["targets"])


async def test_each_alert_is_raised_by_what_it_is_for_and_by_nothing_less() -> None:
    need("promtool")
    assert "SUCCESS" in await run("promtool", "test", "rules", FOLDER / "alerts.test.yaml")
    played = (FOLDER / "alerts.test.yaml").read_text("utf-8").split("all is wrong")[1]
    for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]:
        assert [rule["alert"] for rule in group["rules"] if f"alertname: {rule['alert']}\n" not in played] == []


async def test_each_panel_asks_what_prometheus_understands(tmp_path: Path) -> None:
    need("promtool")
    rules = [{"record": f"panel:{n}", "expr": expr} for n, expr in enumerate(asked())]
    made = tmp_path / "panels.yaml"
    made.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")
    assert f"{len(rules)} rules found" in await run("promtool", "check", "rules", made)


@pytest.mark.parametrize("expr", sorted(set(asked())))
def test_each_figure_is_told(expr: str) -> None:
    metrics = Metrics()
    metrics.count("GET", "/", 200, 0.1)
    metrics.feed("rendered")
    metrics.modules([LastRun("answers", 0.1, {"judged": 1}, None, 0, 1.0)])
    told = metrics.text().decode()
    names = re.findall(r"\b(?:sip_\w+|up)\b(?=[{\[) >]|$)", expr)
    assert names
    for name in names:
        assert name == "up" or re.search(rf"^{name}[{{ ]", told, re.MULTILINE), f"{name} is not told"
