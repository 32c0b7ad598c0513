"""What a recording costs, from the object code: instructions by class, against a committed table. Nothing is timed.

The table is that of GCC 12 at -O2 on x86-64. A change that makes it differ changes it in the same commit, and says why.
"""

import collections
import pathlib
import re
import subprocess
import unittest

FOLDER = pathlib.Path("tests/metrics_core/fast_path")
# Of the instructions of a recording in C++; a call to the library beside it is counted by a bench.
IN_C_MAX = 1.05
CLASSES = ("total", "loads", "stores", "locked", "calls", "branches")
_FUNCTION = re.compile(r"^[0-9a-f]+ <(\w+)>:$")
_INSTRUCTION = re.compile(r"^\s+[0-9a-f]+:\t(.*)$")
# They read what would otherwise be their destination.
_READS_DESTINATION = re.compile(r"(add|sub|and|or|xor|inc|dec|neg|not|adc|sbb|xadd|cmpxchg)[bwlq]?$")
_ONLY_READS = re.compile(r"(cmp|test|u?comis[sd]|bt)[bwlq]?$")
_TOUCHES_NO_MEMORY = re.compile(r"(lea|call|jmp|ret|push|pop)")
# Between functions, and before loops.
_PADDING = re.compile(r"(data16 |cs )*(nop[wl]?|xchg %ax,%ax)\b")
# A jump to another function ends this one: a call in all but name.
_TAIL_CALL = re.compile(r"jmp .*R_X86_64_PLT32 (\w+?)(-0x4)?$")


