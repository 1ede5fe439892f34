"""`python -m sip` and the `sip` command."""

from sip.cli import main

if __name__ == "__main__":
    main()
