"""What a project's own code imports from others, and which distributions would bring it."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiscaffold.evidence import Evidence, at
from aiscaffold.import_names import distributions
from aiscaffold.layout import is_foreign
from aiscaffold.module import Import, Module
from aiscaffold.regex import regex
from aiscaffold.repo import Repo

# Code that is not needed to use the project has needs of its own.
ASIDE = regex(
    r"(?:^|/)(?:\.history|docs?|examples?|benchmarks?|asv_bench|tutorials?|demos?|tests?|testing|\.github)/|"
    r"(?:^|/)(?:setup|noxfile|tasks|fabfile|conftest|versioneer|_version)\.py$",
    re.IGNORECASE,
)
SOURCES = regex(r"^(?:src|lib|python)/")
# What comes with every installation, and what was in the standard library of older Pythons.
GIVEN = frozenset(
    """
    pkg_resources setuptools pip wheel distutils imp asyncore asynchat smtpd cgi crypt telnetlib importlib_metadata
    importlib_resources cPickle StringIO cStringIO urllib2 urlparse ConfigParser Queue Tkinter commands httplib
    cookielib HTMLParser __builtin__ sets
    """.split()  # noqa: SIM905 - a list of words
)
# What Colab, Kaggle, Databricks and conda's shells have of their own.
HOSTED = ("google.colab", "kaggle_secrets", "kaggle_datasets", "kaggle_web_client", "dbutils", "pyspark.dbutils")
GENERATED = regex(r"_pb2(?:_grpc)?$")  # by the compiler of protocol buffers, before the code runs
# Languages whose imports nothing here reads.
OTHER = regex(r"\.(?:r|jl|jsx?|tsx?|vue|go|rs|java|kt|scala|c|cc|cpp|cu|cs|rb|php|swift)$", re.IGNORECASE)
INSTALLS = regex(r"^[ \t]*[!%][ \t]*(?:pip3?|conda|uv pip|mamba)[ \t]+install[ \t]+(.{1,500})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ForeignImport:
    """A module of somebody else's, the place of its first import, and the distributions that may provide it."""

    module: str
    place: Evidence
    distributions: tuple[str, ...]


def foreign_imports(repo: Repo, *, notebooks: bool = True) -> tuple[ForeignImport, ...]:
    """Every foreign top-level module that must be there for the project to run, sorted by name."""
    modules = [*repo.own_python.values(), *(repo.notebook_code.values() if notebooks else ())]
    # A folder can be imported without an __init__.py too.
    at_hand = (
        sys.stdlib_module_names
        | GIVEN
        | repo.import_roots
        | {path.rpartition("/")[2] for path in repo.contents.folders}
    )
    found: dict[str, ForeignImport] = {}
    optional = _optional(repo)
    for module in modules:
        if module.path in optional or ASIDE.search(module.path[len(repo.project) :]):
            continue
        for name, line in _names(module):
            top = name.partition(".")[0]
            is_there = top in at_hand or name.startswith(HOSTED) or GENERATED.search(name)
            if top not in found and not is_there:
                place = in_cell(repo, at(module.path, f"imports {name}", line))
                found[top] = ForeignImport(name, place, distributions(name))
    return tuple(found[name] for name in sorted(found))


def other_code(repo: Repo) -> Evidence | None:
    """A file in another language, where the project holds no Python of its own."""
    if repo.own_python or repo.notebooks:
        return None
    found = (path for path in repo.paths if OTHER.search(path) and not is_foreign(path))
    return next((at(path, "only Python is read, and there is none") for path in found), None)


def unread_code(repo: Repo) -> tuple[Evidence, ...]:
    """The modules and notebooks of the project itself that cannot be parsed: what they import and do is not known."""
    own = repo.own_python.keys() | {book.path for book in repo.notebooks}
    found = (each for each in repo.unread if each.path in own)
    return tuple(each for each in found if not ASIDE.search(each.path[len(repo.project) :]))


def in_cell(repo: Repo, evidence: Evidence) -> Evidence:
    """The same place; in a notebook by its cell and the line in it, instead of the line of all its code."""
    book = next((book for book in repo.notebooks if book.path == evidence.path), None)
    if book is None:
        return evidence
    cell, line = book.cell_at(evidence.line)
    return at(evidence.path, evidence.remark, line, cell)


def _names(module: Module) -> Iterator[tuple[str, int]]:
    for used in module.imports:
        if used.level == 0 and not used.guarded and used.name:
            # `from google import genai` names the distribution only with what it takes.
            is_shared = used.name in ("google", "azure")
            yield (f"{used.name}.{used.names[0]}" if is_shared and used.names else used.name), used.line


