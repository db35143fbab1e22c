"""Let a challenger take the champion's place only if it wins on rows that neither has seen."""

import re
import shutil
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pydantic import BaseModel
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.pipeline import Pipeline

from .config import CONFIG_NAME, Retraining, Settings, Split
from .data import DataError, Parts, append_rows, read_rows, split_by_time, validate_rows
from .database import Ledger
from .drift import replay
from .evaluate import Report, evaluate
from .model import build_model, fit, score
from .registry import (
    ARTEFACT_NAME,
    MANIFEST_NAME,
    ArtefactError,
    Manifest,
    TrainedOn,
    describe,
    describe_rows,
    load_model,
    save_model,
)

PREVIOUS = "previous"
NEXT = "next"
DIGITS = 6
SPLIT_SECTION = re.compile(r"^\[split\].*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


class Days(BaseModel, frozen=True):
    """The rows on which both models are judged, from the first day to the last one."""

    first: date
    last: date
    rows: int


class Judgement(BaseModel, frozen=True):
    """How well a model foretold these rows."""

    brier: float
    roc_auc: float


class Comparison(BaseModel, frozen=True):
    """Whether the challenger may take the champion's place, and why."""

    as_of: date
    window: Days
    champion: Judgement
    challenger: Judgement
    accepted: bool
    reasons: list[str]


class Champion(NamedTuple):
    """The model to beat, and the rows it has learned from."""

    pipeline: Pipeline
    trained_on: TrainedOn


def measure(pipeline: Pipeline, parts: Parts, settings: Settings) -> Report:
    """Return everything that is said in numbers: the test rows, the later months, the gate."""
    report = evaluate(pipeline, parts, settings)
    return report | {"months": replay(settings), "gate": gate_history(settings)}


def collect(settings: Settings) -> int:
    """Add labelled predictions that the table does not hold yet to it; return their number.

    Only events after the test rows: what the model has learned from, and been judged by, stays.
    """
    columns, table = settings.columns, read_rows(settings)
    # Nobody knows yet how tomorrow turned out, whatever a label says.
    times = (datetime.combine(day, time.min) for day in (settings.split.test_until, _tomorrow()))
    with closing(Ledger(settings.database_url)) as ledger:
        ledger.migrate()
        found = ledger.labelled_rows(*times)
    if found.empty:
        return 0
    rows = validate_rows(found.rename(columns={"outcome": columns.target}), columns)
    keys = [*columns.inputs]
    known = table[keys].drop_duplicates()
    is_new = rows.merge(known, on=keys, how="left", indicator=True)["_merge"] == "left_only"
    return _append(rows[is_new.to_numpy()], settings)


def compare(settings: Settings, as_of: date | None = None) -> Comparison:
    """Return how a challenger does against the saved model on the newest whole months."""
    saved, rows = load_model(settings), read_rows(settings)
    champion = Champion(saved.pipeline, saved.manifest.trained_on)
    return _compare(champion, rows, as_of or _day_after(rows, settings), settings)


def gate_history(settings: Settings) -> list[Report]:
    """Return what the gate would have said each month, from the split's model on."""
    columns, split = settings.columns, settings.split
    rows = read_rows(settings)
    train = split_by_time(rows, columns, split).train
    champion = _fit_champion(train, settings)
    months = pd.date_range(split.test_from, _day_after(rows, settings), freq="MS")
    compared = []
    for month in months:
        try:
            found = _compare(champion, rows, month.date(), settings)
        except (ArtefactError, DataError):  # the window begins in training, or holds too little
            continue
        compared.append(found.model_dump(mode="json"))
        if found.accepted:
            parts = split_by_time(rows, columns, _split_at(found.as_of, settings))
            champion = _fit_champion(parts.train, settings)
    return compared


def verdicts(before: Judgement, after: Judgement, limits: Retraining) -> dict[str, bool]:
    """Return what the gate asks of the challenger, and whether it does so."""
    brier = round(after.brier - before.brier, DIGITS)
    roc_auc = round(after.roc_auc - before.roc_auc, DIGITS)
    return {
        f"Brier goes from {before.brier:.4f} to {after.brier:.4f} ({brier:+.4f}): it has to fall "
        f"by {limits.least_brier_gain:.4f} or more": brier <= -limits.least_brier_gain,
        f"ROC-AUC goes from {before.roc_auc:.4f} to {after.roc_auc:.4f} ({roc_auc:+.4f}): it may "
        f"fall by {limits.most_auc_loss:.4f} at most": roc_auc >= -limits.most_auc_loss,
    }


def promote(comparison: Comparison, settings: Settings) -> Manifest:
    """Put the accepted challenger and its split in place; keep the champion as `previous`."""
    if not comparison.accepted:
        message = f"the gate refuses the challenger: {'; '.join(comparison.reasons)}"
        raise ArtefactError(message)
    split = _split_at(comparison.as_of, settings)
    text = _config_text(split, settings)
    parts = split_by_time(read_rows(settings), settings.columns, split)
    pipeline = fit(build_model(settings), parts.train, settings)
    manifest = describe(pipeline, parts.train, settings.model_copy(update={"split": split}))
    folder = settings.model_folder
    save_model(pipeline, manifest, folder / NEXT)
    # In this order an interrupted promotion can be repeated or rolled back at any point.
    _put(folder, folder / PREVIOUS)
    _write_config(text, settings)
    _put(folder / NEXT, folder)
    shutil.rmtree(folder / NEXT)
    return load_model(settings).manifest


def restore_previous(settings: Settings) -> Manifest:
    """Put the previous model and its split back in place."""
    folder = settings.model_folder
    if not (folder / PREVIOUS).is_dir():
        message = "there is no previous model to go back to"
        raise ArtefactError(message)
    paths = settings.paths.model_copy(update={"model": settings.paths.model / PREVIOUS})
    manifest = load_model(settings.model_copy(update={"paths": paths})).manifest
    _write_config(_config_text(manifest.split, settings), settings)
    _put(folder / PREVIOUS, folder)
    shutil.rmtree(folder / NEXT, ignore_errors=True)
    shutil.rmtree(folder / PREVIOUS)
    return manifest


def comparison_text(comparison: Comparison) -> str:
    """Return the comparison for the terminal."""
    judged = {"champion": comparison.champion, "challenger": comparison.challenger}
    lines = [
        _headline(comparison),
        *(f"{name:10}  Brier {j.brier:.4f}  ROC-AUC {j.roc_auc:.4f}" for name, j in judged.items()),
        *(f"- {reason}" for reason in comparison.reasons),
    ]
    return "\n".join(lines)


def comparison_markdown(comparison: Comparison) -> str:
    """Return the comparison as the text of a pull request."""
    judged = {"champion": comparison.champion, "challenger": comparison.challenger}
    table = [
        "| | Brier | ROC-AUC |",
        "| --- | --- | --- |",
        *(f"| {name} | {j.brier:.4f} | {j.roc_auc:.4f} |" for name, j in judged.items()),
    ]
    reasons = [f"- {reason}" for reason in comparison.reasons]
    return "\n".join([f"**{_headline(comparison)}**", "", *table, "", *reasons])


def _headline(comparison: Comparison) -> str:
    window = comparison.window
    days = f"{window.first} to {window.last} ({window.rows:,} rows)"
    result = "challenger wins" if comparison.accepted else "champion stays"
    return f"As of {comparison.as_of} the {result}, judged on {days}"


def _fit_champion(rows: pd.DataFrame, settings: Settings) -> Champion:
    pipeline = fit(build_model(settings), rows, settings)
    return Champion(pipeline, describe_rows(rows, settings.columns))


def _append(rows: pd.DataFrame, settings: Settings) -> int:
    if len(rows):
        append_rows(rows, settings.data_path, settings.columns.time)
    return len(rows)


def _tomorrow() -> date:
    return datetime.now(UTC).date() + timedelta(days=1)


def _day_after(rows: pd.DataFrame, settings: Settings) -> date:
    newest: pd.Timestamp = rows[settings.columns.time].max()
    return newest.date() + timedelta(days=1)


def _split_at(as_of: date, settings: Settings) -> Split:
    end = pd.Timestamp(as_of).replace(day=1)
    start = end - pd.DateOffset(months=settings.retraining.window_months)
    if start.date() <= settings.split.train_from:
        message = f"as of {as_of} there are no rows to learn from before {start:%Y-%m-%d}"
        raise DataError(message)
    return settings.split.model_copy(update={"test_from": start.date(), "test_until": end.date()})


def _compare(champion: Champion, rows: pd.DataFrame, as_of: date, settings: Settings) -> Comparison:
    columns, split = settings.columns, _split_at(as_of, settings)
    parts = split_by_time(rows, columns, split)
    _check(champion, parts, split, settings)
    challenger = fit(build_model(settings), parts.train, settings)
    before, after = (_judge(each, parts.test, settings) for each in (champion.pipeline, challenger))
    found = verdicts(before, after, settings.retraining)
    if describe_rows(parts.train, columns) == champion.trained_on:
        found = {f"Both learned from the same {len(parts.train):,} rows: nothing is new": False}
    last = split.test_until - timedelta(days=1)
    return Comparison(
        as_of=as_of,
        window=Days(first=split.test_from, last=last, rows=len(parts.test)),
        champion=before,
        challenger=after,
        accepted=all(found.values()),
        reasons=[each for each, is_met in found.items() if not is_met] or [*found],
    )


def _check(champion: Champion, parts: Parts, split: Split, settings: Settings) -> None:
    window = f"{split.test_from} to {split.test_until - timedelta(days=1)}"
    last, enough = champion.trained_on.last, settings.monitoring.smallest_window
    if last >= pd.Timestamp(split.test_from):
        message = f"the model has learned from rows up to {last:%Y-%m-%d}: {window} cannot judge it"
        raise ArtefactError(message)
    answers = [part[settings.columns.target].nunique() for part in parts]
    if len(parts.test) < enough or min(answers) < 2:  # noqa: PLR2004 - both answers
        message = (
            f"{window} holds {len(parts.test):,} labelled rows: {enough} are needed "
            "(smallest_window), and both answers, there and before"
        )
        raise DataError(message)


def _judge(model: Pipeline, rows: pd.DataFrame, settings: Settings) -> Judgement:
    labels, scores = rows[settings.columns.target], score(model, rows, settings.columns)
    return Judgement(
        brier=round(float(brier_score_loss(labels, scores)), DIGITS),
        roc_auc=round(float(roc_auc_score(labels, scores)), DIGITS),
    )


def _config_text(split: Split, settings: Settings) -> str:
    # Edited, not written anew: the owner's comments and every other byte stay.
    text = (settings.root / CONFIG_NAME).read_bytes().decode("utf-8")
    found = SPLIT_SECTION.search(text)
    section = found[0] if found else ""
    edited = section
    for name in ("test_from", "test_until"):
        line = re.compile(rf"^([ \t]*{name}[ \t]*=[ \t]*)[^\s#]+", re.MULTILINE)
        edited, count = line.subn(rf"\g<1>{getattr(split, name)}", edited)
        if count != 1:
            message = f"{CONFIG_NAME} holds no line for {name} in [split]"
            raise DataError(message)
    return text.replace(section, edited, 1)


def _write_config(text: str, settings: Settings) -> None:
    path = settings.root / CONFIG_NAME
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(text.encode("utf-8"))
    beside.replace(path)


def _put(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    names = (ARTEFACT_NAME, MANIFEST_NAME)
    for name in names:
        shutil.copyfile(source / name, target / f"{name}.new")
    for name in names:
        (target / f"{name}.new").replace(target / name)
