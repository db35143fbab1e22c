"""Reports made by hand: five that look like life, and a hostile one with every verdict and texts meant to break out."""

from collections.abc import Mapping

from aiscaffold.evidence import Evidence, at
from aiscaffold.report import Finding, FirstScreen, Report, Subject
from aiscaffold.rule import ALL, OWNER, TOOL, Files, Outcome, Rule, without_object

COMMIT = "0123456789abcdef0123456789abcdef01234567"

# code, slug, level and tier, who, minutes; title; fix
CARDS = """
DOC101 readme-explains must/C T 30 | The README explains the project
  | Write at least 80 words in {path}
DOC102 problem-stated must/C O 15 | The README says what problem it solves
  | Say in {path}, under the title, what is solved and for whom
DOC103 install-works must/C T 10 | The README gives a working install command
  | Correct the install command at {path}:{line}
DOC104 usage-shown must/B T 15 | The README shows how to run or use it
  | Add one command that runs the project to {path}
DOC105 results-shown must/A O 20 | The README shows a result with its measure
  | Put your best number with its measure into {path}
DOC107 demo-linked should O 60 | A reader can see it work
  | Link a demo, a notebook in Colab or a screencast from {path}
DOC110 lessons-told must/A O 25 | Limits and lessons are told
  | Tell in {path} what does not work, citing a number or file
DOC112 references-resolve should T 10 | Every path and link in the README resolves
  | Mend the link at {path}:{line}
GIT101 history-grown must/B O 60 | The history has at least ten commits of people
  | Commit in small steps while you work
GIT104 messages-informative should O 10 | Commit messages say what changed
  | Name the change and its reason in each subject
ENV101 dependencies-declared must/C T 10 | Dependencies are declared
  | Declare the dependencies in pyproject.toml
ENV102 dependencies-locked must/A T 5 | Versions are locked
  | Run `uv lock` and commit uv.lock
ENV104 imports-declared should T 5 | Every import is declared
  | Declare the package imported at {path}:{line}
QUA101 code-in-package should T 45 | The code is organised in packages
  | Move the modules into src/
QUA104 no-junk should T 5 | Only source is tracked
  | Remove {path} with `git rm --cached` and ignore it
QUA105 lint-gate should T 10 | A linter runs before code lands
  | Run `ruff check` in CI
QUA108 no-machine-paths should T 15 | No machine's own path, no swallowed errors
  | Replace the path at {path}:{line} by a setting
TST101 real-test must/B T 45 | A test checks what the code does
  | Write a test that calls your code and asserts its result
TST104 model-behaviour should T 45 | The model's behaviour is tested
  | Test the model on two inputs whose order you know
TST201 ci-runs-tests must/B T 20 | CI runs the tests
  | Run `pytest` in a workflow on every push
SEC101 no-secrets must/C T 15 | No secret is in the tree or history
  | Revoke the key at {path}:{line}, then remove it
SEC104 workflow-guarded should T 5 | Workflows ask for few rights
  | Set `permissions: contents: read` in {path}
HON101 steps-do-as-named must/C T 10 | CI steps do what they are named for
  | Let the step at {path}:{line} run what its name says
HON102 tests-can-fail must/C T 30 | The tests can fail
  | Assert a result at {path}:{line}
HON104 no-placeholders should O 10 | No placeholder is left
  | Replace the placeholder at {path}:{line} by your own words
HON105 work-beyond-scaffold should O 240 | The project goes beyond its scaffold
  | Start with your own data in {path}
HON106 badges-true should T 5 | Badges tell the truth
  | Remove the static badge at {path}:{line}
"""

Verdicts = Mapping[str, tuple[str, Evidence | tuple[Evidence, ...]]]


def card(line: str) -> Rule:
    """A rule from a line of `CARDS`."""
    head, title, fix = (part.strip() for part in line.split("|"))
    code, slug, level, who, minutes = head.split()
    level, _, tier = level.partition("/")
    return a_rule(
        code, slug=slug, level=level, tier=tier, who=TOOL if who == "T" else OWNER, minutes=int(minutes), title=title,
        fix=f"{fix}.",
    )  # fmt: skip


def a_rule(code: str, **fields: object) -> Rule:
    """A rule with sensible fields, and those given in their place."""
    files: Files = {}
    usual = {
        "slug": "is-well", "title": "All is well", "why": "A reviewer looks at this **first**.", "check": nothing,
        "item": "readme", "level": "should", "tier": "", "kinds": ALL, "who": TOOL, "fix": "Mend {path}.",
        "expected": "a good state", "minutes": 30, "bad": files, "good": files,
    }  # fmt: skip
    return Rule(code=code, **{**usual, **fields})  # type: ignore[arg-type]


def nothing(repo: object) -> Outcome:
    """What a rule made by hand finds."""
    return without_object("made by hand")


RULES = tuple(card(line) for line in CARDS.replace("\n  |", " |").strip().splitlines())


