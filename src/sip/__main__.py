"""`python -m sip` and the `sip` command."""

import sys

from sip.loading import loading


def main() -> None:
    """Runs the command. Ctrl-C ends it without a traceback, also while it is being loaded."""
    try:
        if sys.argv[1:2] == ["demo"]:  # it watches the service from outside and needs none of its code
            from sip.demo.command import demo

            demo(sys.argv[2:], prog_name="sip demo")
        else:
            with loading():
                from sip.cli import main as command

            command()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
