"""`make chaos`: the service killed for as long as one likes, and everything counted afterwards.

make chaos                                  200 kills, another plan each time
make chaos ARGS="--kills 1000 --seed 7"     the plan of seed 7
"""

import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path

import click
from tests.faults.chaos.counted import Counted, count
from tests.faults.chaos.play import Play, act, on_play, planned
from tests.faults.chaos.server import Killable

from sip.embedded.server import start_or_join
from sip.store.migrate import upgrade


@click.command()
@click.option("--kills", default=200, show_default=True, help="How many.")
@click.option("--seed", type=int, help="Which plan. Without it: another one each time.")
def main(kills: int, seed: int | None) -> None:
    """Kill web, workers, receiver and PostgreSQL; ends with an error where a promise was broken."""
    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    folder = Path(tempfile.mkdtemp(prefix="sip-chaos-"))
    folder.chmod(0o711)
    server = start_or_join(folder / "data", throw_away=True)
    try:
        server.ensure_database("sip")
        upgrade(server.owner_url("sip"))
        click.echo(f"{kills} kills, seed {seed}")
        play, counted = asyncio.run(_play(server.url("sip"), seed, folder, Killable(server), kills))
        if counted.wrong:
            kept = Path("build") / f"chaos-{seed}"
            kept.mkdir(parents=True, exist_ok=True)
            for log in folder.glob("*.log"):
                shutil.copy(log, kept)
            click.echo(f"What the processes said lies in {kept}.", err=True)
    finally:
        server.destroy()
        shutil.rmtree(folder)
    seen = (sorted(play.kills.items()), sorted(play.relay.faults.items()), sorted(play.wire_faults.items()))
    for what, number in [*(one for some in seen for one in some), *counted.figures.items()]:
        click.echo(f"{number:8}  {what}")
    for sentence in counted.wrong:
        click.echo(f"WRONG: {sentence}", err=True)
    click.echo(f"seed {seed}: {'every promise was kept' if not counted.wrong else 'a promise was broken'}")
    sys.exit(bool(counted.wrong))


async def _play(url: str, seed: int, folder: Path, server: Killable, kills: int) -> tuple[Play, Counted]:
    async with on_play(url, seed, folder, server.kill) as play:
        with click.progressbar(length=kills, label="killing", item_show_func=lambda what: what or "") as bar:
            await act(play, planned(play.chance, kills), lambda what: bar.update(1, what))
        return play, await count(play)


if __name__ == "__main__":
    main()
