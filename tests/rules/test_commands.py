"""Whether the commands of a README install the project and put it to use."""

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.commands import installs, usage_shown

SETUP = 'from setuptools import setup\nsetup(name="churn-model", extras_require={"dev": []})\n'
PYPROJECT = """
[project]
name = "churn"
[project.optional-dependencies]
dev = []
[project.scripts]
churn-serve = "churn:serve"
"""
INSTALLS = [
    ("pip install -r requirements.txt", {"requirements.txt": "pandas\n"}),
    ("$ python3 -m pip install -r ./requirements/base.txt", {"requirements/base.txt": "pandas\n"}),
    ("pip install --upgrade -r=requirements.txt", {"requirements.txt": "pandas\n"}),
    ("git clone https://example.org/ada/churn\ncd churn\npip install -e .", {"setup.py": SETUP}),
    ("pip install -e '.[dev]'", {"pyproject.toml": PYPROJECT}),
    ("pip install churn_model", {"setup.py": SETUP}),
    ("!pip install pandas scikit-learn", {"eda.ipynb": "{}"}),
    ("cd backend && pip install -r requirements.txt", {"backend/requirements.txt": "flask\n"}),
    ("conda env create -f env/gpu.yml", {"env/gpu.yml": "dependencies: [python]\n"}),
    ("conda env create", {"environment.yml": "dependencies: [python]\n"}),
    ("uv sync --all-extras", {"pyproject.toml": PYPROJECT}),
    ("poetry install --with dev", {"pyproject.toml": PYPROJECT}),
    ("docker compose up --build", {"compose.yaml": "services: {}\n"}),
    ("docker build -t churn .", {"Dockerfile": "FROM python\n"}),
    ("docker build -f docker/Dockerfile.gpu .", {"docker/Dockerfile.gpu": "FROM python\n"}),
    ("make setup", {"Makefile": "setup:\n\tpip install -r requirements.txt\n"}),
    ("npm install", {"package.json": "{}\n"}),
    ("bash scripts/install.sh", {"scripts/install.sh": "pip install pandas\n"}),
]
USES = [
    ("python train.py --lr 0.1", {"train.py": "x = 1\n"}),
    ("python .\\src\\train.py", {"src/train.py": "x = 1\n"}),
    ("CUDA_VISIBLE_DEVICES=0 python3 tools/train.py", {"tools/train.py": "x = 1\n"}),
    ("python -m churn.train", {"churn/train.py": "x = 1\n"}),
    ("uv run churn-serve --port 80", {"pyproject.toml": PYPROJECT}),
    ("streamlit run app.py", {"app.py": "import streamlit\n"}),
    ("uvicorn churn.api:app --reload", {"src/churn/api.py": "app = 1\n"}),
    ("make train", {"Makefile": "train:\n\tpython train.py\n"}),
    ("jupyter notebook eda.ipynb", {"eda.ipynb": "{}"}),
    ("docker run -p 80:80 churn", {"Dockerfile": "FROM python\n"}),
    ("./run.sh", {"run.sh": "python train.py\n"}),
    ("docker compose watch", {"compose.yaml": "services: {}\n"}),
    ("npm run dev", {"package.json": '{"scripts": {"dev": "vite"}}'}),
]


def readme(command: str) -> str:
    return f"# Churn\n\n```bash\n{command}\n```\n"


@pytest.mark.parametrize(("command", "files"), INSTALLS)
def test_a_command_whose_parts_exist_installs(command: str, files: dict[str, str]) -> None:
    outcome = installs.check(Repo.given({"README.md": readme(command), **files}))
    assert outcome.verdict == "pass"
    assert outcome.evidence[0].path == "README.md"
    assert outcome.evidence[0].line == 4 + command.count("\n")


@pytest.mark.parametrize(("command", "files"), USES)
def test_a_command_whose_parts_exist_shows_the_use(command: str, files: dict[str, str]) -> None:
    outcome = usage_shown.check(Repo.given({"README.md": readme(command), **files}))
    assert (outcome.verdict, outcome.evidence[0].line) == ("pass", 4)


