"""The rules of tools/tidy.py, a module a subject. A rule takes a SourceTree and yields Findings."""

from tidy_rules import (
    atomics,
    build_rules,
    cmake_lists,
    contracts,
    dead_options,
    declarations,
    documents,
    error_policy,
    figures,
    file_names,
    generated,
    invariants,
    layering,
    limits,
    named_numbers,
    plain_words,
    release,
    test_layout,
    text_rules,
)

ALL_RULES = (
    layering.RULES
    + declarations.RULES
    + build_rules.RULES
    + cmake_lists.RULES
    + atomics.RULES
    + test_layout.RULES
    + file_names.RULES
    + dead_options.RULES
    + text_rules.RULES
    + contracts.RULES
    + invariants.RULES
    + error_policy.RULES
    + limits.RULES
    + named_numbers.RULES
    + plain_words.RULES
    + figures.RULES
    + release.RULES
    + documents.RULES
    + generated.RULES
)
