"""Comments that a reader understands at the first reading, as far as a machine can tell."""

import functools
import io
import re
import tokenize

from tidy_rules import source_tree

Finding = source_tree.Finding

MAX_WORDS = 30
# A word and what to write instead: the noun that is meant.
AVOIDED = {
    "whoever": "the caller, the reader",
    "whatever": "any, with a noun",
    "whichever": "any, each or the first, with a noun",
    "wherever": "in every, with a noun",
    "nobody": "no caller, no reader",
    "somebody": "a caller, a reader",
    "anybody": "any client, any thread",
    "everybody": "every client, all threads",
    "nevertheless": "too, also then; or leave it out",
    "nothing but": "only",
    "none that": "no, with a noun",
    "at most as": "a bound",
    "as it stands": "unchanged",
    "for ever": "until the process ends",
    "anew": "again",
    "once more": "again",
    "who does": "the caller, the reader",
    "who has": "the caller, the reader",
    "those that": "the noun again",
    "now and then": "the interval, or the event",
    "every so often": "the interval",
}
GLOSSARY = "docs/glossary.md"
# A second word for a thing -> the word of the glossary.
SECOND_WORDS = {
    "try again": "retry",
    "tries again": "retry",
    "tried again": "retry",
    "trying again": "retry",
    "resend": "retry",
    "subscriber": "member",
    "piece of a page": "page chunk",
    "time series": "series",
    "histogram bin": "bucket",
    "dimension": "label",
    "low watermark": "log start offset",
    "latest offset": "high watermark",
    "committed position": "committed offset",
    "lease holder": "holder",
    "leaseholder": "holder",
    "lessee": "holder",
    "fencing token": "epoch",
    "orphaned log": "stray log",
    "logs without topic": "stray log",
    "exporter line": "spec",
    "metadata line": "spec",
    "one-line specification": "spec",
    "push receiver": "receiver",
    "an answer": "response",
    "the answer": "response",
    "no answer": "response",
    "its answer": "response",
    "http answer": "response",
    "push destination": "receiver",
    "flush interval": "push",
    "datapoint": "data point",
    "resource attribute": "target",
    "request's target": "request target",
    "health probe": "check",
    "is away": "unreachable",
    "was away": "unreachable",
}
LABELS = ("When to use something else", "Guarantees", "Thread safety", "Cost", "Errors")
# Not behind `::` or a letter, which would make it a name of the code. A line may end within it.
_LABEL = re.compile(r"(?<![\w:])(?:" + "|".join(LABELS).replace(" ", r"\s+") + r"):(?=\s|$)")
_COMMENT = re.compile(r"[^\n]*?//(?P<text>[^\n]*)")
# `- item`, `2. item`; what stands deeper is an example in code.
_ITEM = re.compile(r"\s{0,7}(?:-|\d+\.)\s")
_EXAMPLE = re.compile(r"\s{3,}\S")
_COLUMNS = re.compile(r"\S {3,}\S")
_AVOIDED = re.compile(r"\b(?:" + "|".join(AVOIDED).replace(" ", r"\s+") + r")\b", re.IGNORECASE)
# The contract headers of tests have names of cases as well; so do the classes of Python tests.
_CASE = re.compile(r"\b(?:C_TEST\(|TEST(?:_F|_P)?\(\s*\w+,)\s*(\w+)\)|^ +def (test_\w+)\(", re.MULTILINE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")
_SECOND_WORD = re.compile(r"\b(?:" + "|".join(SECOND_WORDS).replace(" ", r"\s+") + r")(?=s?\b)", re.IGNORECASE)
_AVOIDED_NAME = re.compile(_AVOIDED.pattern.removesuffix(r"\b") + r"s?\b")
# Not behind `::`: such a name is a library's, or is found where it is declared.
_IDENTIFIER = re.compile(r"(?<!::)\b[A-Za-z_]\w+")
_GLOSSARY_ROW = re.compile(r"^\| ([^|]+?) \|", re.MULTILINE)
# History says what was said then.
_HISTORY = "CHANGELOG.md"
# A comment of a shell, of CMake or of a service: not within quotes that the line opens.
_HASH_COMMENT = re.compile(
    r"""^(?:[^\n"'#\\]|\\.|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|(?<=\S)\#)*?(?:^|(?<=\s))\#(?P<comment>[ \t][^\n]*)""",
    re.MULTILINE,
)
_DOCSTRING = re.compile(r"""[rRuU]?(?P<quotes>\"""|\'\'\')(?P<text>.*)(?P=quotes)""", re.DOTALL)
# The last token before a statement, apart from comments and line ends that end no statement.
_BEFORE_STATEMENT = {tokenize.DEDENT, tokenize.INDENT, tokenize.NEWLINE}
_CODE_SPAN = re.compile(r"`[^`\n]*`")
_PYTHON_SUFFIXES = (".py", ".bazel", ".bzl", ".BUILD")
_SCRIPT_SUFFIXES = (*_PYTHON_SUFFIXES, ".sh", ".cmake", ".service", ".conf")
_SCRIPT_NAME = re.compile(r"(?:.*/)?(?:CMakeLists\.txt|Makefile|WORKSPACE|\.bazelrc|[^/]*\.cmake\.in)")
# Pages that keep what was decided then, each read once, for its reasons.
_RECORDS = "docs/decisions/"
_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_DOCUMENT_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s+")
_NO_PROSE = re.compile(r"\s*\||#|<!--")
# A name of a test or of a target: lists of them stand behind the sentence that they prove.
_REFERENCE = re.compile(r"\W*(?://\S+|\w+Test\.\w+)\W*$")


def _comments(file):
    """(line number, column, whether code stands before it, text behind the slashes) of each line with a comment."""
    whole = file.text.splitlines()
    for number, line in enumerate(file.comments.splitlines(), start=1):
        found = _COMMENT.match(line)
        if found:
            column = found.start("text") - 2
            yield number, column, bool(whole[number - 1][:column].strip()), found["text"]


def paragraphs(file):
    """Lists of (line number, text): a paragraph ends at an empty line, a label, an item, and another column."""
    paragraph = []
    last = ()
    for number, column, behind_code, text in _comments(file):
        item = _ITEM.match(text)
        starts = behind_code or item or _LABEL.match(text.strip()) or _COLUMNS.search(text)
        goes_on = last == (number - 1, column) and text.strip() and not starts
        if paragraph and not goes_on:
            yield paragraph
            paragraph = []
        last = number, column
        if text.strip() and not _COLUMNS.search(text) and (item or paragraph or not _EXAMPLE.match(text)):
            paragraph.append((number, text[item.end() :] if item else text))
    if paragraph:
        yield paragraph


def _sentences(paragraph):
    """(line number of its first word, its words)."""
    first, words = None, []
    for number, text in paragraph:
        begin = 0
        for end in [*source_tree.SENTENCE_END.finditer(text), None]:
            piece = text[begin : end.end() if end else len(text)]
            words += [word for word in piece.split() if re.search(r"\w", word)]
            first = first or (number if words else None)
            if end:
                yield first, words
                first, words = None, []
                begin = end.end()
    if words:
        yield first, words


def labels_start_a_line(tree):
    """A reader who looks for the cost or the thread safety of a class looks down the left edge of its comment."""
    for file in tree.cpp_files():
        for number, _, _, text in _comments(file):
            for label in _LABEL.finditer(text):
                if text[: label.start()].strip():
                    yield Finding(file.path, number, f"`{label.group()}` begins a line of its own")
        for line, label in _found_in_comments(file, _LABEL, lambda label: "\n" in label):
            yield Finding(file.path, line, f"`{label}` begins a line of its own")


def sentences_are_short(tree):
    """A sentence of more than 30 words is read twice. One thought a sentence; a list of cases is a list."""
    for file in tree.cpp_files():
        for paragraph in paragraphs(file):
            for number, words in _sentences(paragraph):
                if len(words) > MAX_WORDS:
                    begin = " ".join(words[:6])
                    yield Finding(file.path, number, f"{len(words)} words from `{begin}` on; the limit is {MAX_WORDS}")


@functools.cache
def words_of(identifier):
    """CamelCase and snake_case as text: "camel case"."""
    return " ".join(_HUMP.sub(" ", identifier).lower().split())


def _found_in_comments(file, pattern, is_wanted=bool):
    """(line number, what was found, in lower case and with single spaces)."""
    for paragraph in paragraphs(file):
        text = "\n".join(text for _, text in paragraph)
        for match in filter(lambda match: is_wanted(match.group()), pattern.finditer(text)):
            yield paragraph[0][0] + text.count("\n", 0, match.start()), " ".join(match.group().lower().split())


def _documents(tree):
    return (file for file in tree.files.values() if file.suffix == ".md" and file.folder != "third_party")


def _found_in_text(text, pattern):
    for match in pattern.finditer(text):
        yield source_tree.line_of(text, match.start()), " ".join(match.group().lower().split())


def _scripts(tree):
    for file in tree.files.values():
        if file.suffix in _SCRIPT_SUFFIXES or _SCRIPT_NAME.fullmatch(file.path) or file.text.startswith("#!"):
            yield file


def _prose_of_python(text):
    """(offset, text) of each comment and docstring; Starlark is read alike. None where this is no Python."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found, last = [], tokenize.NEWLINE
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            offset = starts[token.start[0] - 1] + token.start[1]
            docstring = _DOCSTRING.fullmatch(token.string) if token.type == tokenize.STRING else None
            if token.type == tokenize.COMMENT and token.string[1:2].isspace():
                found.append((offset + 1, token.string[1:]))
            elif docstring and last in _BEFORE_STATEMENT:
                found.append((offset + docstring.start("text"), docstring["text"]))
            last = last if token.type in (tokenize.COMMENT, tokenize.NL) else token.type
    except (tokenize.TokenError, IndentationError):
        return None
    return found


def _prose_pieces(text, is_python):
    pieces = _prose_of_python(text) if is_python else None
    if pieces is None:
        pieces = [(match.start("comment"), match["comment"]) for match in _HASH_COMMENT.finditer(text)]
    return pieces


@functools.cache
def _script_prose(text, is_python):
    """A script with all but its comments and docstrings blanked out, and names of code within these too."""
    pieces = []
    end = 0
    for start, piece in _prose_pieces(text, is_python):
        pieces += [source_tree.blank(text[end:start]), piece]
        end = start + len(piece)
    prose = "".join(pieces) + source_tree.blank(text[end:])
    return _CODE_SPAN.sub(lambda span: source_tree.blank(span.group()), prose)


def _found_in_script(file, pattern):
    is_python = file.suffix in _PYTHON_SUFFIXES or file.text.partition("\n")[0].endswith("python3")
    return _found_in_text(_script_prose(file.text, is_python), pattern)


def _document_paragraphs(text):
    """Lists of (line number, text): paragraphs and items of lists, without tables, headings and code."""
    paragraph = []
    for number, line in enumerate(_FENCE.sub(lambda code: source_tree.blank(code.group()), text).splitlines(), start=1):
        item = _DOCUMENT_ITEM.match(line)
        # Code is set in by four columns, as is the rest of an item; only code begins a paragraph
        # there.
        is_prose = line.strip() and not _NO_PROSE.match(line) and (paragraph or item or not line.startswith("    "))
        if paragraph and (item or not is_prose):
            yield paragraph
            paragraph = []
        if is_prose:
            paragraph.append((number, line[item.end() :] if item else line))
    if paragraph:
        yield paragraph


def documents_have_short_sentences(tree):
    """A page is read by people who look for one answer, many of whom learned English as a second language."""
    for file in _documents(tree):
        if file.path == _HISTORY or file.path.startswith(_RECORDS):
            continue
        for paragraph in _document_paragraphs(file.text):
            for number, words in _sentences(paragraph):
                words = [word for word in words if not _REFERENCE.match(word)]
                if len(words) > MAX_WORDS:
                    begin = " ".join(words[:6])
                    yield Finding(file.path, number, f"{len(words)} words from `{begin}` on; the limit is {MAX_WORDS}")


def plain_words_are_used(tree):
    """A word that names no one and nothing makes the reader look for what is meant. Write the noun."""
    for file in tree.cpp_files():
        for line, word in _found_in_comments(file, _AVOIDED):
            yield Finding(file.path, line, f"`{word}`: write {AVOIDED[word]}")


def documents_use_plain_words(tree):
    """A document is read by more people than a comment, and by fewer who can ask what is meant."""
    for file in _documents(tree):
        for line, word in _found_in_text(file.text, _AVOIDED):
            yield Finding(file.path, line, f"`{word}`: write {AVOIDED[word]}")


def scripts_use_plain_words(tree):
    """A script is maintained like any other source; so its comments and docstrings keep the same words."""
    for file in _scripts(tree):
        for line, word in _found_in_script(file, _AVOIDED):
            yield Finding(file.path, line, f"`{word}`: write {AVOIDED[word]}")


def test_names_use_plain_words(tree):
    """A list of names is the contract. It must say who acts: the client, the member, the thread."""
    for file in tree.files.values():
        if file.folder != "tests" or file.suffix not in (".c", ".cc", ".h", ".py"):
            continue
        text = file.text if file.suffix == ".py" else file.code
        for case in _CASE.finditer(text):
            name = case[1] or case[2]
            for match in _AVOIDED.finditer(words_of(name)):
                word = match.group()
                line = source_tree.line_of(text, case.start())
                yield Finding(file.path, line, f"{name}: instead of `{word}`, write {AVOIDED[word]}")


def names_use_plain_words(tree):
    """A name is read more often than any comment."""
    for file in tree.cpp_files():
        if file.folder in ("third_party", "tests"):
            continue
        for line, word in _found_in_identifiers(file, _AVOIDED_NAME):
            yield Finding(file.path, line, f"`{word}`: write {AVOIDED.get(word, AVOIDED.get(word[:-1]))}")


def messages_use_plain_words(tree):
    """An error or a help text is read by a person who cannot look at the code, and looks for the word elsewhere."""
    for file in tree.cpp_files((*source_tree.PRODUCTION_FOLDERS, "apps", "proto")):
        for line, text in file.literals:
            for words, pattern in ((AVOIDED, _AVOIDED), (SECOND_WORDS, _SECOND_WORD)):
                for match in pattern.finditer(text):
                    word = " ".join(match.group().lower().split())
                    yield Finding(file.path, line, f"`{word}` in a message: write {words[word]}")


def _found_in_identifiers(file, pattern):
    for name in _IDENTIFIER.finditer(file.code):
        for match in pattern.finditer(words_of(name.group())):
            yield source_tree.line_of(file.code, name.start()), match.group()


def one_word_for_one_thing(tree):
    """A reader takes two words for two things, and looks for the difference. The glossary has the one."""
    for file in tree.cpp_files():
        if file.folder != "third_party":
            found = [*_found_in_comments(file, _SECOND_WORD), *_found_in_identifiers(file, _SECOND_WORD)]
            for line, word in found:
                yield Finding(file.path, line, f"`{word}`: the glossary says {SECOND_WORDS[word]}")
    for file in _documents(tree):
        for line, word in _found_in_text(file.text, _SECOND_WORD) if file.path != _HISTORY else ():
            yield Finding(file.path, line, f"`{word}`: the glossary says {SECOND_WORDS[word]}")
    for file in _scripts(tree):
        for line, word in _found_in_script(file, _SECOND_WORD):
            yield Finding(file.path, line, f"`{word}`: the glossary says {SECOND_WORDS[word]}")


def second_words_have_a_first(tree):
    """The table of second words must not send a reader to a word that the glossary does not explain."""
    glossary = tree.files.get(GLOSSARY)
    explained = set(_GLOSSARY_ROW.findall(glossary.text)) if glossary else set(SECOND_WORDS.values())
    for word in sorted(set(SECOND_WORDS.values()) - explained):
        yield Finding(GLOSSARY, 1, f"has no row for {word}")


def words_to_avoid_in(text):
    """(word, what to write instead) for each in a text of another kind, such as a commit message."""
    for match in _AVOIDED.finditer(text):
        word = " ".join(match.group().lower().split())
        yield word, AVOIDED[word]


RULES = (
    labels_start_a_line,
    sentences_are_short,
    documents_have_short_sentences,
    plain_words_are_used,
    documents_use_plain_words,
    scripts_use_plain_words,
    test_names_use_plain_words,
    names_use_plain_words,
    messages_use_plain_words,
    one_word_for_one_thing,
    second_words_have_a_first,
)
