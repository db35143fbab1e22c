"""Texts that break readers, or make them slow: what a repository may hold by accident or malice."""

import json
from collections.abc import Mapping

Files = Mapping[str, str | bytes]

LONG = 4_900_000  # characters: just below the size above which a file is not read
CI = ".github/workflows/ci.yml"
ALL_OF_THEM = ", ".join(f"g{n}.yml" for n in range(30))


def _notebook(*cells: object, **more: object) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


def _code(source: object, *outputs: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "outputs": outputs, "metadata": {}, "execution_count": 1}


def _laughs(levels: int = 40, width: int = 9) -> str:
    """YAML anchors that stand for width ** levels values."""
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


def _trees(name: str, levels: int = 12, width: int = 9) -> str:
    """YAML mappings of the same shape, in which each level stands for width of the level below."""
    each = [", ".join(f"k{k}: *{name}{n - 1}" for k in range(width)) for n in range(1, levels)]
    return "\n".join(f".{name}{n}: &{name}{n} {{{keys}}}" for n, keys in enumerate(["x: 1", *each]))


def _workflow(body: str, head: str = "") -> str:
    return f"on: push\n{head}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{body}\n"


def _step(run: str) -> str:
    return f"      - run: {run}"


def _action(*uses: str) -> str:
    steps = "\n".join(f"    - uses: ./.github/actions/{name}" for name in uses)
    return f"name: x\nruns:\n  using: composite\n  steps:\n{steps}\n    - run: pytest\n      shell: bash\n"


# Nothing can be read of these; the report has to say so, with the file as evidence.
BROKEN: dict[str, Files] = {
    "workflow that is no YAML": {CI: "on: [push\njobs: {a: b: c}\n"},
    "workflow of another shape": {CI: "- 1\n- {a: [b]}\n"},
    "workflow with a tab": {CI: "on: push\njobs:\n\ttest: 1\n"},
    "workflow with NUL bytes": {CI: b"on: push\0\njobs: {}\n"},
    "workflow nested deeply": {CI: "on: " + "[" * 100_000},
    "pyproject that is no TOML": {"pyproject.toml": "[project\nname =\n"},
    "pyproject with NUL bytes": {"pyproject.toml": b"[project]\0\nname = 'x'\n"},
    "pyproject nested deeply": {"pyproject.toml": "a = " + "[" * 50_000},
    "hooks that are no YAML": {".pre-commit-config.yaml": "repos: ["},
    "environment that is no YAML": {"environment.yml": "dependencies: [\n  a: b: c\n"},
    "notebook that is no JSON": {"eda.ipynb": '{"cells": ['},
    "notebook of another shape": {"eda.ipynb": '{"cells": 1}'},
    "notebook nested deeply": {"eda.ipynb": "[" * 1_000_000},
    "notebook of NUL bytes": {"eda.ipynb": b"\0" * 4_000},
    "Python that does not parse": {"src/broken.py": "def f(:\n    pass\n"},
    "Python with NUL bytes": {"src/broken.py": b"x = 1\0\n"},
    "Python nested deeply": {"src/broken.py": "x = " + "(" * 100_000},
    "Python of many operators": {"src/broken.py": "x = " + "-" * 1_000_000 + "1\n"},
    "test that does not parse": {"tests/test_broken.py": "def test_a(:\n"},
    "UTF-16 without a mark": {"README.md": "# Title\n\nSome words.\n".encode("utf-16-le")},
    "README with NUL bytes": {"README.md": b"# Title\n\0\0\0\n"},
}

