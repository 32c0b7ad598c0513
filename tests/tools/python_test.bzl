"""python_test: a module of Python tests as a test; its cases are counted one by one."""

def python_test(name, srcs, size, data = [], tags = []):
    """Runs `srcs[0]` with unittest, from the runfiles root, with tests/support on its path.

    Bazel's own py_test looks for an interpreter of its own; tests/tools/run_unittest.sh takes Debian's.

    Args:
      name: of the test.
      srcs: the module, and those beside it that it imports.
      size: as of every test.
      data: programs that it runs, files that it reads, and "//tests/support:python" where it imports from there.
      tags: as of every test.
    """
    native.sh_test(
        name = name,
        size = size,
        srcs = ["//tests/tools:run_unittest.sh"],
        args = ["%s/%s" % (native.package_name(), srcs[0])],
        data = srcs + data + ["//tests/tools:unittest_to_xml.py"],
        env = {"PYTHONPATH": "tests/support"},
        tags = tags,
    )