@pytest.mark.parametrize(
    "command",
    [
        "pip install -r requirements.txt",
        "pip install -e .",
        "make setup",
        "conda env create -f environment.yml",
        "docker compose up",
        "uv sync",
    ],
)
def test_a_command_whose_parts_are_missing_fails_at_its_line(command: str) -> None:
    outcome = installs.check(Repo.given({"README.md": readme(command), "train.py": "x = 1\n"}))
    assert (outcome.verdict, outcome.evidence[0].line) == ("fail", 4)


def test_an_empty_requirements_file_installs_nothing() -> None:
    repo = Repo.given({"README.md": readme("pip install -r requirements.txt"), "requirements.txt": ""})
    assert installs.check(repo).verdict == "fail"


@pytest.mark.parametrize(
    "command", ["pip install <package>", "docker pull ghcr.io/ada/churn", "pip install virtualenv poetry"]
)
def test_what_leads_elsewhere_never_passes(command: str) -> None:
    repo = Repo.given({"README.md": readme(command), "pyproject.toml": PYPROJECT})
    assert installs.check(repo).verdict in ("unknown", "fail")


def test_commands_within_sentences_count() -> None:
    text = "# Churn\n\nFirst run pip install -r requirements.txt and then start `python app.py`.\n"
    repo = Repo.given({"README.md": text, "requirements.txt": "flask\n", "app.py": "x = 1\n"})
    assert (installs.check(repo).verdict, usage_shown.check(repo).verdict) == ("pass", "pass")


def test_making_sure_is_no_target_of_make() -> None:
    text = "# Churn\n\nPlease make sure that it works.\n"
    assert usage_shown.check(Repo.given({"README.md": text})).evidence[0].remark.startswith("nothing shows")


def test_a_page_that_the_readme_links_to_counts() -> None:
    page = {"docs/install.md": readme("pip install -r requirements.txt"), "requirements.txt": "pandas\n"}
    outcome = installs.check(Repo.given({"README.md": "# Churn\n\n[Install](docs/install.md)\n", **page}))
    assert (outcome.verdict, outcome.evidence[0].path) == ("pass", "docs/install.md")


def test_a_library_is_used_by_importing_it() -> None:
    text = "# Churn\n\n```python\nfrom churn import Model\n\nModel().fit(x)\n```\n"
    assert usage_shown.check(Repo.given({"README.md": text, "src/churn/__init__.py": "x = 1\n"})).verdict == "pass"
    assert usage_shown.check(Repo.given({"README.md": text, "src/other/__init__.py": "x = 1\n"})).verdict == "fail"


def test_a_notebook_is_used_by_opening_it() -> None:
    text = "# Churn\n\nOpen [the analysis](eda.ipynb) to follow along.\n"
    assert usage_shown.check(Repo.given({"README.md": text, "eda.ipynb": "{}"})).verdict == "pass"
    assert usage_shown.check(Repo.given({"README.md": text})).verdict == "fail"


def test_a_script_that_was_renamed_fails() -> None:
    outcome = usage_shown.check(Repo.given({"README.md": readme("python train.py"), "fit.py": "x = 1\n"}))
    assert (outcome.verdict, outcome.evidence[0].remark) == ("fail", "`python train.py`, but train.py is not there")


def test_a_page_for_contributors_shows_no_use() -> None:
    files = {"CONTRIBUTING.md": readme("python tools/release.py"), "tools/release.py": "x = 1\n"}
    repo = Repo.given({"README.md": "# Churn\n\n## Usage\n\n[Contribute](CONTRIBUTING.md)\n", **files})
    assert usage_shown.check(repo).verdict == "fail"


@pytest.mark.parametrize("target", ["lint", "download-data"])
def test_development_targets_are_no_use(target: str) -> None:
    repo = Repo.given({"README.md": readme(f"make {target}"), "Makefile": f"{target}:\n\tpython tools.py\n"})
    assert usage_shown.check(repo).verdict == "fail"


def test_a_project_that_installs_its_own_extras_is_no_foreign_package() -> None:
    text = "# Churn\n\n```python\nfrom churn import Model\n```\n"
    extras = '[project]\nname = "churn"\n[project.optional-dependencies]\ndocs = ["mkdocs"]\ndev = ["churn[docs]"]\n'
    repo = Repo.given({"README.md": text, "churn/__init__.py": "x = 1\n", "pyproject.toml": extras})
    assert repo.dependencies == {"mkdocs"}
    assert usage_shown.check(repo).verdict == "pass"
