"""`sip demo` and its options. It stands here so that it begins at once, without the service being loaded."""

import click


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--until-done", is_flag=True, help="Play the story unwatched; exit 0 when all promises held.")
@click.option("--keep", is_flag=True, help="Keep the data, and write every mail as it comes.")
@click.option("--speed", type=click.FloatRange(0.1, 100), default=1.0, help="1: a week in about two minutes.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The pages' port; 0 takes a free one.")
def demo(until_done: bool, keep: bool, speed: float, port: int) -> None:
    """Watch a made-up county call, cover, lift and hold its meetings."""
    from sip.demo.run import Arguments, run

    raise click.exceptions.Exit(run(Arguments(until_done=until_done, keep=keep, speed=speed, port=port)))