def object_code(library):
    """Function -> its instructions, hot part only, from the archive that Bazel has built."""
    archives = sorted(FOLDER.glob(f"lib{library}*.a"))
    listing = subprocess.run(
        ["objdump", "-dr", "--no-show-raw-insn", "-w", str(archives[0])], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    functions = {}
    name = None
    for line in listing.splitlines():
        if head := _FUNCTION.match(line):
            name = head.group(1)
            functions[name] = []
        elif not line:
            name = None
        elif name and (instruction := _INSTRUCTION.match(line)):
            text = re.sub(r"\s+", " ", instruction.group(1)).strip()
            if not _PADDING.match(text):
                functions[name].append(text)
    return functions


def with_code_of_handles(functions):
    """The functions by their own names; one that only jumps to the handle's has the code of that one."""
    named = {}
    for name, code in functions.items():
        jump = _TAIL_CALL.match(code[0]) if len(code) == 1 else None
        if not name.startswith("_Z"):
            named[name] = functions.get(jump.group(1), code) if jump else code
    return named


def classes_of(instructions):
    """How many instructions of each class."""
    count = collections.Counter(total=len(instructions))
    for text in instructions:
        locked = text.startswith("lock ")
        mnemonic, _, rest = text.removeprefix("lock ").partition(" ")
        # What follows the operands: the place jumped to, a comment, a relocation.
        operands = re.split(r" *(?:<|#|R_X86)", rest)[0].strip()
        count["locked"] += locked or (mnemonic.startswith("xchg") and "(" in operands)
        count["calls"] += mnemonic.startswith("call") or bool(_TAIL_CALL.match(text)) or "*" in operands
        count["branches"] += bool(re.match(r"j(?!mp)", mnemonic))
        is_memory = "(" in operands or "%fs:" in operands
        if not is_memory or _TOUCHES_NO_MEMORY.match(mnemonic):
            continue
        # AT&T order: the destination is last, and commas inside of parentheses are an address's.
        destination = re.split(r",(?![^(]*\))", operands)[-1]
        writes = ("(" in destination or "%fs:" in destination) and not _ONLY_READS.match(mnemonic)
        count["stores"] += writes
        count["loads"] += not writes or bool(_READS_DESTINATION.match(mnemonic))
    return count


def table_of(functions):
    lines = [f"{'function':<28}" + "".join(f"{name:>10}" for name in CLASSES)]
    for name in sorted(functions):
        count = classes_of(functions[name])
        lines.append(f"{name:<28}" + "".join(f"{count[column]:>10}" for column in CLASSES))
    return "\n".join(lines) + "\n"


class ClassesOfTest(unittest.TestCase):
    def assert_classes(self, instruction, **expected):
        self.assertEqual(classes_of([instruction]), collections.Counter(total=1, **expected), instruction)

    def test_tells_loads_from_stores(self):
        self.assert_classes("mov 0x8(%rdi,%rax,4),%rax", loads=1)
        self.assert_classes("mov %rax,0x8(%rdi,%rax,4)", stores=1)
        self.assert_classes("add $0x1,(%rax)", loads=1, stores=1)
        self.assert_classes("addsd (%rax),%xmm0", loads=1)
        self.assert_classes("cmp $0x1,(%rax)", loads=1)
        self.assert_classes("mov %fs:0x0,%rax", loads=1)
        self.assert_classes("lea 0x8(%rdi),%rax")

    def test_knows_what_is_locked(self):
        self.assert_classes("lock xadd %rax,(%rdi)", loads=1, stores=1, locked=1)
        self.assert_classes("lock cmpxchg %rdx,(%rdi)", loads=1, stores=1, locked=1)
        self.assert_classes("xchg %rax,(%rdi)", stores=1, locked=1)

    def test_tells_branches_from_calls(self):
        self.assert_classes("je 12 <F+0x12>", branches=1)
        self.assert_classes("jmp 12 <F+0x12>")
        self.assert_classes("jmp 17 <F+0x17> 13: R_X86_64_PLT32 G-0x4", calls=1)
        self.assert_classes("call 40 <G>", calls=1)
        self.assert_classes("call *0x8(%rax)", calls=1)


class FastPathTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.recording = with_code_of_handles(object_code("recording_functions"))

        cls.in_c = object_code("c_recording_functions")

    def names(self, *beginnings):
        return [name for name in self.recording if name.startswith(beginnings)]

    def test_each_recording_costs_what_the_table_says(self):
        self.assertEqual((FOLDER / "expected.txt").read_text(), table_of(self.recording))

    def test_each_recording_in_c_costs_what_the_table_says(self):
        self.assertEqual((FOLDER / "expected_in_c.txt").read_text(), table_of(self.in_c))

    def test_a_recording_in_c_costs_what_it_costs_in_cpp(self):
        called = {"ExponentialHistogramObserve", "LookupIncrement", "ScopedTimerAroundNothing"}
        self.assertEqual(set(self.recording) - called, set(self.in_c))
        for name, code in self.in_c.items():
            in_c, in_cpp = classes_of(code), classes_of(self.recording[name])
            self.assertLessEqual(in_c["total"], IN_C_MAX * in_cpp["total"], name)
            self.assertEqual(in_c["locked"], in_cpp["locked"], name)

    def test_all_but_gauges_lock_nothing(self):
        names = self.names("Counter", "DoubleCounter", "UpDownCounter", "Histogram", "TickHistogram", "Exponential")
        names += self.names("Lookup", "ScopedTimer")
        self.assertEqual(len(names), 10)
        for name in names:
            self.assertEqual(classes_of(self.recording[name])["locked"], 0, name)

    def test_a_set_gauge_locks_nothing_and_an_added_one_once(self):
        for name in self.names("Gauge", "DoubleGauge"):
            locked = classes_of(self.recording[name])["locked"]
            self.assertEqual(locked, 1 if name.endswith("Add") else 0, name)

    def test_compiled_out_a_recording_is_no_code(self):
        disabled = object_code("disabled_functions")
        empty = object_code("empty_functions")
        self.assertEqual(set(self.recording), set(empty))
        for name, code in empty.items():
            self.assertEqual(disabled[name], code, name)
            self.assertEqual(code, ["ret"], name)
        disabled_in_c = object_code("disabled_c_functions")
        self.assertEqual(set(disabled_in_c), set(self.in_c))
        for name, code in disabled_in_c.items():
            self.assertEqual(code, ["ret"], name)


if __name__ == "__main__":
    unittest.main()
