"""The symbols of the C API against the committed list: programs in C are bound to it."""

import pathlib
import re
import subprocess
import unittest

# A library: its list, and where its headers are.
LIBRARIES = {
    "metrics_core": ("metrics_core/c_api/symbols.txt", "metrics_core/c_api/*.h"),
    "exporters": ("exporters/c_symbols.txt", "exporters/c_api.h"),
}
# They are no functions.
OBJECTS = {"streamhouse_abi_1", "streamhouse_current_shard"}
# A function that the header defines, rather than declares, has no symbol.
_INLINE = re.compile(r"^static inline [\w *]*?\b(streamhouse_\w+)\(", re.MULTILINE)
_DECLARED = re.compile(r"^(?!static|//|typedef| )[\w ]+\*? ?\b(streamhouse_\w+)\(", re.MULTILINE)


def listed_symbols(library):
    return pathlib.Path(LIBRARIES[library][0]).read_text(encoding="utf-8").split()


def defined_symbols(library):
    """The symbols in C that the library defines."""
    found = set()
    for archive in pathlib.Path(library).rglob("*.a"):
        listing = subprocess.run(
            ["nm", "--defined-only", "--extern-only", "--format=posix", archive],
            check=True, stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip
        found.update(line.split()[0] for line in listing.splitlines() if re.match(r"streamhouse_\w+ [A-Z]", line))
    return found


class SymbolsTest(unittest.TestCase):
    maxDiff = None

    def test_each_library_defines_what_its_list_has(self):
        for library in LIBRARIES:
            self.assertEqual(listed_symbols(library), sorted(defined_symbols(library)), library)

    def test_each_function_of_the_headers_lets_no_exception_out(self):
        for library, (_, headers) in LIBRARIES.items():
            for header in pathlib.Path().glob(headers):
                text = header.read_text(encoding="utf-8")
                for declared in _DECLARED.finditer(text):
                    to_its_end = re.match(r"[^;{]*[;{]", text[declared.end() :])[0]
                    if not to_its_end.endswith("{"):
                        self.assertIn(") STREAMHOUSE_NOEXCEPT", to_its_end, (library, declared[1]))

    def test_each_function_of_the_headers_is_in_the_list(self):
        for library, (_, headers) in LIBRARIES.items():
            declared = set()
            for header in pathlib.Path().glob(headers):
                text = header.read_text(encoding="utf-8")
                declared.update(set(_DECLARED.findall(text)) - set(_INLINE.findall(text)))
            self.assertGreaterEqual(len(declared), 3)
            self.assertEqual(declared, set(listed_symbols(library)) - OBJECTS, library)


if __name__ == "__main__":
    unittest.main()
