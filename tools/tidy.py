#!/usr/bin/env python3
"""The house style as a test: sizes, layers, names and calls that a compiler does not refuse.

`tools/tidy.py` checks what git knows of this tree; `--self-test` plants one violation of each rule and
fails when a rule does not see its own. A function of this file is one rule; LAYERS is the map.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

FUNCTION_LINES_MAX = 70
SOURCE_LINES_MAX = 700
HEADER_LINES_MAX = 400
COLUMNS_MAX = 100

# Module: what it may include besides itself. ARCHITECTURE.md draws it.
LAYERS = {
    "core": "",
    "sewa": "core",  # The public headers of client/.
    "observe": "core",
    "config": "core",
    "shard": "core",
    "net": "core shard",
    "http": "core shard net",
    "ws": "core shard net http",
    "site": "core shard net http",
    "store": "core shard",
    "cluster": "core shard",
    "wire": "core store",
    "files": "core shard net store",
    "auth": "core",
    "webhook": "core store auth",
    "chat": "core shard store cluster auth wire observe",
    "session": "core shard net store cluster wire auth http ws chat observe config",
    "api": "core shard net store files cluster wire auth http ws chat session observe config",
    "store/sqlite": "core shard store wire",
    "store/postgres": "core shard store wire",
    "cluster/local": "core shard cluster",
    "cluster/nats": "core shard cluster",
    "app": "webhook core shard net store files cluster wire auth http ws site chat session api observe config "
           "store/sqlite store/postgres cluster/local cluster/nats",
    "bench": "core shard net store wire auth http ws store/sqlite",
    "cli": "core shard net store cluster wire auth http ws chat session api observe config app sewa "
           "bench",
    "main": "cli",
}

# Word in a file's name: what to do instead.
BANNED_WORDS = {
    **dict.fromkeys(["util", "utils", "helper", "helpers", "misc", "common", "stuff"],
                    "name the noun inside, such as time_text or outbox"),
    **dict.fromkeys(["manager", "managers"], "name what it keeps, such as registry or timeline"),
    **dict.fromkeys(["phase", "v2", "final"],
                    "name the behaviour; git keeps the history"),
}

# The same at the beginning of a name only: a count of new messages is a noun.
BANNED_FIRST = dict.fromkeys(["new", "old", "temp"], "name the behaviour; git keeps the history")


def is_test(path):
    return (re.search(r"(_test|_fuzz|_bench|_main)\.cc$|_test\.h$|_for_test\.(h|cc)$", path) is not None
            or path.startswith(("tests/", "bench/")) or "/tests/" in path or "/examples/" in path)


def is_generated(path):
    return ".gen." in path


def is_cpp(path):
    return path.endswith((".h", ".cc"))


def blank(text):
    """C++ without comments and literals; every line and column stays where it is."""
    pattern = (r'R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
               r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*.*?\*/")
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def rule_length(path, text):
    if is_cpp(path) and not is_generated(path):
        limit = HEADER_LINES_MAX if path.endswith(".h") else SOURCE_LINES_MAX
        lines = text.count("\n")
        if lines > limit:
            yield limit + 1, f"{lines} lines, at most {limit}; split it by noun, not by number"


def rule_columns(path, text):
    if is_cpp(path) and not is_generated(path):
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > COLUMNS_MAX:
                yield number, f"{len(line)} columns, at most {COLUMNS_MAX}; clang-format -i {path}"


CONTROL = re.compile(r"^(?:else\s+)?(?:if|for|while|switch|catch|do|else|try|return)\b")
TYPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:class|struct|union|enum)\b(?!.*\)\s*(?:const\s*)?$)", re.S)
SCOPE = re.compile(r'^(?:inline\s+)?namespace\b|^extern\s*$')


def kind_of_block(header, parent, last_closed):
    header = re.sub(r"^\s*(?:(?:public|private|protected)\s*:|#[^\n]*\n|\s)*", "", header)
    if parent in ("function", "inner"):
        return "inner"
    if SCOPE.match(header):
        return "scope"
    if TYPE.match(header):
        return "scope"
    # The body behind a constructor's `: field_{value}`.
    if last_closed == "function" and (not header or header.startswith(",")):
        return "function"
    if "(" in header and not CONTROL.match(header) and not re.search(r"=\s*$", header):
        return "function"
    return "inner"


def rule_functions(path, text):
    if not is_cpp(path) or is_generated(path):
        return
    code = blank(text)
    stack, last_closed, start = [], None, 0
    for match in re.finditer(r"[{};]", code):
        at = match.start()
        if match.group() == "{":
            header = code[start:at]
            kind = kind_of_block(header, stack[-1][0] if stack else "scope", last_closed)
            begin = start + len(header) - len(header.lstrip()) if header.strip() else at
            stack.append((kind, begin))
            last_closed = None
        elif match.group() == "}" and stack:
            kind, begin = stack.pop()
            lines = line_of(code, at) - line_of(code, begin) + 1
            if kind == "function" and lines > FUNCTION_LINES_MAX:
                yield (line_of(code, begin),
                       f"a function of {lines} lines, at most {FUNCTION_LINES_MAX}; name its parts")
            last_closed = kind
        else:
            last_closed = None
        start = match.end()


def module_of(include):
    parts = include.split("/")
    if len(parts) > 2 and "/".join(parts[:2]) in LAYERS:
        return "/".join(parts[:2])
    return parts[0] if parts[0] in LAYERS else None


def rule_layers(path, text):
    if not is_cpp(path) or not path.startswith("src/") or is_test(path):
        return
    own = "main" if path == "src/main.cc" else module_of(path[len("src/"):])
    if own is None:
        yield 1, "this module is not on the map; add it to LAYERS in tools/tidy.py and to ARCHITECTURE.md"
        return
    may = set(LAYERS[own].split()) | {own}
    for match in re.finditer(r'^#include "([^"]+)"', text, re.M):
        module = module_of(match.group(1))
        if module is None or module not in may:
            named = module or match.group(1)
            yield (line_of(text, match.start()),
                   f"{own} must not include {named}; take a plain value or a contract of {LAYERS[own] or 'itself'}")


CALLS = [
    # What, where it is allowed, what to write instead.
    (r"\bstd::(?:cout|cerr|clog)\b|\b(?:std::)?printf\s*\(", lambda path: path.startswith("src/cli/") or is_test(path),
     "print in src/cli/ only; elsewhere use observe::Log or return a Result"),
    (r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*\(", lambda path: not is_test(path),
     "drive a ManualClock or wait for the event itself; a sleep makes a test slow or flaky"),
    (r"(?<![\w.>:])assert\s*\(", lambda path: False,
     "use SEWA_ASSERT, which stays in release builds; for what a peer can cause return a Result"),
    (r"\b(?:strcpy|strcat|sprintf|vsprintf)\s*\(", lambda path: False, "use std::string or fmt::format"),
    (r"\b(?:std::)?s?rand\s*\(", lambda path: False, "take a sewa::Random from the caller"),
]


def rule_calls(path, text):
    if not is_cpp(path):
        return
    code = blank(text)
    for pattern, is_allowed, instead in CALLS:
        if not is_allowed(path):
            for match in re.finditer(pattern, code):
                yield line_of(code, match.start()), f"{match.group().strip(' (')}: {instead}"


def rule_new(path, text):
    if not is_cpp(path) or is_test(path):
        return
    lines, code = text.splitlines(), blank(text).splitlines()
    for number, line in enumerate(code, 1):
        near = lines[max(0, number - 3):number]
        # Placement owns no memory; a private constructor needs new, owned in the same breath.
        owned = any(re.search(r"//|_ptr<", text) for text in near)
        if re.search(r"(?<!operator )\bnew\b\s*[\w:]", line) and not owned:
            yield number, "raw new: use std::make_unique, or say in a comment why not"


def rule_pragma(path, text):
    if path.endswith(".h") and "#pragma once" not in text:
        yield 1, "no #pragma once; put it before the first include"


def rule_name(path, text):
    stem = pathlib.PurePath(path).name.split(".")[0]
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower()
    split = re.split(r"[_\-]", snake)
    if split[0] in BANNED_FIRST:
        yield 1, f'"{split[0]}" in a name says nothing; {BANNED_FIRST[split[0]]}'
    words = set(split) | {part.lower() for part in pathlib.PurePath(path).parts[:-1]}
    for word in sorted(words & BANNED_WORDS.keys()):
        yield 1, f'"{word}" in a name says nothing; {BANNED_WORDS[word]}'
    if is_cpp(path) and not re.fullmatch(r"[a-z0-9_]+(\.gen)?\.(h|cc)", pathlib.PurePath(path).name):
        yield 1, "C++ files are named in snake_case"


def rule_fixme(path, text):
    if path == "tools/tidy.py":
        return
    for match in re.finditer(r"\bFIXME\b|\bXXX\b|^(?:<{7}|>{7}) ", text, re.M):
        yield (line_of(text, match.start()),
               f'"{match.group().strip()}" is left over; mend it, or write TODO(kind) with the condition')


def rule_heading(path, text):
    if not path.endswith(".md"):
        return
    prose = re.sub(r"^```.*?^```", lambda m: re.sub(r"[^\n]", "", m.group()), text, flags=re.S | re.M)
    headings = [line_of(prose, match.start()) for match in re.finditer(r"^# ", prose, re.M)]
    if len(headings) != 1:
        yield (headings[1:] or [1])[0], f"{len(headings)} headings of level one; a document has one"


RULES = [rule_length, rule_columns, rule_functions, rule_layers, rule_calls, rule_new, rule_pragma, rule_name,
         rule_fixme, rule_heading]
TEXT = (".h", ".cc", ".py", ".sh", ".md", ".cmake", ".txt", ".ts", ".tsx", ".css", ".json", ".sql", ".mjs", ".toml")


def violations(root, paths):
    for path in paths:
        if not path.endswith(TEXT) or path.endswith("package-lock.json"):
            continue
        text = (root / path).read_text(encoding="utf-8")
        for rule in RULES:
            for line, message in rule(path, text):
                yield f"{path}:{line}: {message}"


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, text=True)
    if listed.returncode == 0:
        return [path for path in listed.stdout.splitlines() if (ROOT / path).is_file()]
    # An unpacked archive has no git; then everything that is no build product counts.
    skipped = {"build", "node_modules", ".next", "out", ".git"}
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [str(path) for path in files if not skipped & set(path.parts)]


# File, text, what the message must contain; None: the file is clean.
PLANTED = [
    ("src/core/long.cc", "int a;\n" * (SOURCE_LINES_MAX + 1), "701 lines, at most 700"),
    ("src/core/long.h", "#pragma once\n" * (HEADER_LINES_MAX + 1), "401 lines, at most 400"),
    ("src/core/wide.cc", "// " + "x" * 98 + "\n", "101 columns"),
    ("src/core/big.cc", "namespace a {\nint f() {\n" + "    g();\n" * 69 + "}\n}\n", "a function of 71 lines"),
    ("src/core/ctor.cc", "A::A(int b)\n    : b_{b},\n      c_(1) {\n" + "    g();\n" * 69 + "}\n", "a function of"),
    ("src/core/test.cc", "TEST(A, b) {\n" + "    g();\n" * 69 + "}\n", "a function of 71 lines"),
    ("src/core/fits.cc", "int f() {\n" + "    g(\"{{{\");  // {\n" * 68 + "}\n", None),
    ("src/core/class.cc", "class A {\npublic:\n" + "    int f() { return 1; }\n" * 80 + "};\n", None),
    ("src/chat/up.cc", '#include "session/session.h"\n', "chat must not include session"),
    ("src/net/up.cc", '#include "observe/log.h"\n', "net must not include observe"),
    ("src/api/driver.cc", '#include "store/sqlite/sqlite_store.h"\n', "api must not include store/sqlite"),
    ("src/app/driver.cc", '#include "store/sqlite/sqlite_store.h"\n#include "store/store.h"\n', None),
    ("src/store/sqlite/ok.cc", '#include "store/store.h"\n#include "wire/frames.h"\n', None),
    ("src/store/driver_test.cc", '#include "store/sqlite/sqlite_store.h"\n', None),
    ("src/magic/a.cc", "", "not on the map"),
    ("src/main.cc", '#include "app/server.h"\n', "main must not include app"),
    ("src/chat/print.cc", "void f() { std::cout << 1; }\n", "observe::Log"),
    ("src/cli/print.cc", "void f() { std::cout << 1; }\n", None),
    ("src/chat/a_test.cc", "void f() { std::this_thread::sleep_for(x); }\n", "ManualClock"),
    ("src/chat/b.cc", "void f() { assert(x); }\n", "SEWA_ASSERT"),
    ("src/chat/c.cc", "void f() { static_assert(x); SEWA_ASSERT(x); EXPECT(\"assert(x)\"); }\n", None),
    ("src/chat/d.cc", "void f() { sprintf(a, b); }\n", "fmt::format"),
    ("src/chat/e.cc", "int f() { return rand() % 6; }\n", "sewa::Random"),
    ("src/chat/new.h", "#pragma once\n", 'name says nothing; name the behaviour'),
    ("src/chat/new_hub.cc", "", "name the behaviour"),
    ("frontend/src/useNewCount.ts", "", None),
    ("src/chat/raw.cc", "\n\n\nauto* a = new Thing(1);\n", "std::make_unique"),
    ("src/chat/raw_ok.cc", "// The library takes ownership.\nauto* a = new Thing(1);\n", None),
    ("src/chat/placed.cc", "auto* a = new (memory) Thing(1);\n", None),
    ("src/chat/pragma.h", "int a;\n", "#pragma once"),
    ("src/chat/string_utils.cc", "", '"utils" in a name'),
    ("src/common/a.py", "", '"common" in a name'),
    ("frontend/src/SocketManager.ts", "", '"manager" in a name'),
    ("src/chat/phase_3.cc", "", '"phase" in a name'),
    ("src/chat/CamelCase.cc", "", "snake_case"),
    ("src/chat/left.cc", "// FIXME\n", "left over"),
    ("src/chat/conflict.cc", "<<<<<<< HEAD\n", "left over"),
    ("docs/two.md", "# A\n\n# B\n", "2 headings"),
    ("docs/none.md", "A\n", "0 headings"),
    ("docs/one.md", "# A\n\n```\n# comment\n```\n", None),
]


def self_test():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text, expected in PLANTED:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
            found = list(violations(root, [path]))
            good = not found if expected is None else any(expected in message for message in found)
            if not good:
                failures.append(f"{path}: expected {expected!r}, found {found}")
    return failures


def main():
    if "--self-test" in sys.argv:
        found = self_test()
    else:
        found = list(violations(ROOT, tracked_files()))
        generated = subprocess.run([sys.executable, str(ROOT / "tools/generate.py"), "--check"],
                                   capture_output=True, text=True)
        if generated.returncode != 0:
            found.append(generated.stderr.strip() or "tools/generate.py --check failed")
    for message in found:
        print(message)
    sys.exit(1 if found else 0)


main()
