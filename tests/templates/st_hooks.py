"""What schemathesis has to be told: a format of OpenAPI's registry, and that the service tells 1 from 1.0."""

from typing import Any

import schemathesis
from hypothesis import strategies

schemathesis.openapi.format("date-time-local", strategies.datetimes().map(lambda time: time.isoformat()))


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """For JSON Schema 1.0 is an integer; the service wants it written as one."""
    labels = body.get("labels") if isinstance(body, dict) else None
    for label in labels if isinstance(labels, list) else ():
        if isinstance(label, dict) and label.get("outcome") in ([0.0, 1.0]):
            label["outcome"] = int(label["outcome"])
    return body