def _optional(repo: Repo) -> frozenset[str]:
    """The modules that others import only where it may fail: who uses the project can do without them."""
    named = {_dotted(path[len(repo.project) :]): path for path in repo.own_python}
    attempted: set[str] = set()
    needed: set[str] = set()
    for path, module in repo.own_python.items():
        inside = [(each.line, each.end) for each in module.functions]
        for used in module.imports:
            start = _start(path[len(repo.project) :], used)
            targets = {start, *(f"{start}.{name}" for name in used.names)} & named.keys()
            # A function that imports when it is called needs what it imports.
            is_attempt = used.guarded and not any(first <= used.line <= last for first, last in inside)
            (attempted if is_attempt else needed).update(targets)
    return frozenset(named[name] for name in attempted - needed)


def _dotted(path: str) -> str:
    """The name under which a module is imported."""
    return SOURCES.sub("", path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _start(path: str, used: Import) -> str:
    """The full name of what an import starts from; dots lead up from the folder of the module that imports."""
    if not used.level:
        return used.name
    folders = SOURCES.sub("", path).split("/")[: -used.level]
    return ".".join([*folders, *filter(None, [used.name])])


def installed_in_cells(repo: Repo) -> frozenset[str]:
    """The distributions that cells of notebooks install themselves."""
    sources = (cell.source for book in repo.notebooks for cell in book.cells if cell.kind == "code")
    words = (word for source in sources for command in INSTALLS.findall(source) for word in command.split())
    return frozenset(re.split(r"[\[=<>~!;@]", word)[0].strip("'\"").replace("_", "-").lower() for word in words)


# What a distribution brings so surely that people import it without naming it.
BROUGHT: Mapping[str, tuple[str, ...]] = {
    "numpy": (
        "pandas",
        "scipy",
        "scikit-learn",
        "tensorflow",
        "opencv-python",
        "matplotlib",
        "xgboost",
        "lightgbm",
        "torchvision",
        "numba",
        "xarray",
    ),
    "pandas": ("seaborn", "statsmodels", "mlflow", "streamlit", "datasets", "geopandas"),
    "scipy": ("scikit-learn", "statsmodels"),
    "joblib": ("scikit-learn",),
    "matplotlib": ("seaborn",),
    "pillow": ("matplotlib", "torchvision", "streamlit", "scikit-image"),
    "torch": (
        "torchvision",
        "torchaudio",
        "pytorch-lightning",
        "lightning",
        "timm",
        "sentence-transformers",
        "torchtext",
    ),
    "pytorch-lightning": ("lightning",),
    "lightning": ("pytorch-lightning",),
    "keras": ("tensorflow", "tensorflow-gpu", "tensorflow-cpu"),
    "tensorboard": ("tensorflow", "tensorflow-gpu", "tensorflow-cpu"),
    "pydantic": ("fastapi", "langchain", "openai", "sqlmodel", "pydantic-settings"),
    "starlette": ("fastapi",),
    "uvicorn": ("gradio",),
    "jinja2": ("flask",),
    "werkzeug": ("flask",),
    "click": ("flask", "typer"),
    "omegaconf": ("hydra-core",),
    "huggingface-hub": ("transformers", "datasets", "sentence-transformers", "diffusers", "tokenizers"),
    "transformers": ("sentence-transformers",),
    "langchain-core": ("langchain", "langchain-openai", "langchain-community", "langgraph"),
    "langchain-text-splitters": ("langchain",),
    "langchain-community": ("langchain-experimental",),
    "botocore": ("boto3",),
    "requests": ("streamlit", "huggingface-hub", "transformers", "datasets"),
    "python-dateutil": ("pandas", "matplotlib"),
    "pytz": ("pandas", "django"),
    "threadpoolctl": ("scikit-learn",),
    "ipython": ("jupyter", "ipykernel", "notebook", "jupyterlab", "ipywidgets"),
    "ipykernel": ("jupyter", "notebook", "jupyterlab"),
    "httpx": ("openai", "anthropic"),
    "docling-core": ("docling",),
    "traitlets": ("anywidget", "ipywidgets", "jupyter", "notebook"),
    "sqlalchemy": ("sqlmodel", "alembic", "flask-sqlalchemy"),
    "six": ("tensorflow", "python-dateutil", "pandas"),
    "packaging": ("matplotlib", "transformers", "huggingface-hub", "streamlit", "mlflow", "statsmodels", "pytest"),
    "typing-extensions": ("pydantic", "torch", "fastapi", "sqlalchemy", "tensorflow", "openai", "huggingface-hub"),
    "langsmith": ("langchain", "langchain-core"),
    "regex": ("nltk", "transformers"),
    "pyyaml": ("transformers", "mlflow", "pytorch-lightning"),
}


def is_brought(wanted: str, declared: frozenset[str]) -> bool:
    """Whether something that is declared brings a distribution along."""
    return any(bringer in declared for bringer in BROUGHT.get(wanted, ()))
