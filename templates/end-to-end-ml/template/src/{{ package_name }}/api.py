"""The HTTP service."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_fastapi_instrumentator import Instrumentator
from pydantic import BaseModel, Field, create_model

from .config import Settings
from .monitor import Monitor
from .registry import ArtefactError, LoadedModel, Manifest, load_model
from .schema import request_model, requests_to_frame

SCORE_DIGITS = 4


class Prediction(BaseModel):
    """The answer for one row."""

    probability: float
    decision: bool
    threshold: float
    model: str


class Predictions(BaseModel):
    """The answers for a batch, in the order of its rows."""

    predictions: list[Prediction]


class Status(BaseModel):
    """A word on the service's health."""

    status: str


class Service:
    """The loaded model, its decision threshold and its monitor."""

    def __init__(self, settings: Settings) -> None:
        """Prepare a service without a model."""
        self.settings = settings
        self.monitor = Monitor(settings.columns)
        self._model: LoadedModel | None = None

    @property
    def model(self) -> LoadedModel:
        """The loaded model, or an answer that tells a client to come back."""
        if self._model is None:
            raise HTTPException(503, "no model is loaded")
        return self._model

    def load(self) -> None:
        """Load the model; a refused one leaves the service alive but not ready."""
        try:
            self.use(load_model(self.settings))
        except ArtefactError as error:
            structlog.get_logger(__name__).error("model refused", reason=str(error))

    def use(self, model: LoadedModel) -> None:
        """Answer with this model from now on."""
        self._model = model
        self.monitor.record_model(model)

    def predict(self, requests: Sequence[BaseModel]) -> list[Prediction]:
        """Score valid requests, decide, and count both."""
        model, threshold = self.model, self.settings.serving.decision_threshold
        rows = requests_to_frame(requests)
        scores = model.score(rows)
        decisions = [score >= threshold for score in scores]
        self.monitor.record_predictions(rows, scores, decisions)
        version = model.manifest.version
        return [
            Prediction(
                probability=round(score, SCORE_DIGITS),
                decision=decision,
                threshold=threshold,
                model=version,
            )
            for score, decision in zip(scores, decisions, strict=True)
        ]


def create_app(settings: Settings) -> FastAPI:
    """Return the application; it loads the model when it starts."""
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.load()
        yield

    app = FastAPI(title=__name__.partition(".")[0], lifespan=lifespan)
    app.include_router(_health_routes(service))
    app.include_router(_model_routes(service))
    app.add_exception_handler(RequestValidationError, _refusal_handler(service))
    instrumentator = Instrumentator(registry=service.monitor.registry)
    instrumentator.instrument(app).expose(app)
    return app


def _health_routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    def healthz() -> Status:
        """Tell that the process is alive."""
        return Status(status="alive")

    @router.get("/readyz")
    def readyz() -> Status:
        """Tell that a checked model is loaded."""
        return Status(status=f"ready with model {service.model.manifest.version}")

    return router


def _model_routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["model"])
    # The request's fields come from the settings, so its type exists only at run time.
    row = request_model(service.settings.columns)
    batch = _batch_model(row, service.settings.serving.largest_batch)

    @router.post("/predict")
    def predict(request: row) -> Prediction:  # type: ignore[valid-type]
        """Score one row."""
        return service.predict([request])[0]

    @router.post("/predict/batch")
    def predict_batch(request: batch) -> Predictions:  # type: ignore[valid-type]
        """Score a bounded number of rows."""
        return Predictions(predictions=service.predict(request.rows))  # type: ignore[attr-defined]

    @router.get("/model")
    def model() -> Manifest:
        """Show what produced the model."""
        return service.model.manifest

    return router


def _batch_model(row: type[BaseModel], largest: int) -> type[BaseModel]:
    rows: Any = (Annotated[list[row], Field(min_length=1, max_length=largest)], ...)  # type: ignore[valid-type]
    return create_model("Batch", rows=rows)


def _refusal_handler(service: Service) -> Any:
    def refuse(_: Request, error: Exception) -> JSONResponse:
        service.monitor.record_refusal()
        found = error.errors() if isinstance(error, RequestValidationError) else []
        # The refused input is left out: JSON cannot even write a NaN back.
        detail = [{key: each[key] for key in ("loc", "msg", "type")} for each in found]
        return JSONResponse({"detail": detail}, status_code=422)

    return refuse
