"""Goal: the sum of doubles is assembly that each set of options takes and that fits the code around it.

Method: a program in C and one in C++ that add to a double counter are compiled to assembly and assembled. The lines
of the addition are read.
"""

import os
import pathlib
import platform
import re
import subprocess
import unittest

PROGRAM = """#include "metrics_core/c_api/recording.h"
void add(streamhouse_double_counter counter, double amount);
void add(streamhouse_double_counter counter, double amount) { streamhouse_double_counter_add(counter, amount); }
"""
COMPILERS = (["gcc", "-std=c11"], ["g++", "-std=c++20", "-x", "c++"])


def assembly_of(compiler, *options):
    """What the compiler makes of the program; the assembler has taken it."""
    folder = pathlib.Path(os.environ["TEST_TMPDIR"])
    (folder / "program.c").write_text(PROGRAM, encoding="utf-8")
    assembly = folder / "program.s"
    command = [*compiler, *options, "-I.", "-O2", "-S", "-o", assembly, folder / "program.c"]
    subprocess.run(command, check=True)
    subprocess.run(["gcc", "-c", "-o", folder / "program.o", assembly], check=True)
    return assembly.read_text(encoding="utf-8")


def written_by_hand(assembly):
    """The names of the instructions that the header itself spells."""
    parts = re.findall(r"^#APP$(.*?)^#NO_APP$", assembly, re.MULTILINE | re.DOTALL)
    return re.findall(r"^\s*(\w+)\s", "".join(parts), re.MULTILINE)


@unittest.skipUnless(platform.machine() == "x86_64", "other processors have no assembly")
class AssemblyTest(unittest.TestCase):
    def test_the_sum_is_added_by_two_instructions(self):
        for compiler in COMPILERS:
            with self.subTest(compiler=compiler[0]):
                self.assertEqual(["addsd", "movsd"], written_by_hand(assembly_of(compiler)))

    def test_the_order_of_operands_follows_the_dialect(self):
        for compiler in COMPILERS:
            with self.subTest(compiler=compiler[0]):
                self.assertEqual(["addsd", "movsd"], written_by_hand(assembly_of(compiler, "-masm=intel")))

    def test_a_program_for_avx_has_its_instructions_alone(self):
        for compiler in COMPILERS:
            for dialect in ("att", "intel"):
                with self.subTest(compiler=compiler[0], dialect=dialect):
                    assembly = assembly_of(compiler, "-mavx", f"-masm={dialect}")
                    self.assertEqual(["vaddsd", "vmovsd"], written_by_hand(assembly))
                    self.assertNotRegex(assembly, r"\s(addsd|movsd)\s")


if __name__ == "__main__":
    unittest.main()
