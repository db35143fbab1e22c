"""Shell scripts: which commands they run, where, and whether a failure counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.shell import commands, plain


def ran(script: str) -> list[str]:
    return [" ".join(command.words) for command in commands(script)]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("pip install .\npytest -q", ["pip install .", "pytest -q"]),
        ("ruff check . && ruff format --check; mypy src &", ["ruff check .", "ruff format --check", "mypy src"]),
        ("CI=1 TZ='UTC +1' pytest -k 'a b'", ["pytest -k a b"]),
        ("pytest \\\n  --cov \\\n  tests", ["pytest --cov tests"]),
        ("pixi run pytest `\n  tests", ["pixi run pytest tests"]),
        ("# pytest\npytest # pytest", ["pytest"]),
        ("cat <<EOF > x\npytest\nEOF\nmypy", ["cat", "mypy"]),
        ("cat <<-'END' | sh\n\tpytest\n\tEND\nmypy", ["cat", "sh", "mypy"]),
        ("pytest 2>&1 > log.txt | tee out", ["pytest", "tee out"]),
        ("if [ -d tests ]; then\n  pytest\nelse\n  echo none\nfi", ["[ -d tests ]", "pytest", "echo none"]),
        ("for d in a b; do (cd $d && pytest); done", ["cd $d", "pytest"]),
        ("while read f; do mypy $f; done < list", ["read f", "mypy $f"]),
        ("case $T in\n  unit|all) pytest ;;\n  *) tox ;;\nesac", ["pytest", "tox"]),
        ("check() {\n  pytest\n}\nls\ncheck", ["ls", "pytest"]),
        ("unused() { pytest; }", []),
        ("[[ -n $A && $B < 3 ]] && pytest", ["[[", "pytest"]),
        ("version=$(git describe)", ["git describe"]),
        ('echo "$(pytest --version)"', ["pytest --version", "echo $(pytest --version)"]),
        ("pytest ${{ matrix.args || '-x y' }}", ["pytest ${{ matrix.args || '-x y' }}"]),
        (".venv\\Scripts\\python -m pytest", [".venv/Scripts/python -m pytest"]),
        ("$env:CI = 'true'\npytest", ["pytest"]),
        ("{ ruff check; mypy .; }", ["ruff check", "mypy ."]),
        ("! grep -r TODO src", ["grep -r TODO src"]),
        ("files=(a b)\npytest", ["pytest"]),
        ("find . -exec rm {} \\; && ls", ["find . -exec rm {} ;", "ls"]),
    ],
)
def test_a_script_is_the_commands_that_it_runs(script: str, words: list[str]) -> None:
    assert ran(script) == words


@pytest.mark.parametrize(
    ("script", "soft"),
    [
        ("pytest", False),
        ("pytest || true", True),
        ("pytest || :", True),
        ("pytest || exit 0", True),
        ("pytest || echo failed", True),
        ("pytest || (echo failed; exit 0)", True),
        ("pytest || { echo failed; exit 1; }", False),
        ("pytest || echo failed && exit 1", False),
        ("pytest || exit 1", False),
        ("pytest || python -m unittest", False),
        ("pytest || [ $? -eq 5 ]", False),
        ("pytest && mypy || true", True),
        ("pytest | tee log.txt", True),
        ("set -o pipefail\npytest | tee log.txt", False),
        ("set -euo pipefail; pytest | tee log.txt", False),
        ("pytest | tee log.txt\nexit ${PIPESTATUS[0]}", False),
        ("cat list | pytest", False),
        ("pytest &", True),
        ("pytest &\nmypy", True),
        ("serve &\npytest", False),
        ("pytest &\nwait $!", False),
        ("pytest\n& mypy", False),
        ("(pytest && mypy) || true", True),
        ("pytest; true", True),
        ("set -e\npytest; true", False),
        ("pytest\ntrue", False),
        ("if ! pytest; then exit 1; fi", False),
        ("if pytest; then echo good; fi", True),
        ("set +e\npytest\necho done", True),
        ("set +e\npytest\ncode=$?\nexit $code", False),
        ("set +e\nls\nset -e\npytest\nls", False),
    ],
)
def test_a_command_is_soft_where_its_failure_is_swallowed(script: str, soft: bool) -> None:
    (found,) = [command for command in commands(script) if command.words == ("pytest",)]
    assert found.soft is soft


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 0\npytest", ["exit 0"]),
        ("ls; exit; pytest", ["ls", "exit"]),
        ("[ -d tests ] || exit 0\npytest", ["[ -d tests ]", "exit 0", "pytest"]),
        ("if [ -d x ]; then exit 0; fi\npytest", ["[ -d x ]", "exit 0", "pytest"]),
        ("(exit 0)\npytest", ["exit 0", "pytest"]),
        ("case $X in\n  a) exit 0 ;;\nesac\npytest", ["exit 0", "pytest"]),
    ],
)
def test_nothing_runs_behind_an_exit(script: str, words: list[str]) -> None:
    assert ran(script) == words


def test_a_pipe_fails_with_each_part_where_the_shell_says_so() -> None:
    assert [command.soft for command in commands("pytest | tee log", pipefail=True)] == [False, False]


@pytest.mark.parametrize(
    ("script", "cwd"),
    [
        ("pytest", ""),
        ("cd backend && pytest", "backend"),
        ("cd backend\npytest", "backend"),
        ("cd a/b; cd ..\npytest", "a"),
        ("(cd docs && make html)\npytest", ""),
        ("pushd api\nls\npopd\npytest", ""),
        ("cd $HOME/x\npytest", "?"),
        ("cd -\npytest", "?"),
        ("cd /srv && pytest", "?"),
        ("cd docs\ncd $GITHUB_WORKSPACE\npytest", ""),
        ("run() { cd api; pytest; }\ncd src\nrun", "src/api"),
    ],
)
def test_a_command_runs_in_the_folder_that_cd_led_to(script: str, cwd: str) -> None:
    assert [command.cwd for command in commands(script) if command.words == ("pytest",)] == [cwd]


def test_a_command_stands_on_its_first_line() -> None:
    script = "ls\n\npytest \\\n  -q\ncat <<E\nx\nE\nif a; then\n  mypy\nfi\nx=$(\n  git log\n)\nt() {\n  tox\n}\nt"
    lines = {command.words[0]: command.line for command in commands(script)}
    assert lines == {"ls": 1, "pytest": 3, "cat": 5, "a": 8, "mypy": 9, "git": 12, "tox": 15}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pytest -q", "pytest -q"),
        ("python -m pytest -q", "pytest -q"),
        ("python3.12 -W error -m pytest", "pytest"),
        ("python -Im pytest", "pytest"),
        ("py -3.11 -m unittest discover", "unittest discover"),
        (".venv/bin/python -m mypy .", "mypy ."),
        ("$PYTHON -m pytest", "pytest"),
        ("uv run pytest", "pytest"),
        ("uv run --frozen --group dev --with x python -m pytest", "pytest"),
        ("uv --directory api run -m pytest tests", "pytest tests"),
        ("uv run scripts/check.py --all", "python scripts/check.py --all"),
        ("uvx ruff@0.12.0 check", "ruff check"),
        ("uv tool run --from ruff==0.9 ruff check", "ruff check"),
        ("pipx run --spec tox==4 tox -e py", "tox -e py"),
        ("poetry run pytest", "pytest"),
        ("pdm run -p . pytest", "pytest"),
        ("pixi run -e test pytest", "pytest"),
        ("conda run --no-capture-output -n env python -m pytest", "pytest"),
        ("micromamba run -n env pytest", "pytest"),
        ("hatch run test:pytest -x", "pytest -x"),
        ("hatch test --cover", "pytest --cover"),
        ("sudo -E env A=b timeout -k 5 600 nice -n 5 pytest", "pytest"),
        ("xvfb-run -a -s '-screen 0' pytest", "pytest"),
        ("mpirun -n 2 python -m pytest", "pytest"),
        ("coverage run -m pytest", "coverage run -m pytest"),
        ("python setup.py test", "setup.py test"),
        ("python scripts/x.py", "python scripts/x.py"),
        ("python3 -c 'import x'", "python -c import x"),
        ("docker compose run api pytest", "docker compose run api pytest"),
        ("uv sync --all-extras", "uv sync --all-extras"),
        ("poetry install", "poetry install"),
    ],
)
def test_wrappers_are_taken_off_a_command(command: str, expected: str) -> None:
    (found,) = commands(command)
    assert " ".join(plain(found.words)) == expected


@given(st.text(alphabet="ab \n;&|(){}[]<>\"'\\$`#=!\ufb03if", max_size=80) | st.text(max_size=80))
def test_any_text_can_be_read_and_lines_stay_within_it(script: str) -> None:
    for command in commands(script):
        assert 1 <= command.line <= script.count("\n") + 1
        assert plain(command.words)


@pytest.mark.parametrize("text", ["(", "$(", '"', "{{", "${{", "if ", "<<E\n", "`", "a b\n"])
def test_megabytes_of_anything_are_read_in_bounded_time(text: str) -> None:
    assert len(commands(text * 1_000_000)) < 100_000
