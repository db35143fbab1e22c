"""The HTTP service."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import structlog
from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_fastapi_instrumentator import Instrumentator
from pydantic import BaseModel, ConfigDict, Field, Strict, create_model
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .config import Settings
from .data import request_model, requests_to_frame
from .database import DatabaseError, Entry, Ledger, UnknownPredictionsError
from .monitor import Monitor
from .registry import ArtefactError, LoadedModel, Manifest, load_model

SCORE_DIGITS = 4
# In seconds; monitoring/alerts.yml needs the half.
LATENCIES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)


class Prediction(BaseModel):
    """The answer for one row; its id is the place of the label that comes later."""

    id: str
    probability: float
    decision: bool
    threshold: float
    model: str


class Predictions(BaseModel):
    """The answers for a batch, in the order of its rows."""

    predictions: list[Prediction]


class Label(BaseModel):
    """What came true for one prediction."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    outcome: Annotated[int, Strict(), Field(ge=0, le=1)]


class Stored(BaseModel):
    """How many labels were stored."""

    stored: int


class Status(BaseModel):
    """A word on the service's health."""

    status: str


class Refusal(BaseModel):
    """Why there is no answer, in one line."""

    detail: str


class Service:
    """The loaded model, its decision threshold, its database and its monitor."""

    def __init__(self, settings: Settings) -> None:
        """Prepare a service without a model."""
        self.settings = settings
        self.ledger = Ledger(settings.database_url)
        self.monitor = Monitor(settings, self.ledger)
        self._model: LoadedModel | None = None
        self._is_migrated = False

    @property
    def model(self) -> LoadedModel:
        """The loaded model, or an answer that tells a client to come back."""
        if self._model is None:
            raise HTTPException(503, "no model is loaded")
        return self._model

    def load(self) -> None:
        """Load the model and open the database; without one of them it is alive but not ready."""
        try:
            self.use(load_model(self.settings))
            self.migrate()
        except (ArtefactError, DatabaseError) as error:
            structlog.get_logger(__name__).error("not ready", reason=str(error))

    def use(self, model: LoadedModel) -> None:
        """Answer with this model from now on."""
        self._model = model
        self.monitor.record_model(model)

    def migrate(self) -> None:
        """Bring the database's tables up to date, once; again when it has been away."""
        if not self._is_migrated:
            self.ledger.migrate()
            self._is_migrated = True

    def record_absence(self, error: Exception) -> None:
        """Tell that the database is away; when it comes back, it may be another one."""
        self._is_migrated = False
        structlog.get_logger(__name__).error("not stored", reason=str(error))

    def predict(self, requests: Sequence[BaseModel]) -> list[Prediction]:
        """Score valid requests and decide; what is answered has been stored before."""
        model, threshold = self.model, self.settings.serving.decision_threshold
        rows = requests_to_frame(requests)
        # Rounded before the decision, so that nobody sees the two disagree.
        scores = [round(score, SCORE_DIGITS) for score in model.score(rows)]
        predictions = [
            Prediction(
                id=str(uuid4()),
                probability=score,
                decision=score >= threshold,
                threshold=threshold,
                model=model.manifest.version,
            )
            for score in scores
        ]
        self._store(requests, predictions, scores)
        self.monitor.record_predictions(rows, scores, [each.decision for each in predictions])
        return predictions

    def label(self, labels: Sequence[Label]) -> int:
        """Store what came true; return the number of labels."""
        outcomes = {str(label.id): label.outcome for label in labels}
        if len(outcomes) < len(labels):
            raise HTTPException(409, "an id stands twice")
        self.migrate()
        self.ledger.record_labels(outcomes, datetime.now(UTC))
        self.monitor.record_labels(len(outcomes))
        return len(outcomes)

    def _store(
        self,
        requests: Sequence[BaseModel],
        predictions: Sequence[Prediction],
        scores: Sequence[float],
    ) -> None:
        now, time = datetime.now(UTC), self.settings.columns.time
        self.migrate()
        self.ledger.record_predictions(
            [
                Entry(
                    id=prediction.id,
                    made_at=now,
                    event_time=getattr(request, time),
                    model=prediction.model,
                    score=score,
                    decision=prediction.decision,
                    inputs=request.model_dump(mode="json"),
                )
                for request, prediction, score in zip(requests, predictions, scores, strict=True)
            ]
        )


