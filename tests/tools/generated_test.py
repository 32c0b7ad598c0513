"""What is made from the metric families is found when it is missing, edited, or older than they are."""

import json
import pathlib

from observability import families, generate, runbooks
from rule_test_case import RuleTestCase
from tidy_rules import generated, source_tree

RULE = generated.generated_files_are_those_of_the_families


DECLARED = pathlib.Path("tools/observability/families.json").read_text(encoding="utf-8")


class GeneratedFiles(RuleTestCase):
    def files(self, **changes):
        marks = "\n".join(mark for name in runbooks.sections() for mark in runbooks.marks(name))
        made = generate.generated(families.parse(DECLARED), lambda _: marks)
        return {families.PATH: DECLARED, **made, **changes}

    def test_are_accepted_as_they_are_written(self):
        self.assertClean(RULE, self.files())
        self.assertClean(RULE, {})

    def test_are_found_when_they_are_edited_or_missing(self):
        files = self.files()
        files["docs/metrics.md"] = "# Metrics\nby hand\n"
        self.assertFinds(RULE, files, "docs/metrics.md:2")
        del files["docs/metrics.md"]
        self.assertFinds(RULE, files, "docs/metrics.md:1")

    def test_are_found_when_a_part_of_a_document_is_edited_or_has_no_marks(self):
        files = self.files()
        page = files[runbooks.PATH]
        self.assertFinds(
            RULE, {**files, runbooks.PATH: page.replace("StreamhouseDiskFull", "DiskFull")}, self.line_of(page)
        )
        found = self.findings({**files, runbooks.PATH: page.replace("<!-- runbooks: end -->", "")})
        self.assertIn("docs/observability.md has no marks for its part runbooks", [each.message for each in found])

    def line_of(self, page):
        return f"{runbooks.PATH}:{page[: page.index('StreamhouseDiskFull')].count(chr(10)) + 1}"

    def findings(self, files):
        return list(RULE(source_tree.SourceTree(self.checkout(files))))

    def test_are_found_when_a_family_has_no_row_or_a_row_no_family(self):
        declared = json.loads(DECLARED)
        new = {**declared[-1], "name": "streamhouse_new_total"}
        for changed, name in ((declared + [new], new["name"]), (declared[:-1], declared[-1]["name"])):
            found = self.findings({families.PATH: json.dumps(changed)})
            self.assertTrue([each for each in found if each.message.startswith(f"{name} has ")])

    def test_are_found_when_an_alert_asks_for_what_no_program_has(self):
        name = "streamhouse_agent_active_partitions"
        declared = [entry for entry in json.loads(DECLARED) if entry["name"] != name]
        found = self.findings({families.PATH: json.dumps(declared)})
        self.assertIn(f"StreamhouseLeaseLost asks for {name}, which no program has", [each.message for each in found])
