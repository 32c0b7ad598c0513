"""Makes functions of the blocks of code on a page.

    page_blocks.py PAGE.md OUT.cc OUT.c

Each block "cpp" becomes a function of embedding_blocks.h that is given a registry; each block "c" likewise. A
compiler's error has the line of the page.
"""

import pathlib
import re
import sys

_INCLUDES = {
    "cpp": """#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/counter.h"
#include "metrics_core/exponential_histogram.h"
#include "metrics_core/gauge.h"
#include "metrics_core/registry.h"
#include "tests/examples/embedding_blocks.h"
""",
    "c": """#include "metrics_core/c_api.h"
#include "tests/examples/embedding_blocks.h"
""",
}
_PARAMETER = {
    "cpp": "[[maybe_unused]] streamhouse::metrics::Registry& registry",
    "c": "streamhouse_registry* registry",
}
_LIST = {
    "cpp": "const std::vector<void (*)(streamhouse::metrics::Registry&)> blocks_in_cpp = {%s};",
    "c": "void (*const blocks_in_c[])(streamhouse_registry*) = {%s, NULL};",
}


def source_of(page, language):
    """The source file of all blocks of a language."""
    text = page.read_text(encoding="utf-8")
    lines = [_INCLUDES[language]]
    names = []
    for block in re.finditer(rf"^```{language}\n(?P<code>.*?)^```$", text, re.MULTILINE | re.DOTALL):
        names.append(f"block_{len(names) + 1}")
        number = text.count("\n", 0, block.start("code")) + 1
        lines += [f"static void {names[-1]}({_PARAMETER[language]}) {{", f'#line {number} "{page}"']
        lines.append(block["code"] + "}")
    return "\n".join([*lines, _LIST[language] % ", ".join(names), ""])


def main(page, *outs):
    for out, language in zip(outs, ("cpp", "c")):
        pathlib.Path(out).write_text(source_of(pathlib.Path(page), language), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
