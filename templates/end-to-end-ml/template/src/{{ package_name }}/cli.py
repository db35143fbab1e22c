"""The command line: train, evaluate, predict, serve."""

from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError

from .api import Service, create_app
from .config import Settings, settings_or_exit
from .data import DataError, Parts, load_parts
from .evaluate import evaluate as evaluate_model
from .evaluate import write_metrics
from .logs import configure_logging
from .model import build_model, fit
from .registry import ArtefactError, check_training, describe_training, load_model, save_model
from .schema import request_model

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.command()
def train() -> None:
    """Fit the model on the training rows and save it with its manifest."""
    settings = settings_or_exit()
    parts = _load_parts(settings)
    pipeline = fit(build_model(settings), parts.train, settings)
    save_model(pipeline, describe_training(parts.train, settings), settings.model_folder)
    typer.echo(f"trained on {len(parts.train):,} rows; model saved in {settings.paths.model}")


@app.command()
def evaluate() -> None:
    """Measure the saved model on the test rows and write the report."""
    settings = settings_or_exit()
    parts = _load_parts(settings)
    try:
        model = load_model(settings)
        check_training(model.manifest, parts.train, settings)
    except ArtefactError as error:
        raise _refusal(error) from error
    report = evaluate_model(model.pipeline, parts, settings)
    write_metrics(report, settings)
    for name, metric in report["models"]["model"].items():
        typer.echo(f"{name:8} {metric['value']:.3f} ({metric['low']:.3f} to {metric['high']:.3f})")


@app.command()
def predict(
    row: Annotated[str, typer.Option("--json", help="One row as JSON; - reads it from stdin.")],
) -> None:
    """Score one row."""
    settings = settings_or_exit()
    text = typer.get_text_stream("stdin").read() if row == "-" else row
    service = Service(settings)
    try:
        request = request_model(settings.columns).model_validate_json(text)
        service.use(load_model(settings))
    except (ValidationError, ArtefactError) as error:
        raise _refusal(error) from error
    typer.echo(service.predict([request])[0].model_dump_json())


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


def _load_parts(settings: Settings) -> Parts:
    try:
        return load_parts(settings)
    except (DataError, OSError) as error:
        raise _refusal(error) from error


def _refusal(error: Exception) -> typer.Exit:
    typer.echo(f"error: {error}", err=True)
    return typer.Exit(1)
