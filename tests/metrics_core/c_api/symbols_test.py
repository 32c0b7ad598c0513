"""The symbols of the C API against the committed list: programs in C are bound to it."""

import pathlib
import re
import subprocess
import unittest

LIST = pathlib.Path("metrics_core/c_api/symbols.txt")
HEADERS = sorted(pathlib.Path("metrics_core/c_api").glob("*.h"))
# A function that the header defines, rather than declares, has no symbol.
_INLINE = re.compile(r"^static inline [\w *]*?\b(streamhouse_\w+)\(", re.MULTILINE)
_DECLARED = re.compile(r"^(?!static|//|typedef| )[\w ]+\*? ?\b(streamhouse_\w+)\(", re.MULTILINE)


def defined_symbols():
    """The symbols in C that the library defines."""
    found = set()
    for archive in pathlib.Path("metrics_core").rglob("*.a"):
        listing = subprocess.run(
            ["nm", "--defined-only", "--extern-only", "--format=posix", archive],
            check=True, stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip
        found.update(line.split()[0] for line in listing.splitlines() if re.match(r"streamhouse_\w+ [A-Z]", line))
    return found


class SymbolsTest(unittest.TestCase):
    maxDiff = None

    def test_the_library_defines_what_the_list_has(self):
        self.assertEqual(LIST.read_text(encoding="utf-8").split(), sorted(defined_symbols()))

    def test_each_function_of_the_headers_is_in_the_list(self):
        declared = set()
        for header in HEADERS:
            text = header.read_text(encoding="utf-8")
            declared.update(set(_DECLARED.findall(text)) - set(_INLINE.findall(text)))
        listed = set(LIST.read_text(encoding="utf-8").split())
        self.assertGreater(len(declared), 50)
        self.assertEqual(declared, listed - {"streamhouse_abi_1", "streamhouse_current_shard"})


if __name__ == "__main__":
    unittest.main()
