"""Opens a workbook in a process of its own, with little memory and little time, and tells how big its sheets are.

A hostile workbook can make the library ask for more memory than there is, which ends the process. It is better
that this one ends than a worker. Run as a script: the workbook on standard input, JSON on standard output.
"""

import io
import json
import resource
import sys


def main(megabytes: int, seconds: int) -> None:
    """Print the name, rows and columns of every sheet, or the kind of failure."""
    import python_calamine

    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheets = []
        for index, metadata in enumerate(workbook.sheets_metadata):
            if metadata.typ == python_calamine.SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_index(index)
                last_row, last_column = sheet.end or (-1, -1)
                sheets.append([index, sheet.name, last_row + 1, last_column + 1])
                del sheet
    except python_calamine.PasswordError:
        print(json.dumps({"fout": "wachtwoord"}))
    # Whatever a broken file raises, a panic included, is the same news: it cannot be read.
    except BaseException:
        print(json.dumps({"fout": "beschadigd"}))
    else:
        print(json.dumps({"bladen": sheets}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