def finding(rule: Rule, verdict: str, evidence: Evidence | tuple[Evidence, ...] = (), **fields: object) -> Finding:
    """A finding; one piece of evidence needs no tuple."""
    given = (evidence,) if isinstance(evidence, Evidence) else evidence
    return Finding(rule, verdict, given, **fields)  # type: ignore[arg-type]


def told(verdicts: Verdicts, otherwise: str = "pass", remark: str = "found") -> tuple[Finding, ...]:
    """A finding for each rule of `CARDS`: what is given, else the same for all."""
    usual = (otherwise, at("README.md", remark, line=3))
    return tuple(finding(rule, *verdicts.get(rule.code, usual)) for rule in RULES)


def subject(name: str, kind: str, *reasons: Evidence, **fields: object) -> Subject:
    """What was audited, at a commit made up."""
    return Subject(name, COMMIT, fields.pop("project", ""), kind, reasons, **fields)  # type: ignore[arg-type]


SERVICE = at("src/bikes/app.py", "serves a model with FastAPI", line=4)

FRESH = Report(
    subject("bikes", "service", SERVICE, template="end-to-end-ml v0.4.0", files=61),
    tuple(
        finding(
            rule,
            "fail",
            Evidence(remark="nothing of yours yet"),
            where_to_write=at("README.md", "the template asks here", line=7),
        )
        if rule.who == OWNER
        else finding(rule, "pass", at("README.md", "found", line=3))
        for rule in RULES
    ),
)

STRONG = Report(
    subject("tides", "service", SERVICE, template="end-to-end-ml v0.4.0", files=143),
    told(
        {
            "DOC110": ("unknown", at("README.md", "a heading with content, but nothing in it can be checked", line=88)),
            "SEC104": ("fail", at(".github/workflows/release.yml", "contents: write for every job", line=9)),
            "TST201": (
                "pass",
                (
                    at(".github/workflows/ci.yml", "runs make check", line=21),
                    at("Makefile", "runs nox", line=12),
                    at("noxfile.py", "runs pytest", line=8),
                ),
            ),
        }
    ),
    first_screen=FirstScreen(
        title="Tides: hourly water levels for small harbours",
        pitch=at("README.md", "Forecasts the water level of 40 harbours for the next 48 hours", line=3),
        number=at("README.md", "RMSE 4.2 cm on 2023, baseline 6.9 cm", line=12),
        demo=at("README.md", "https://tides.example.org", line=5),
        picture=at("docs/forecast.png", "forecast against gauge"),
        words_before_number=74,
        load_bearing=(
            at("src/tides/model.py", "called from 9 modules"),
            at("src/tides/data.py", "called from 7 modules"),
        ),
        commits=212,
        days=94,
        subjects=("Drop gauges with a gap of over a day", "Compare with the harmonic baseline", "Serve quantiles"),
    ),
)

WEAK = Report(
    subject("my_ML_project", "notebooks", at("", "5 notebooks hold 93 % of the code"), files=17, runner_up="kaggle"),
    told(
        {
            "DOC101": ("pass", at("README.md", "112 words of prose")),
            "DOC102": ("pass", at("README.md", "predicts whether a customer leaves", line=3)),
            "SEC101": ("fail", at("train.ipynb", "an API key of OpenAI", cell=2, line=4)),
            "QUA108": (
                "fail",
                (
                    at("train.ipynb", "C:\\Users\\me\\Desktop\\churn.csv", cell=3, line=1),
                    at("train.ipynb", "C:\\Users\\me\\Desktop\\churn.csv", cell=9, line=2),
                    at("eda.ipynb", "C:\\Users\\me\\Desktop\\churn.csv", cell=1, line=5),
                    at("predict.py", "/Users/me/model.pkl", line=11),
                ),
            ),
            "GIT101": ("fail", Evidence(commit=COMMIT, remark="2 commits, both uploads in the browser")),
            "HON102": ("pass", Evidence(remark="no tests")),
            "HON101": ("pass", Evidence(remark="no workflows")),
            "SEC104": ("pass", Evidence(remark="no workflows")),
            "HON105": ("pass", Evidence(remark="made from no template")),
        },
        otherwise="fail",
        remark="nothing of the kind",
    ),
)

OTHER = Report(
    subject(
        "dotfiles",
        "other",
        at("", "no code that trains, loads or calls a model"),
        files=23,
        projects=("services/api", "services/web"),
    ),
    told({"HON106": ("fail", at("README.md", "shields.io/badge/build-passing", line=1))}),
)

DAMAGED = Report(
    subject("crops", "reproduction", at("README.md", "cites a paper it reproduces", line=5), files=88),
    told(
        {
            "ENV101": ("unknown", at("pyproject.toml", "line 14: expected '=' after a key")),
            "ENV102": ("unknown", at("pyproject.toml", "line 14: expected '=' after a key")),
            "TST201": ("unknown", at("Jenkinsfile", "leaves the repository: docker run registry.example/ci", line=31)),
            "QUA105": ("crashed", Evidence(remark="KeyError in lint.py:40: 'hooks'")),
            "DOC105": ("fail", at("README.md", "no number beside a measure")),
        }
    ),
    damage=(
        at("data/eda.ipynb", "not JSON: line 1, column 1"),
        at("pyproject.toml", "line 14: expected '=' after a key"),
    ),
)

