"""Long texts, and the files to put them in: what is quick on a page must not take minutes on five megabytes."""

from collections.abc import Iterator, Mapping

from damage_texts import CI, LONG

LINES: dict[str, str] = {
    "words": "word " * (LONG // 5),
    "one word": "a" * LONG,
    "brackets": "[" * LONG,
    "closed brackets": "[](" * (LONG // 3),
    "nested brackets": "[" * (LONG // 2) + "]" * (LONG // 2),
    "backticks": " ".join("`" * n for n in range(1, 3_000)),
    "angles": "<" * 1_000_000,
    "tags": "<a href='" * 500_000,
    "comments": "<!-- " * 900_000,
    "stars": "*a_ " * 1_000_000,
    "underscores": "_" * LONG,
    "quotes": "> " * 100_000 + "a",
    "bullets": "- " * 100_000 + "a",
    "exclamations": "a" * 100_000 + "!" + "![" * 100_000,
    "spaces": "a" + " " * (LONG - 2) + "b",
    "tabs": "\t" * LONG,
    "dots": "." * LONG,
    "slashes": "a/" * (LONG // 2),
    "backslashes": "\\" * LONG,
    "dollars": "$(" * (LONG // 2),
    "expressions": "${{ " * 1_000_000,
    "quotation marks": "'\"" * (LONG // 2),
    "digits": "1" * LONG,
    "decimals": "0.1 " * (LONG // 4),
    "percentages": "accuracy 97.5% " * 300_000,
    "colons": "a:" * (LONG // 2),
    "equals": "a=" * (LONG // 2),
    "commas": "a," * (LONG // 2),
    "semicolons": "a;" * (LONG // 2),
    "hashes": "#" * LONG,
    "dashes": "-" * LONG,
    "pipes": "|" * LONG,
    "mail addresses": "a@b." * (LONG // 4),
    "URLs": "https://a.b/c?d " * (LONG // 16),
    "one URL": "https://" + "a." * (LONG // 2 - 8),
    "base64": "QUJD+/ab" * (LONG // 8),
    "ideographs": "\u4e00" * (LONG // 3),
    "key": "sk-" + "aB3" * 1_000_000,
}
BLOCKS: dict[str, str] = {
    "columns": "|a" * 50_000 + "|\n" + "|-" * 50_000 + "|\n" + "|b" * 50_000 + "|\n",
    "rows": "|a|b|\n|-|-|\n" + "|1|2|\n" * 100_000,
    "lines": "a\n" * (LONG // 2),
    "empty lines": "\n" * LONG,
    "headings": "# a\n" * 200_000,
    "underlined": "a\n=\n" * 200_000,
    "fences": "```\n" * 200_000,
    "references": "".join(f"[a{n}]: b{n}\n" for n in range(100_000)) + "[a1] " * 100_000,
    "footnotes": "[^a]: [^a]\n" * 100_000,
    "list items": "- a\n" * 200_000,
    "growing indents": "".join(" " * n + "- a\n" for n in range(1_500)),
    "html": "<div>\n" * 100_000 + "</div>\n" * 10,
    "directives": ".. image:: a\n   :alt: b\n\n" * 50_000,
}
PLACES: Mapping[str, str] = {
    "README": "README.md",
    "rst README": "README.rst",
    "text README": "README.txt",
    "org README": "README.org",
    "Makefile": "Makefile",
    "Python": "src/long.py",
    "test": "tests/test_long.py",
    "requirements": "requirements.txt",
    "pyproject": "pyproject.toml",
    "workflow": CI,
    "script": "run.sh",
    "Dockerfile": "Dockerfile",
    "tox.ini": "tox.ini",
    "setup.py": "setup.py",
    "setup.cfg": "setup.cfg",
    "justfile": "justfile",
    "noxfile": "noxfile.py",
    "GitLab CI": ".gitlab-ci.yml",
    "Jenkinsfile": "Jenkinsfile",
    "hooks": ".pre-commit-config.yaml",
    "environment": "environment.yml",
    "licence": "LICENSE",
    "changelog": "CHANGELOG.md",
    "settings": ".env.example",
    "ignored": ".gitignore",
    "lock": "uv.lock",
    "package.json": "package.json",
}
HEADS: Mapping[str, str] = {
    "README": "# Title\n\n",
    "Python": "x = ",
    "test": "def test_a():\n    assert ",
    "Makefile": "test:\n\t",
    "workflow": "on: push\njobs:\n  test:\n    steps:\n      - run: pytest ",
    "GitLab CI": "test:\n  script:\n    - ",
    "script": "pytest ",
    "Jenkinsfile": "sh '",
    "tox.ini": "[testenv]\ncommands = ",
    "setup.py": "from setuptools import setup\nsetup(install_requires=",
    "justfile": "test:\n  ",
    "requirements": "numpy==",
    "Dockerfile": "FROM python:3.11\nRUN pip install ",
    "pyproject": "[project]\nname = 'x'\ndependencies = [",
}


def bombs() -> Iterator[tuple[str, str, str, str]]:
    """Every long text in every kind of file, bare and where its syntax expects something: name, path, head, text."""
    for place, path in PLACES.items():
        for what, text in (LINES | BLOCKS).items():
            yield f"{place} of {what}", path, "", text
            if head := HEADS.get(place, ""):
                yield f"{place} that goes on with {what}", path, head, text
