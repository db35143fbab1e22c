"""Typed settings: `config.toml`, overridden by environment variables."""

import difflib
import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    PrivateAttr,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

CONFIG_NAME = "config.toml"
SQLITE = "sqlite:///"
# Hosts write the scheme in both ways, and without the driver.
POSTGRESQL = re.compile(r"^postgres(ql)?://")

Fraction = Annotated[float, Field(ge=0, le=1)]
# From the left: what comes from the environment is text, but may mean a number.
Parameter = Annotated[int | float | str, Field(union_mode="left_to_right")]


def find_root() -> Path:
    """Return the nearest folder, from the working directory upwards, that holds the settings."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CONFIG_NAME).is_file():
            return folder
    message = f"no {CONFIG_NAME} in {here} or above it"
    raise FileNotFoundError(message)


class Section(BaseModel):
    """A part of the settings that refuses unknown keys and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paths(Section):
    """Where things are, relative to the project's folder."""

    data: Path
    model: Path
    reports: Path


class Columns(Section):
    """The one list of columns behind the schema, the features, the API and the docs."""

    time: str
    target: str
    categorical: tuple[str, ...]
    numeric: tuple[str, ...]
    forbidden: tuple[str, ...]
    ranges: dict[str, tuple[float, float]]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns known at the moment of prediction."""
        return (self.time, *self.categorical, *self.numeric)

    @model_validator(mode="after")
    def _refuse_leaks(self) -> Self:
        leaks = sorted({*self.inputs} & {*self.forbidden, self.target})
        if leaks:
            message = f"known only after the prediction, so no input: {', '.join(leaks)}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _refuse_confusion(self) -> Self:
        if "score" in self.inputs:
            message = "score is the name of the answer, so of no input"
            raise ValueError(message)
        if len({*self.inputs}) < len(self.inputs):
            message = "an input column is listed twice"
            raise ValueError(message)
        if not {*self.ranges} <= {*self.numeric}:
            message = "a range names a column that is not numeric"
            raise ValueError(message)
        return self


class Split(Section):
    """The dates that part training rows from test rows."""

    train_from: date
    test_from: date
    test_until: date

    @model_validator(mode="after")
    def _refuse_disorder(self) -> Self:
        if not self.train_from < self.test_from < self.test_until:
            message = "the dates of the split must ascend"
            raise ValueError(message)
        return self


class Model(Section):
    """The seed, and the estimator's own parameters by its own names: it refuses unknown ones."""

    model_config = ConfigDict(extra="allow")

    seed: int
    __pydantic_extra__: dict[str, Parameter] = Field(init=False)


class Evaluation(Section):
    """How results are measured and compared."""

    seed: int
    bootstrap: PositiveInt
    calibration_bins: PositiveInt
    slices: tuple[str, ...]
    smallest_slice: PositiveInt
    number_tolerance: float


class Serving(Section):
    """How the service decides and what it accepts."""

    decision_threshold: Fraction
    largest_batch: PositiveInt
    largest_body_bytes: PositiveInt


class Database(Section):
    """Where predictions and labels are kept; the address may hold a password."""

    url: SecretStr


class Monitoring(Section):
    """What is watched, over how many rows, and when it is an alarm."""

    window_rows: PositiveInt
    smallest_window: PositiveInt
    refresh_seconds: PositiveFloat
    label_delay_days: PositiveInt
    replay_from: date
    seasonal: tuple[str, ...]
    score_psi: PositiveFloat
    feature_psi: PositiveFloat
    calibration_gap: PositiveFloat

    @model_validator(mode="after")
    def _refuse_silence(self) -> Self:
        if self.smallest_window > self.window_rows:
            message = "a window of window_rows would never reach smallest_window"
            raise ValueError(message)
        return self


class Retraining(Section):
    """What a challenger has to show, and on how many months."""

    window_months: PositiveInt
    least_brier_gain: float
    most_auc_loss: float


class Settings(BaseSettings):
    """Everything that can be tuned."""

    model_config = SettingsConfigDict(
        env_prefix=f"{__name__.partition('.')[0].upper()}_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    paths: Paths
    columns: Columns
    split: Split
    model: Model
    evaluation: Evaluation
    serving: Serving
    database: Database
    monitoring: Monitoring
    retraining: Retraining

    # Found, never set: two sources of one folder could disagree.
    _root: Path = PrivateAttr(default_factory=find_root)

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self._root

    @property
    def data_path(self) -> Path:
        """The table of labelled rows."""
        return self.root / self.paths.data

    @property
    def model_folder(self) -> Path:
        """The folder of the artefact and its manifest."""
        return self.root / self.paths.model

    @property
    def reports_folder(self) -> Path:
        """The folder of the measured results."""
        return self.root / self.paths.reports

    @property
    def database_url(self) -> str:
        """The database's address as SQLAlchemy takes it; a relative file is the project's."""
        url = self.database.url.get_secret_value()
        if url.startswith(SQLITE) and url != SQLITE:
            return f"{SQLITE}{self.root / url.removeprefix(SQLITE)}"
        return POSTGRESQL.sub("postgresql+psycopg://", url)

    @model_validator(mode="after")
    def _refuse_unknown_columns(self) -> Self:
        columns = self.columns
        named = {
            "evaluation.slices": (self.evaluation.slices, columns.categorical),
            "monitoring.seasonal": (self.monitoring.seasonal, columns.inputs[1:]),
        }
        for place, (names, known) in named.items():
            unknown = sorted({*names} - {*known})
            if unknown:
                message = f"{place} names no such column: {', '.join(unknown)}"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _refuse_unknown_variables(self) -> Self:
        # pydantic-settings looks up the sections it knows and passes over all other names.
        prefix = str(self.model_config["env_prefix"]).lower()
        given = [name for name in os.environ if name.lower().startswith(prefix)]
        for name in sorted(given):
            section, nested, _ = name.lower().removeprefix(prefix).partition("__")
            if nested and section not in type(self).model_fields:
                raise ValueError(_unknown_section(name, section))
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then the file; nothing else."""
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, toml_file=find_root() / CONFIG_NAME)
        return init_settings, env_settings, file


def _unknown_section(variable: str, section: str) -> str:
    sections = [*Settings.model_fields]
    near = difflib.get_close_matches(section, sections, n=1)
    hint = f"did you mean {near[0].upper()}?" if near else f"there is {', '.join(sections)}"
    return f"{variable} names no section of the settings: {hint}"


def _problem(place: str, message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{place}: {text}" if place else text


def settings_or_exit() -> Settings:
    """Return the settings, or end the program with one line that says what is wrong with them."""
    try:
        return Settings()
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        reason = "; ".join(_problem(*each) for each in found)
    except tomllib.TOMLDecodeError as error:
        reason = f"{CONFIG_NAME} is no TOML: {error}"
    except (OSError, UnicodeDecodeError) as error:
        reason = str(error)
    message = f"error: {reason}"
    raise SystemExit(message)
