"""The benchmarks run: the real command, tiny, with every contender; counts verified, the shape of the JSON held."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
N = 50


def run(folder: Path, *words: str, runs: bool = True) -> dict[str, Any]:
    """Runs the command as `make bench` does and gives what it wrote."""
    file = folder / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words, *(["--runs", "1"] if runs else []), "--json", str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def is_measured(figures: dict[str, Any], n: int) -> bool:
    seconds = figures["seconds"]
    return figures["n"] == n and len(seconds) == 1 and seconds[0] > 0 and figures["per_second"]["median"] > 0


def test_timers(tmp_path: Path) -> None:
    found = run(tmp_path, "timers", "--n", str(N))
    names = {"sip", "pgqueuer", "procrastinate", "limit"} - found["left_out"].keys()
    assert found["contenders"].keys() == names
    assert all(is_measured(one, N) for one in found["contenders"].values())
    assert found["ratios"].keys() == {f"vs_{name}" for name in names - {"sip"}}
    assert all(ratio > 0 for ratio in found["ratios"].values())
    assert (found["n"], found["runs"], list(found["sizes"])) == (N, 1, [str(N)])
    assert found["server"]["fsync"] == found["server"]["synchronous_commit"] == "on"
    assert {"machine", "versions", "counted"} <= found.keys()


def test_mail(tmp_path: Path) -> None:
    found = run(tmp_path, "mail", "--n", str(N))
    assert found["steps"].keys() == {"sip", "alone", "library", "handed", "stored"}
    assert all(is_measured(one, N) for one in found["steps"].values())
    assert found["ratios"].keys() == {"vs_stored", "vs_library"}
    assert found["composed_per_second"] > 0


def test_growth(tmp_path: Path) -> None:
    found = run(tmp_path, "growth", "--n", "100", runs=False)
    assert found["sizes"]["100"].keys() == found["aims"].keys()
    assert all(one["pages"] > 0 for one in found["sizes"]["100"].values())


def test_start(tmp_path: Path) -> None:
    found = run(tmp_path, "start")
    assert found["first_page_processor_s"] > 0 and found["first_page_s"] > 0
    assert found["memory_by_process_mb"].keys() == {"web", "worker", "mail-in"}


def test_statistics(tmp_path: Path) -> None:
    found = run(tmp_path, "statistics", "--n", "150")
    assert list(found["sizes"]) == ["150"]
    for one in found["sizes"].values():
        assert all(step["s"] > 0 for step in one["steps"].values())
        assert one["steps"].keys() == found["growth"].keys() and len(one["steps"]) == 11
        assert one["command_mb"] > 0 and one["parties"] > 0


def test_replay(tmp_path: Path) -> None:
    found = run(tmp_path, "replay", "--n", "6", "--made", "4", runs=False)
    assert found["steps"].keys() == {"same", "other"}
    assert all(one["s"] > 0 and one["cpu_ms_each"] > 0 for one in found["steps"].values())
    assert (found["n"], found["made"]) == (6, 4) and found["journal"] > 6


def test_seals(tmp_path: Path) -> None:
    found = run(tmp_path, "seals", "--n", "1000", runs=False)
    assert found["steps"].keys() == {"sealed", "verified"}
    assert all(is_measured(one, 1000) for one in found["steps"].values())


def test_values(tmp_path: Path) -> None:
    found = run(tmp_path, "values", "--n", "100")
    assert all(is_measured(one, 100) for one in found["steps"].values())


def test_feeds(tmp_path: Path) -> None:
    found = run(tmp_path, "feeds", "--n", str(N))
    assert found["steps"].keys() == {"unchanged", "sip", "zipped", "written", "library"}
    assert all(is_measured(one, one["n"]) for one in found["steps"].values())
    assert found["ratios"].keys() == {"vs_whole", "vs_icalendar"}


def test_inbound(tmp_path: Path) -> None:
    found = run(tmp_path, "inbound", "--n", str(N))
    assert found["steps"].keys() == {"sip", "kept", "parsed", "library"}
    assert all(is_measured(one, N) for one in found["steps"].values())
    assert found["ratios"].keys() == {"vs_kept", "vs_from_ical"}


def test_pages(tmp_path: Path) -> None:
    found = run(tmp_path, "pages", "--n", "40", "--n", "120", "--asks", "2", "--live", "3", runs=False)
    assert found["sizes"].keys() == {"40", "120"}
    for pages in found["sizes"].values():
        assert all(one["ms"]["p50"] > 0 and one["bytes"] > one["bytes_compressed"] > 0 for one in pages.values())
        assert all(one["queries"] > 0 for name, one in pages.items() if name != "asking at all")
    assert all(0 < one < 10 for pages in found["wall"].values() for one in pages.values())
    assert found["live"]["open"] == 3
    assert found["live"]["vs_bare_listener"] > 0
