#!/usr/bin/env bash
# A py_test without Bazel's Python rules, which look for an interpreter of their own.
#   run_unittest.sh MODULE.py      run from the runfiles root, as Bazel does
exec /usr/bin/python3 -B tests/tools/unittest_to_xml.py "$@"