class BodyLimit:
    """Stops reading a request whose body is larger than allowed."""

    def __init__(self, app: ASGIApp, largest: int) -> None:
        """Wrap the application."""
        self._app, self._largest = app, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the bytes as they come: a declared length may lie, or be missing."""
        seen = 0

        async def receive_bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._largest:
                raise HTTPException(413, f"the body holds more than {self._largest} bytes")
            return message

        await self._app(scope, receive_bounded, send)


def create_app(settings: Settings) -> FastAPI:
    """Return the application; it loads the model when it starts."""
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.load()
        yield
        service.ledger.close()

    app = FastAPI(title=__name__.partition(".")[0], lifespan=lifespan)
    app.include_router(_health_routes(service))
    app.include_router(_model_routes(service))
    app.include_router(_label_routes(service))
    app.add_exception_handler(RequestValidationError, _refusal_handler(service))
    app.add_exception_handler(DatabaseError, _away_handler(service))
    app.add_exception_handler(UnknownPredictionsError, _unknown_handler)
    app.add_middleware(BodyLimit, largest=settings.serving.largest_body_bytes)
    instrumentator = Instrumentator(registry=service.monitor.registry)
    instrumentator.instrument(app, latency_lowr_buckets=LATENCIES).expose(
        app, response_class=PlainTextResponse
    )
    return app


def _refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return what the API's description says of these answers; FastAPI adds that of 422."""
    return {code: {"model": Refusal} for code in codes}


def _health_routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> Status:
        """Tell that the process is alive, however many requests wait for the database."""
        return Status(status="alive")

    @router.get("/readyz", responses=_refusals(503))
    def readyz() -> Status:
        """Tell that a checked model is loaded and the database has been opened."""
        service.migrate()
        return Status(status=f"ready with model {service.model.manifest.version}")

    return router


def _model_routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["model"])
    # The request's fields come from the settings, so its type exists only at run time.
    row = request_model(service.settings.columns)
    batch = _batch_model(row, service.settings.serving.largest_batch)

    @router.post("/predict", responses=_refusals(400, 413, 503))
    def predict(request: row) -> Prediction:  # type: ignore[valid-type]
        """Score one row."""
        return service.predict([request])[0]

    @router.post("/predict/batch", responses=_refusals(400, 413, 503))
    def predict_batch(request: batch) -> Predictions:  # type: ignore[valid-type]
        """Score a bounded number of rows."""
        return Predictions(predictions=service.predict(request.rows))  # type: ignore[attr-defined]

    @router.get("/model", responses=_refusals(503))
    def model() -> Manifest:
        """Show what produced the model."""
        return service.model.manifest

    return router


def _label_routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["labels"])
    most = service.settings.serving.largest_batch
    labels: Any = (Annotated[list[Label], Field(min_length=1, max_length=most)], ...)
    batch = create_model("Labels", __config__=ConfigDict(extra="forbid"), labels=labels)

    @router.post("/labels", responses=_refusals(400, 404, 409, 413, 503))
    def store_labels(request: batch) -> Stored:
        """Store what came true; a second label of a prediction replaces the first."""
        return Stored(stored=service.label(request.labels))  # type: ignore[attr-defined]

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


def _away_handler(service: Service) -> Any:
    def away(request: Request, error: Exception) -> JSONResponse:
        service.record_absence(error)
        if request.url.path.startswith("/v1/"):  # a probe has nothing to store
            service.monitor.record_unstored()
        detail = "the database cannot be reached; nothing was stored"
        return JSONResponse({"detail": detail}, status_code=503)

    return away


def _unknown_handler(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=404)
