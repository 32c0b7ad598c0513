"""Tests mirror the sources."""

from tidy_rules import source_tree

Finding = source_tree.Finding


def headers_have_tests(tree):
    """tests/a/b_test.cc is where a reader of a/b.h looks for the contract; a gap there is a gap in the contract."""
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS):
        test = f"tests/{file.path[:-2]}_test.cc"
        if file.suffix == ".h" and test not in tree.files:
            yield Finding(file.path, 1, f"there is no {test}")


def _own_header(path):
    """The header that a source or test file is about, by its name."""
    if path.endswith("_test.cc") and path.startswith("tests/"):
        return path.removeprefix("tests/").removesuffix("_test.cc") + ".h"
    return path.removesuffix(".cc") + ".h"


def own_header_comes_first(tree):
    """The first include is compiled with nothing before it, which proves that the header includes what it needs."""
    for file in tree.cpp_files():
        header = _own_header(file.path)
        if file.suffix == ".cc" and header in tree.files:
            if not file.includes or file.includes[0].path != header:
                line = file.includes[0].line if file.includes else 1
                yield Finding(file.path, line, f"the first include is not {header}")


RULES = (headers_have_tests, own_header_comes_first)
