"""Save and load the model without running anybody's code.

The digest detects accidents: whoever can change the model can change the manifest too. The guard
is the list of allowed types.
"""

import zipfile
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import sklearn
from pydantic import BaseModel, ConfigDict, ValidationError
from sklearn.pipeline import Pipeline
from skops import io

from .config import Columns, Model, Settings, Split
from .data import LocalTime, rows_digest
from .drift import Profile, profile
from .model import TRUSTED, score

ARTEFACT_NAME = "model.skops"
MANIFEST_NAME = "manifest.json"


class ArtefactError(RuntimeError):
    """The model's files are missing, changed, unknown or made for something else."""


class TrainedOn(BaseModel):
    """The rows a model has learned from."""

    first: LocalTime
    last: LocalTime
    rows: int
    positive_rate: float
    sha256: str


class Manifest(BaseModel):
    """What produced a model."""

    model_config = ConfigDict(extra="forbid")

    artefact_sha256: str = ""
    sklearn_version: str
    columns: Columns
    split: Split
    parameters: Model
    trained_on: TrainedOn
    reference: Profile

    @property
    def version(self) -> str:
        """A short name of this very artefact."""
        return self.artefact_sha256[:12]


class LoadedModel(NamedTuple):
    """A model that passed every check."""

    pipeline: Pipeline
    manifest: Manifest

    def score(self, rows: pd.DataFrame) -> list[float]:
        """Return the probability of the positive class for each row."""
        return [float(each) for each in score(self.pipeline, rows, self.manifest.columns)]


def describe(pipeline: Pipeline, rows: pd.DataFrame, settings: Settings) -> Manifest:
    """Return the manifest of a model trained on the rows, not yet sealed to its artefact."""
    columns = settings.columns
    return Manifest(
        sklearn_version=sklearn.__version__,
        columns=columns,
        split=settings.split,
        parameters=settings.model,
        trained_on=describe_rows(rows, columns),
        reference=profile(rows, score(pipeline, rows, columns), columns),
    )


def describe_rows(rows: pd.DataFrame, columns: Columns) -> TrainedOn:
    """Return what is recorded on the rows that a model learns from."""
    time, positive_rate = rows[columns.time], float(rows[columns.target].mean())
    return TrainedOn(
        first=time.min(),
        last=time.max(),
        rows=len(rows),
        positive_rate=positive_rate,
        sha256=rows_digest(rows),
    )


def save_model(pipeline: Pipeline, manifest: Manifest, folder: Path) -> None:
    """Write the artefact and a manifest that seals it."""
    folder.mkdir(parents=True, exist_ok=True)
    artefact = folder / ARTEFACT_NAME
    io.dump(pipeline, artefact, compression=zipfile.ZIP_DEFLATED)
    sealed = manifest.model_copy(update={"artefact_sha256": _digest(artefact.read_bytes())})
    text = sealed.model_dump_json(indent=2) + "\n"
    (folder / MANIFEST_NAME).write_text(text, encoding="utf-8", newline="\n")


def load_model(settings: Settings) -> LoadedModel:
    """Return the model, or refuse a file that is not exactly what the manifest promises."""
    folder = settings.model_folder
    manifest = read_manifest(settings)
    _check_fit(manifest, settings)
    return LoadedModel(_read_artefact(folder / ARTEFACT_NAME, manifest), manifest)


def read_manifest(settings: Settings) -> Manifest:
    """Return what is recorded on the saved model."""
    path = settings.model_folder / MANIFEST_NAME
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        message = f"{path.name} cannot be used: run the train command"
        raise ArtefactError(message) from error


def check_training(manifest: Manifest, rows: pd.DataFrame, settings: Settings) -> None:
    """Refuse to judge a model that learned from other rows: test rows may be among them."""
    if manifest.trained_on != describe_rows(rows, settings.columns):
        message = "the model was trained on other rows than it should be: run the train command"
        raise ArtefactError(message)


def _check_fit(manifest: Manifest, settings: Settings) -> None:
    if manifest.columns != settings.columns:
        message = "the model was trained on other columns: run the train command"
        raise ArtefactError(message)
    if manifest.parameters != settings.model:
        message = "the model was trained with other parameters: run the train command"
        raise ArtefactError(message)
    trained, running = manifest.sklearn_version, sklearn.__version__
    if trained.split(".")[:2] != running.split(".")[:2]:
        message = f"trained with scikit-learn {trained}, running {running}: run the train command"
        raise ArtefactError(message)


def _read_artefact(path: Path, manifest: Manifest) -> Pipeline:
    # Read once: what was checked is what is loaded.
    content = path.read_bytes() if path.is_file() else b""
    if _digest(content) != manifest.artefact_sha256:
        message = f"{path.name} is not the file that the manifest seals"
        raise ArtefactError(message)
    try:
        return _load_trusted(path.name, content)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        message = f"{path.name} is no model: run the train command"
        raise ArtefactError(message) from error


def _load_trusted(name: str, content: bytes) -> Pipeline:
    unknown = sorted({*io.get_untrusted_types(data=content)} - TRUSTED)
    if unknown:
        message = f"{name} holds types that are not trusted: {', '.join(unknown)}"
        raise ArtefactError(message)
    pipeline: Pipeline = io.loads(content, trusted=sorted(TRUSTED))
    return pipeline


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
