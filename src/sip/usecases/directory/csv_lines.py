"""Any CSV file that people hand in, line by line: what is no such file is told before a cell of it is looked at.

The law of this file: it knows no column. Whoever reads a file says what its header may be.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from sip.usecases.directory.rows import DirectoryFileError, wrong_line


def lines_of(
    data: bytes, most_bytes: int, check_header: Callable[[Sequence[str]], None]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line that has anything, with the number of its first line in the file and its cells by column, trimmed.

    UTF-8, separated by commas, or by semicolons where the header has any. Raises DirectoryFileError for what is too
    large, no text or no CSV, and for a line with more cells than the header; `check_header`, given its names in small
    letters, may raise it too.
    """
    if len(data) > most_bytes:
        raise DirectoryFileError([wrong_line(1, "too_large", most=most_bytes // 1_000_000)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DirectoryFileError([wrong_line(line, "not_utf8")]) from None
    if "\0" in text:
        raise DirectoryFileError([wrong_line(text[: text.index("\0")].count("\n") + 1, "not_text")])
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",", strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        check_header(header)
        last = reader.line_num
        for cells in reader:
            line, last = last + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                raise DirectoryFileError([wrong_line(line, "cells", found=len(cells), header=len(header))])
            yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    except csv.Error as error:
        raise DirectoryFileError([wrong_line(max(reader.line_num, 1), "not_csv", error=error)]) from None
