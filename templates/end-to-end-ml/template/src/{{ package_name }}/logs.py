"""Structured logs: JSON for machines, colours for people."""

import logging
import sys

import structlog
from structlog.typing import Processor

PROBES = ("/healthz", "/readyz", "/metrics")


def configure_logging() -> None:
    """Send every log line, the web server's included, to stderr in one format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(for_people=sys.stderr.isatty()))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("uvicorn.access").addFilter(_is_no_probe)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _is_no_probe(record: logging.LogRecord) -> bool:
    # The platform asks every few seconds: one line each would drown the others.
    return not any(f" {path} " in record.getMessage() for path in PROBES)


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(*, for_people: bool) -> structlog.stdlib.ProcessorFormatter:
    final: list[Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if for_people
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
    )
