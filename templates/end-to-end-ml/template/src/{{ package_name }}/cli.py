"""The command line: train, evaluate, predict, serve, drift, collect, retrain, rollback."""

from contextlib import closing
from datetime import datetime
from typing import Annotated, NoReturn

import typer
import uvicorn
from pydantic import ValidationError

from .api import Service, create_app
from .config import Settings, settings_or_exit
from .data import DataError, Parts, load_parts, request_model
from .database import DatabaseError, Ledger
from .drift import ShiftError, examine_live, health_text, months_text, needs_retraining, replay
from .evaluate import write_metrics
from .model import build_model, fit
from .monitor import configure_logging
from .registry import (
    ArtefactError,
    check_training,
    describe,
    load_model,
    save_model,
)
from .retrain import collect as collect_rows
from .retrain import (
    compare,
    comparison_markdown,
    comparison_text,
    measure,
    promote,
    restore_previous,
)

# The command did its work, and the answer is no good news: drift calls for a retrained model, or
# the gate refuses one.
BAD_NEWS = 3
EXPECTED = (ArtefactError, DataError, DatabaseError, OSError, ShiftError, ValidationError)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.command()
def train() -> None:
    """Fit the model on the training rows and save it with its manifest."""
    settings = settings_or_exit()
    parts = _load_parts(settings)
    pipeline = fit(build_model(settings), parts.train, settings)
    try:
        save_model(pipeline, describe(pipeline, parts.train, settings), settings.model_folder)
    except OSError as error:
        _refuse(error)
    typer.echo(f"trained on {len(parts.train):,} rows; model saved in {settings.paths.model}")


@app.command()
def evaluate() -> None:
    """Measure the saved model on the test rows, replay the months, and write the report."""
    settings = settings_or_exit()
    parts = _load_parts(settings)
    try:
        model = load_model(settings)
        check_training(model.manifest, parts.train, settings)
        report = measure(model.pipeline, parts, settings)
        write_metrics(report, settings)
    except EXPECTED as error:
        _refuse(error)
    for name, metric in report["models"]["model"].items():
        typer.echo(f"{name:8} {metric['value']:.3f} ({metric['low']:.3f} to {metric['high']:.3f})")


@app.command()
def predict(
    row: Annotated[str, typer.Option("--json", help="One row as JSON; - reads it from stdin.")],
) -> None:
    """Score one row, and store the prediction as the service does."""
    settings = settings_or_exit()
    text = typer.get_text_stream("stdin").read() if row == "-" else row
    try:
        request = request_model(settings.columns).model_validate_json(text)
        service = Service(settings)
        with closing(service.ledger):
            service.use(load_model(settings))
            prediction = service.predict([request])[0]
    except EXPECTED as error:
        _refuse(error)
    typer.echo(prediction.model_dump_json())


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65_535)] = 8_000,
) -> None:
    """Answer HTTP requests; the API is described at /docs."""
    settings = settings_or_exit()
    configure_logging()
    # One process per container: Prometheus counts live in the process's memory.
    uvicorn.run(create_app(settings), host=host, port=port, log_config=None)


@app.command()
def drift(
    *,
    live: Annotated[bool, typer.Option(help="Examine what the service stored.")] = False,
    shift: Annotated[str, typer.Option(help="Change a replayed column, e.g. temp+10.")] = "",
) -> None:
    """Replay the held-out months, or examine the live ones; exit 3 when it is time to retrain."""
    settings = settings_or_exit()
    try:
        if live and shift:
            message = "only the replay can be shifted: leave out --live or --shift"
            raise ShiftError(message)
        if live:
            with closing(Ledger(settings.database_url)) as ledger:
                health = examine_live(ledger, load_model(settings), settings)
            typer.echo(health_text(health, settings))
            bad = health.needs_retraining(settings)
        else:
            months = replay(settings, shift)
            typer.echo(months_text(months))
            bad = needs_retraining(months)
    except EXPECTED as error:
        _refuse(error)
    if bad:
        raise typer.Exit(BAD_NEWS)


@app.command()
def collect() -> None:
    """Add what the service predicted, and what came true, to the table that models learn from."""
    settings = settings_or_exit()
    try:
        count = collect_rows(settings)
    except EXPECTED as error:
        _refuse(error)
    typer.echo(f"{count:,} labelled rows added to {settings.paths.data}")


@app.command()
def retrain(
    *,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Pretend that it is this day.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--promote", help="Put the challenger in place if it wins.")
    ] = False,
    markdown: Annotated[bool, typer.Option(help="Print the comparison as Markdown.")] = False,
) -> None:
    """Train a challenger and compare it with the saved model; exit 3 when the gate says no."""
    settings = settings_or_exit()
    try:
        comparison = compare(settings, as_of.date() if as_of else None)
        if accept and comparison.accepted:
            promote(comparison, settings)
    except EXPECTED as error:
        _refuse(error)
    typer.echo((comparison_markdown if markdown else comparison_text)(comparison))
    if not comparison.accepted:
        raise typer.Exit(BAD_NEWS)


@app.command()
def rollback() -> None:
    """Put the previous model and its split back in place."""
    settings = settings_or_exit()
    try:
        manifest = restore_previous(settings)
    except EXPECTED as error:
        _refuse(error)
    typer.echo(f"model {manifest.version} is back; accept its numbers with: evaluate, poe report")


def _load_parts(settings: Settings) -> Parts:
    try:
        return load_parts(settings)
    except (DataError, OSError) as error:
        _refuse(error)


def _refuse(error: Exception) -> NoReturn:
    typer.echo(f"error: {error}", err=True)
    raise typer.Exit(1) from error
