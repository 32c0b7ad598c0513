#!/usr/bin/python3
"""Counts the test cases of one `bazel test` from its build events, as "passed failed" on standard output.

    tools/count_cases.py EVENTS.json      written by bazel test --build_event_json_file=EVENTS.json

`bazel test` itself counts targets. The events name the test.xml of each run, cached ones included, and nothing that
an earlier run left behind. A skipped case counts as failed: it did not show what it claims to show. A target that
fails without a failed case (a leak report after the last test, a crash, a time-out, a build error) counts as one
failure. Standard library only.
"""

import json
import sys
import urllib.parse
from xml.etree import ElementTree


def cases_in(xml_text):
    """(passed, failed) of one JUnit file."""
    passed = failed = 0
    for case in ElementTree.fromstring(xml_text).iter("testcase"):
        if case.get("status") == "notrun":
            continue  # filtered out by the caller, not skipped by the test
        bad = any(case.find(tag) is not None for tag in ("failure", "error", "skipped"))
        failed += bad
        passed += not bad
    return passed, failed


def _cases_of_run(result):
    """The cases of one test run; a run that failed has at least one failed case."""
    passed = failed = 0
    for output in result.get("testActionOutput", ()):
        if output["name"] == "test.xml":
            with open(urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path), encoding="utf-8") as file:
                try:
                    passed, failed = cases_in(file.read())
                except ElementTree.ParseError:
                    pass  # cut short; the status below says what became of the run
    if result["status"] == "PASSED":
        return (passed, failed) if passed + failed else (1, 0)
    return passed, max(failed, 1)


def count(events):
    """(passed, failed) over the build events of one invocation."""
    runs = {}  # a later attempt of the same run replaces an earlier one
    unbuilt = set()
    for event in events:
        identity = event["id"]
        if "testResult" in identity and "testResult" in event:
            key = identity["testResult"]
            runs[key["label"], key.get("run"), key.get("shard")] = _cases_of_run(event["testResult"])
        elif "targetCompleted" in identity and not event.get("completed", {}).get("success"):
            unbuilt.add(identity["targetCompleted"]["label"])
        elif "pattern" in identity and "aborted" in event:
            unbuilt.update(identity["pattern"]["pattern"])
    tested = {label for label, _, _ in runs}
    passed = sum(cases[0] for cases in runs.values())
    failed = sum(cases[1] for cases in runs.values()) + len(unbuilt - tested)
    return passed, failed


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        print(*count(json.loads(line) for line in file if line.strip()))


if __name__ == "__main__":
    main()