# These can be read, if with care; what matters is that nothing breaks and nothing takes long.
ODD: dict[str, Files] = {
    "UTF-16 with a mark": {
        "README.md": "# Title\n\nWords.\n".encode("utf-16"),
        "src/wide.py": "x = 1\n".encode("utf-16"),
    },
    "UTF-8 with a mark": {
        "README.md": b"\xef\xbb\xbf# Title\n",
        "pyproject.toml": b"\xef\xbb\xbf[project]\nname = 'x'\n",
    },
    "bytes of no encoding": {
        "README.md": bytes(range(1, 256)) * 40,
        "Makefile": b"\xff\xfe\xfd:\n",
        "requirements.txt": b"\xe9\n",
    },
    "other encodings of Python": {
        "src/a.py": b"# coding: latin-1\nx = '\xe9'\n",
        "src/b.py": b"# coding: no-such\nx = 1\n",
    },
    "files of nothing": dict.fromkeys(
        ("README.md", "pyproject.toml", CI, "eda.ipynb", "Makefile", "tests/test_a.py"), b""
    ),
    "other shapes": {
        "pyproject.toml": "project = 1\ntool = [2]\n",
        "package.json": "[1]",
        "Pipfile.lock": '{"default": []}',
        "poetry.lock": "package = 1\n",
        "uv.lock": "package = [1]\n",
        "environment.yml": "dependencies: 3\n",
        "tox.ini": "[testenv]\ncommands = {[testenv]commands}\n",
        ".copier-answers.yml": "- 1\n",
        ".cruft.json": "[]",
        "codecov.yml": "coverage: [1]\n",
        "Taskfile.yml": "tasks: {a: {cmds: {b: 1}}, c: 3}\n",
    },
    "locks that are none": {
        "uv.lock": "[[",
        "poetry.lock": "]]",
        "package-lock.json": "{",
        "conda-lock.yml": "a: [",
        "Pipfile": "[",
    },
    "answers that are none": {".copier-answers.yml": "a: [", ".cruft.json": "{", "cookiecutter.json": "{{"},
    "control characters": {"README.md": "# T\x1b[31m\x07\x08\x0b\x0c\x85\u2028\u202e\ufffe" * 50},
    "lone carriage returns": {
        "README.md": "# T\r\rwords\r" * 500,
        "Makefile": "test:\r\tpytest\r",
        "src/a.py": "x = 1\ry = 2\r",
    },
    "Makefile that calls itself": {
        "Makefile": "include Makefile\ntest: test check\n\t$(MAKE) test\n\tmake -C . check\n"
        "check: test\n\tmake $@ $(A)\nA = $(B)\nB = $(A)$(A)\n",
        CI: _workflow(_step("make test")),
    },
    "Makefile whose variables double": {
        "Makefile": "\n".join(
            ["A0 = x", *(f"A{n} = $(A{n - 1}) $(A{n - 1})" for n in range(1, 60)), "test:\n\t$(A59)\n"]
        ),
        CI: _workflow(_step("make test")),
    },
    "Makefile whose targets fan out": {
        "Makefile": "".join(
            f"t{n}: u{n} t{n + 2}\n\tmake t{n + 1}\nu{n}: t{n + 1} u{n + 1}\n\tmake t{n + 2}\n" for n in range(40)
        ),
        CI: _workflow(_step("make t0 u0")),
    },
    "tox, nox and make in a circle": {
        "tox.ini": "[testenv]\ncommands =\n  nox -s test\n  {[testenv]commands}\n  {[other]commands}\n"
        "[other]\ncommands = {[testenv]commands}\n",
        "noxfile.py": "import nox\n@nox.session\ndef test(session):\n"
        "    session.run('make', 'test')\n    session.notify('test')\n",
        "Makefile": "test:\n\ttox\n\tnox\n\tpoe a\n\tjust a\n\tnpm run a\n\tbash a.sh\n\tpython a.py\n",
        "justfile": "a: b\n  make test\nb: a\n  just a\n",
        "package.json": '{"scripts": {"a": "npm run a && make test", "prea": "npm run a"}}',
        "a.sh": "./a.sh; . ./a.sh; bash -c 'bash a.sh'; eval \"$(bash a.sh)\"\n",
        "a.py": "import subprocess\nsubprocess.run(['python', 'a.py'])\nsubprocess.run('make test', shell=True)\n",
        CI: _workflow(_step("make test")),
    },
    "actions in a circle": {
        CI: _workflow("      - uses: ./.github/actions/a"),
        ".github/actions/a/action.yml": _action("b", "a", "b"),
        ".github/actions/b/action.yml": _action("a", "b", "a"),
    },
    "actions that fan out": {
        CI: _workflow("      - uses: ./.github/actions/n0"),
        **{f".github/actions/n{n}/action.yml": _action(*[f"n{n + 1}"] * 9) for n in range(12)},
    },
    "workflows in a circle": {
        CI: f"on: [push, workflow_call]\njobs: {{a: {{uses: ./.github/workflows/b.yml}}, b: {{uses: ./{CI}}}}}\n",
        ".github/workflows/b.yml": f"on: push\njobs: {{a: {{uses: ./{CI}}}, b: {{uses: ./.github/workflows/b.yml}}}}\n",
    },
    "GitLab in a circle": {
        ".gitlab-ci.yml": "include: [a.yml, {local: /.gitlab-ci.yml}]\n"
        "x: {extends: y, script: !reference [y, script]}\n"
        "y: {extends: [x, y], script: [!reference [x, script]]}\n",
        "a.yml": "include: {local: .gitlab-ci.yml}\n",
    },
    "GitLab jobs that double": {
        ".gitlab-ci.yml": f"{_trees('a')}\n{_trees('b')}\n"
        "a: {variables: *a11}\nb: {variables: *b11}\ntest: {extends: [a, b], script: [pytest]}\n"
    },
    "GitLab includes that fan out": {
        ".gitlab-ci.yml": "include: [g0.yml]\n",
        **{f"g{n}.yml": f"include: [{ALL_OF_THEM}]\nj{n}: {{script: [pytest]}}\n" for n in range(30)},
    },
    "YAML anchors a billion strong": {
        CI: _workflow(_step("pytest"), _laughs()),
        ".gitlab-ci.yml": f"{_laughs()}\ntest:\n  script: *a39\n",
        ".pre-commit-config.yaml": f"{_laughs()}\nrepos: *a39\n",
        "environment.yml": f"{_laughs()}\ndependencies: *a39\n",
        "docker-compose.yml": f"{_laughs()}\nservices: *a39\n",
        "Taskfile.yml": f"{_laughs()}\ntasks: *a39\n",
        ".copier-answers.yml": f"{_laughs()}\n_src_path: *a39\n",
        "pnpm-lock.yaml": f"{_laughs()}\npackages: *a39\n",
        "conda-lock.yml": f"{_laughs()}\npackage: *a39\n",
    },
    "YAML anchors that hold themselves": {
        CI: _workflow("      - &a {run: pytest, with: *a}", "env: &e {x: *e}"),
        ".gitlab-ci.yml": "test: &t\n  <<: *t\n  script: &s [*s, pytest]\n",
        ".pre-commit-config.yaml": "repos: &r [*r]\n",
        "environment.yml": "dependencies: &d [*d, {pip: *d}]\n",
        "Taskfile.yml": "tasks: &t {a: *t}\n",
    },
    "requirements in a circle": {
        "requirements.txt": "-r requirements.txt\n-r a/b.txt\n-c ../../../etc/passwd\n-r /etc/passwd\n",
        "a/b.txt": "-r ../requirements.txt\n-r b.txt\n",
        "setup.py": "from setuptools import setup\nx = x + x\nsetup(install_requires=x, name=f'{x}')\n",
    },
    "notebook of many cells": {"eda.ipynb": _notebook(*[_code("x = 1\n")] * 5_000)},
    "notebook of a huge output": {
        "eda.ipynb": _notebook(_code("x", {"output_type": "stream", "text": "a " * (LONG // 2)}))
    },
    "notebook of huge images": {"eda.ipynb": _notebook(_code("x", {"data": {"image/png": "iVBOR" * (LONG // 6)}}))},
    "notebook of other types": {
        "eda.ipynb": _notebook(1, None, [], _code({"a": 1}), _code([1, None, "x"], 1, {"data": 2}, {"text": [[1]]})),
        "b.ipynb": _notebook(_code("x = '\ud800'\n%%bash\n!ls"), {"cell_type": []}, metadata={"kernelspec": []}),
        "c.ipynb": '{"cells": [{"cell_type": "code", "execution_count": 1e999, "source": "x"}], "nbformat": -1}',
        "d.ipynb": '{"worksheets": [{"cells": [{"cell_type": "heading", "level": 99999999999999999, "source": "x"}]}]}',
    },
    "numbers of many digits": {
        "src/a.py": f"x = {'9' * 100_000}\n",
        "pyproject.toml": f"a = {'9' * 10_000}\n",
        "eda.ipynb": f'{{"cells": [], "nbformat": {"9" * 10_000}}}',
        "package.json": f'{{"a": {"9" * 10_000}}}',
        CI: f"on: push\na: {'9' * 10_000}\njobs: {{}}\n",
        ".pre-commit-config.yaml": f"repos: []\na: {'9' * 10_000}\n",
        "environment.yml": f"name: {'9' * 10_000}\ndate: 2020-99-99\n",
    },
}
