"""The files that tools/observability/generate.py makes from the metric families."""

from observability import families, generate, runbooks
from tidy_rules import source_tree

Finding = source_tree.Finding

_MEND = "tools/observability/generate.py mends it"


def _first_difference(text, should):
    """(line, what it should be) where the texts differ first."""
    written, wanted = text.splitlines(), should.splitlines()
    differing = (i for i, pair in enumerate(zip(written, wanted)) if pair[0] != pair[1])
    line = next(differing, min(len(written), len(wanted)))
    return line + 1, wanted[line] if line < len(wanted) else "nothing"


def generated_files_are_those_of_the_families(tree):
    """A dashboard or a manual that names a family as it once was shows nothing, and an alert on it never fires."""
    declaration = tree.files.get(families.PATH)
    if declaration is None:
        return
    declared = families.parse(declaration.text)
    problems = generate.problems(declared)
    yield from (Finding(families.PATH, 1, problem) for problem in problems)
    if problems:
        return

    def written(path):
        return tree.files[path].text if path in tree.files else ""

    yield from (Finding(runbooks.PATH, 1, problem) for problem in runbooks.problems(written(runbooks.PATH)))
    for path, should in generate.generated(declared, written).items():
        file = tree.files.get(path)
        if file is None:
            yield Finding(path, 1, f"is missing; {_MEND}")
        elif file.text != should:
            line, wanted = _first_difference(file.text, should)
            yield Finding(path, line, f"should have here: {wanted[:100]} ({_MEND})")


RULES = (generated_files_are_those_of_the_families,)
