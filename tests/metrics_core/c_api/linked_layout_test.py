"""Goal: each program that includes abi.h is bound to its layout, also where the linker drops unused sections.

Method: a program that uses nothing of the header is linked without the library. It must not link, for the symbol of
its layout alone.
"""

import itertools
import os
import pathlib
import subprocess
import unittest

PROGRAM = '#include "metrics_core/c_api/abi.h"\nint main(void) { return 0; }\n'
COMPILERS = (["gcc", "-std=c11"], ["g++", "-std=c++20", "-x", "c++"], ["clang", "-std=c11"])
LINKERS = ("bfd", "gold")


def link(compiler, linker, symbol):
    """What the linker says of the program and a library that has the symbol."""
    folder = pathlib.Path(os.environ["TEST_TMPDIR"])
    (folder / "program.c").write_text(PROGRAM, encoding="utf-8")
    (folder / "library.c").write_text(f"const char {symbol} = 0;\n", encoding="utf-8")
    options = ["-I.", "-O2", "-ffunction-sections", "-fdata-sections", "-c", "-o"]
    subprocess.run([*compiler, *options, folder / "program.o", folder / "program.c"], check=True)
    subprocess.run(["gcc", *options, folder / "library.o", folder / "library.c"], check=True)
    linking = [compiler[0], f"-fuse-ld={linker}", "-Wl,--gc-sections", "-o", folder / "program"]
    objects = [folder / "program.o", folder / "library.o"]
    return subprocess.run([*linking, *objects], check=False, stderr=subprocess.PIPE, text=True).stderr


class LinkedLayoutTest(unittest.TestCase):
    def test_a_program_links_with_the_library_of_its_layout(self):
        for compiler, linker in itertools.product(COMPILERS, LINKERS):
            with self.subTest(compiler=compiler[0], linker=linker):
                self.assertEqual("", link(compiler, linker, "streamhouse_abi_1"))

    def test_a_program_links_with_no_library_of_another_layout(self):
        for compiler, linker in itertools.product(COMPILERS, LINKERS):
            with self.subTest(compiler=compiler[0], linker=linker):
                said = link(compiler, linker, "streamhouse_abi_2")
                self.assertRegex(said, "undefined reference to .streamhouse_abi_1")


if __name__ == "__main__":
    unittest.main()
