"""A mail server that hands over by LMTP, in a process of its own: `python -m benchmarks.postman HOST PORT LINES`.

It reads mails as lines of JSON on standard input up to an empty line, opens its connections, says `ready`, and hands
over when it is told to go. It ends with an error when a mail was not taken.
"""

import asyncio
import base64
import json
import sys
from collections.abc import Iterator

Letter = tuple[str, bytes]


async def _hand_over(host: str, port: int, many: int, letters: list[Letter]) -> None:
    streams = [await asyncio.open_connection(host, port) for _ in range(many)]
    for reader, writer in streams:
        await _say(reader, writer, b"", "220")
        await _say(reader, writer, b"LHLO postman.example\r\n", "250")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    waiting = iter(letters)
    await asyncio.gather(*(_deliver(reader, writer, waiting) for reader, writer in streams))


async def _deliver(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waiting: Iterator[Letter]) -> None:
    for to, raw in waiting:
        await _say(reader, writer, b"MAIL FROM:<hemtjansten@al.example>\r\n", "250")
        await _say(reader, writer, f"RCPT TO:<{to}>\r\n".encode(), "250")
        await _say(reader, writer, b"DATA\r\n", "354")
        await _say(reader, writer, raw.replace(b"\r\n.", b"\r\n..") + b".\r\n", "250")


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes, wanted: str) -> None:
    writer.write(line)
    while True:
        answer = (await reader.readline()).decode()
        if not answer.startswith(wanted):
            raise SystemExit(f"The receiver said {answer.strip()!r}.")
        if answer[3:4] != "-":
            return


def _read() -> list[Letter]:
    letters = []
    while line := sys.stdin.readline().strip():
        to, raw = json.loads(line)
        letters.append((to, base64.b64decode(raw)))
    return letters


if __name__ == "__main__":
    asyncio.run(_hand_over(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), _read()))
