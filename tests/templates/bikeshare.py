"""Another person's project: which hours are busy for a bicycle hire? Real rows, and the edits that bring them in.

The rows are those of the table `Bikeshare` in the package ISLP (BSD licence), a year of UCI's Bike Sharing Dataset
(Fanaee-T and Gama, CC BY 4.0): 8,645 hours of 2011 in Washington. They are installed for the test and kept nowhere.
"""

import csv
import gzip
import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

SOURCE = "islp==0.6.0"
TABLE = "data/bikeshare.csv.gz"
GONE = ("data/flights.csv.gz", "data/make_extract.py")
# Fixed before any model was trained: about a quarter of the hours have more.
BUSY_ABOVE = 200
KEPT = ("season", "weathersit", "holiday", "workingday", "temp", "atemp", "hum", "windspeed")
PACKAGE = "src/flight_delays"


class Edit(NamedTuple):
    """What replaces a part of a file; the part is found by a pattern that matches once."""

    part: str
    new: str


def write_table(project: Path, folder: Path) -> None:
    """Put the hours into the project, and take the flights out of it."""
    command = ["uv", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), SOURCE]
    subprocess.run(command, check=True, cwd=folder)
    with (folder / "ISLP/data/Bikeshare.csv").open(encoding="utf-8", newline="") as file:
        hours = [hour_of(row) for row in csv.DictReader(file)]
    with gzip.open(project / TABLE, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, hours[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(hours)
    for name in GONE:
        (project / name).unlink()


def hour_of(row: dict[str, str]) -> dict[str, str | int]:
    """Turn day and hour into a moment, and the count into an answer."""
    moment = datetime(2011, 1, 1) + timedelta(days=int(row["day"]) - 1, hours=int(row["hr"]))  # noqa: DTZ001 - local
    kept = {name: row[name] for name in KEPT}
    return {"hour": moment.isoformat(), **kept, "busy": int(int(row["bikers"]) > BUSY_ABOVE)}


def apply(path: Path, edits: tuple[Edit, ...]) -> None:
    """Make the edits of one marked place."""
    text = path.read_text(encoding="utf-8")
    for edit in edits:
        found = re.findall(edit.part, text, re.MULTILINE | re.DOTALL)
        assert len(found) == 1, f"{path.name}: {edit.part} is found {len(found)} times"
        text = text.replace(found[0], edit.new)
    path.write_text(text, encoding="utf-8", newline="\n")


TABLE_EDITS = (
    Edit(r'^data = "data/flights.csv.gz"$', f'data = "{TABLE}"'),
    Edit(
        r"^time = .*?^visib = \[0, 10\]$",
        """time = "hour"
target = "busy"
categorical = ["season", "weathersit"]
numeric = ["holiday", "workingday", "temp", "atemp", "hum", "windspeed"]
# The number of riders is what is asked for, and these are its two parts.
forbidden = ["bikers", "casual", "registered"]

[columns.ranges]
holiday = [0, 1]
workingday = [0, 1]
temp = [0, 1]
atemp = [0, 1]
hum = [0, 1]
windspeed = [0, 1]""",
    ),
    Edit(
        r"^train_from = .*?^test_until = 2013-11-01$",
        """train_from = 2011-01-01
test_from = 2011-09-01
test_until = 2011-11-01""",
    ),
    Edit(r'^slices = \["carrier", "origin"\]$', 'slices = ["season", "weathersit"]'),
    Edit(
        r"^# Chosen on the same two months.*?0\.35$",
        "# Every second hour of those flagged may be quiet.\ndecision_threshold = 0.5",
    ),
    Edit(r"^# Tune on the last training months.*?July and August after training on January to June\.$", "# Not tuned."),
    Edit(r"^replay_from = 2013-07-01$", "replay_from = 2011-07-01"),
    Edit(r"^seasonal = \[.*?\]$", 'seasonal = ["season", "temp", "atemp", "hum", "windspeed"]'),
)

DATA_EDITS = (
    Edit(
        r"valid = validate_rows\(rows, columns\)",
        "valid = validate_rows(rows, columns).drop_duplicates(columns.time)",
    ),
)

FEATURE_EDITS = (
    Edit(
        r'numeric = rows\[\[\*columns\.numeric\]\]\.astype\("float64"\)$',
        'numeric = rows[[*columns.numeric]].astype("float64")\n'
        '    numeric["mugginess"] = numeric["atemp"] * numeric["hum"]',
    ),
    Edit(
        r'_weekday", \*columns\.numeric\]$',
        '_weekday", *columns.numeric, "mugginess"]',
    ),
)

MODEL_EDITS = (Edit(r"^        early_stopping=False,$", "        early_stopping=False,\n        max_features=0.8,"),)

BEHAVIOUR_EDITS = (
    Edit(r"^LOWEST_AUC = 0\.\d+$", "LOWEST_AUC = 0.9"),
    Edit(
        r"^def test_rain_raises_the_mean_score\(.*?0\.02$",
        """def test_people_ride_in_the_evening_rather_than_at_night(
    settings: config.Settings, parts: data.Parts, pipeline: Pipeline
) -> None:
    time, day = settings.columns.time, parts.test[settings.columns.time].dt.normalize()
    night, evening = (
        model.score(pipeline, parts.test.assign(**{time: day + hours}), settings.columns)
        for hours in (pd.Timedelta(hours=3), pd.Timedelta(hours=18))
    )
    assert evening.mean() > night.mean() + 0.3""",
    ),
)

DATASHEET_EDITS = (
    Edit(
        r"\A.*\Z",
        """# Datasheet: bikeshare.csv.gz

## Origin and licence

- Source: the table `Bikeshare` of the package [ISLP](https://pypi.org/project/ISLP/) 0.6.0 (BSD
  licence), from UCI's Bike Sharing Dataset (Fanaee-T and Gama, CC BY 4.0).

## Columns

| column | meaning |
| --- | --- |
| hour | the hour, local time |
| season, weathersit | season of the year, kind of weather |
| holiday, workingday | 1 on such a day |
| temp, atemp, hum, windspeed | weather, each scaled to between nothing and one |
| busy | **target**: 1 if more than 200 people rode in that hour |

## Leakage register

`bikers` is the answer; `casual` and `registered` add up to it.

## Use

- No row describes a person.

## Limits

- One city, one year.
""",
    ),
)

SUMMARY_EDITS = (
    Edit(
        r'^description = ".*?"$',
        'description = "Will this hour be busy? A model that tells a bicycle hire before it begins."',
    ),
)

# The places that the README lists, by file and name.
PLACES = {
    ("config.toml", "table"): TABLE_EDITS,
    (f"{PACKAGE}/data.py", "data"): DATA_EDITS,
    (f"{PACKAGE}/model.py", "features"): FEATURE_EDITS,
    (f"{PACKAGE}/model.py", "model"): MODEL_EDITS,
    ("tests/test_model.py", "behaviour"): BEHAVIOUR_EDITS,
    ("data/DATASHEET.md", "datasheet"): DATASHEET_EDITS,
    ("pyproject.toml", "summary"): SUMMARY_EDITS,
}