LIFELIKE = {"fresh": FRESH, "strong": STRONG, "weak": WEAK, "other": OTHER, "damaged": DAMAGED}

# Texts that a stranger's repository may hold, each made to break out of one format or another.
SCRIPT = "<script>alert('x')</script>"
BARS = "a|b `c` ``d`` [e](javascript:alert(1)) ![f](https://evil.example/pixel) @someone #1 **g** _h_ ~~i~~ \\"
COMMAND = "::error file=x::y\n::stop-commands::z%0A"
CDATA = "]]> <!-- --> <![CDATA[ &amp; &#0; \x00\x08\x0b\ufffe\uffff"
COLOUR = "\x1b[31mred\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\x9b2J"
HIDDEN = "safe\u202egpj.exe\u200b\u2028\u2029\ufeff\x85end"
BROKEN = "caf\udce9\ud800.txt"
FORMULA = '=HYPERLINK("https://evil.example","x")'
LONG = "very " * 2000 + "long"
TEMPLATE = "{{ 7*7 }} {% raw %} ${{ github.token }} %s {path}"
CLOSING = "</details></td></style></textarea>\"'><img src=x onerror=alert(1)>"
NASTY = (SCRIPT, BARS, COMMAND, CDATA, COLOUR, HIDDEN, BROKEN, FORMULA, LONG, TEMPLATE, CLOSING)

NASTY_PATHS = (
    "src/new\nline.py", "a|b/`c`.py", "x,y:z%.py", "sp ace/é.ipynb", "]]>.xml", SCRIPT, BROKEN, COLOUR, HIDDEN,
    "::warning::.py", "=1+1.csv", "-rf", "dir/" * 400 + "deep.py",
)  # fmt: skip


def _hostile_findings() -> tuple[Finding, ...]:
    """Failures with each nasty path and text; then each other verdict with each nasty text."""
    levels = ("must", "should", "nice")
    found = [
        finding(
            a_rule(f"DOC{101 + i}", level=levels[i % 3], tier="CBA"[i // 3 % 3] if i % 3 == 0 else ""),
            "fail",
            at(path, NASTY[i % len(NASTY)], line=i, cell=i % 2),
        )
        for i, path in enumerate(NASTY_PATHS)
    ]
    for section, verdict in (("GIT", "unknown"), ("QUA", "crashed"), ("TST", "pass"), ("SEC", "not-applicable")):
        found += [
            finding(a_rule(f"{section}{101 + i}", title=f"Title {text}", who=OWNER), verdict, at("a.py", text, line=i))
            for i, text in enumerate(NASTY)
        ]
    found += [finding(a_rule(f"ENV{101 + i}"), "fail", at("b.py", text), ignored=text) for i, text in enumerate(NASTY)]
    many = tuple(at(path, text, line=7) for path in NASTY_PATHS for text in NASTY)
    return (
        *found,
        finding(a_rule("HON101", fix=f"Mend {TEMPLATE} at {{path}}:{{line}}.", why=SCRIPT), "fail", many),
        finding(a_rule("HON102", slug="no-evidence"), "fail"),
        finding(a_rule("HON103"), "pass", at("a.py", "borrowed"), cancelled_by="HON101"),
        finding(a_rule("HON104"), "fail", Evidence(commit=COMMIT, remark="a commit, no file")),
        finding(a_rule("HON105", who=OWNER), "fail", at("a.py"), where_to_write=at(NASTY_PATHS[0], LONG, line=9)),
    )


HOSTILE = Report(
    Subject(
        name=f"{FORMULA}{SCRIPT}{BARS}{COLOUR}",
        commit=COMMIT,
        project=NASTY_PATHS[0],
        kind="service",
        reasons=tuple(at("a.py", text) for text in NASTY),
        runner_up="kaggle",
        template=CLOSING,
        projects=NASTY_PATHS,
        files=7,
    ),
    _hostile_findings(),
    damage=tuple(at(path, text) for path, text in zip(NASTY_PATHS, NASTY, strict=False)),
    first_screen=FirstScreen(
        title=CLOSING,
        pitch=at(BROKEN, LONG),
        number=at(NASTY_PATHS[0], BARS),
        demo=at("README.md", COLOUR),
        picture=at(SCRIPT, CDATA),
        words_before_number=10**9,
        load_bearing=tuple(at(path, HIDDEN) for path in NASTY_PATHS),
        commits=10**9,
        days=0,
        subjects=NASTY,
    ),
)
EMPTY = Report(Subject("", "", "", "service", ()), ())
