"""Save and load the model without running anybody's code.

The digest detects accidents: whoever can change the model can change the manifest too. The guard
is the list of allowed types.
"""

import zipfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import sklearn
from pydantic import BaseModel, ConfigDict, ValidationError
from sklearn.pipeline import Pipeline
from skops import io

from .config import Columns, Model, Settings
from .data import content_digest
from .model import score

ARTEFACT_NAME = "model.skops"
MANIFEST_NAME = "manifest.json"

# The only types beyond skops' own list that the artefact may hold; each was read before it
# was put here. A type from this package never belongs here: renaming would break the file.
TRUSTED = frozenset(
    {
        "functools.partial",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.utils.validation.check_array",
    }
)


class ArtefactError(RuntimeError):
    """The model's files are missing, changed, unknown or made for something else."""


class TrainedOn(BaseModel):
    """The rows a model has learned from."""

    first: datetime
    last: datetime
    rows: int
    positive_rate: float


class Manifest(BaseModel):
    """What produced a model."""

    model_config = ConfigDict(extra="forbid")

    artefact_sha256: str = ""
    data_sha256: str
    sklearn_version: str
    columns: Columns
    parameters: Model
    trained_on: TrainedOn

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


def describe_training(rows: pd.DataFrame, settings: Settings) -> Manifest:
    """Return the manifest of a model trained on the rows, not yet sealed to its artefact."""
    columns = settings.columns
    time, positive_rate = rows[columns.time], float(rows[columns.target].mean())
    trained_on = TrainedOn(
        first=time.min(), last=time.max(), rows=len(rows), positive_rate=positive_rate
    )
    return Manifest(
        sklearn_version=sklearn.__version__,
        data_sha256=content_digest(settings.data_path),
        columns=columns,
        parameters=settings.model,
        trained_on=trained_on,
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
    expected = describe_training(rows, settings)
    if (manifest.data_sha256, manifest.trained_on) != (expected.data_sha256, expected.trained_on):
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
