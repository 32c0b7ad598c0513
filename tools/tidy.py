#!/usr/bin/python3
"""Checks the rules of this project that no compiler knows.

    tools/tidy.py            prints path:line: rule: message for each finding; exits 1 if there is one
    tools/tidy.py --list     the rules and their reasons
    --root FOLDER            the checkout to check; by default the one that this script is in
    --counts FILE            also writes "passed failed", counted in rules, for tools/test

Accepted findings are in tools/tidy_exceptions.txt, with reasons. Standard library only.
"""

import argparse
import inspect
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import tidy_rules
from tidy_rules import exceptions, source_tree

EXCEPTIONS_RULE = "exceptions-are-needed"


def rule_name(rule):
    return rule.__name__.replace("_", "-")


def check(root):
    """Rule name -> sorted findings, every rule present."""
    tree = source_tree.SourceTree(root)
    excused = exceptions.Exceptions(tree)
    results = {}
    for rule in tidy_rules.ALL_RULES:
        name = rule_name(rule)
        results[name] = sorted({finding for finding in rule(tree) if not excused.excuse(name, finding)})
    results[EXCEPTIONS_RULE] = excused.problems()
    return results


def print_rules():
    for rule in tidy_rules.ALL_RULES:
        reason = inspect.getdoc(rule).splitlines()[0]
        print(f"{rule_name(rule)}\n    {reason}")
    print(f"{EXCEPTIONS_RULE}\n    {inspect.getdoc(exceptions).rsplit(chr(10) * 2, 1)[-1].replace(chr(10), ' ')}")


def main():
    parser = argparse.ArgumentParser(description="Checks the rules of this project that no compiler knows.")
    parser.add_argument("--list", action="store_true", help="the rules and their reasons")
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parent.parent, help="the checkout to check")
    parser.add_argument("--counts", help='a file for "passed failed", counted in rules')
    options = parser.parse_args()
    if options.list:
        print_rules()
        return 0
    results = check(options.root)
    for name, findings in results.items():
        for finding in findings:
            print(f"{finding.path}:{finding.line}: {name}: {finding.message}")
    failed = sum(bool(findings) for findings in results.values())
    if options.counts:
        pathlib.Path(options.counts).write_text(f"{len(results) - failed} {failed}\n", encoding="utf-8")
    print(f"tidy: {len(results)} rules, {failed} broken", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
