"""`aiscaffold templates`: code, stdout and stderr."""

import json
import subprocess
import sys

import jsonschema
import pytest
from support import Run

pytestmark = pytest.mark.usefixtures("catalogue")


def test_the_listing_has_one_line_a_template(run: Run) -> None:
    code, out, err = run("templates")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "mini  A template for tests."


def test_one_template_shows_questions_defaults_and_a_reason_per_file(run: Run) -> None:
    code, out, _ = run("templates", "mini")
    assert code == 0
    assert "Default: my-thing" in out
    assert "How it is built." in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_questions_are_a_json_schema_that_accepts_the_defaults_alone(run: Run) -> None:
    _, out, _ = run("templates", "mini", "--json")
    schema = json.loads(out)["questions"]
    jsonschema.Draft202012Validator.check_schema(schema)
    defaults = {name: spec["default"] for name, spec in schema["properties"].items()}
    jsonschema.validate(defaults, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**defaults, "license": "GPL"}, schema)


def test_the_listing_as_json(run: Run) -> None:
    _, out, _ = run("templates", "--json")
    assert [template["name"] for template in json.loads(out)["templates"]] == ["mini"]


def test_an_unknown_template_is_wrong_usage_with_a_suggestion(run: Run) -> None:
    code, out, err = run("templates", "minni")
    assert (code, out) == (2, "")
    assert "did you mean mini?" in err


@pytest.mark.parametrize("command", ["--version", "templates", "--help"])
def test_start_up_imports_nothing_heavy(command: str) -> None:
    probe = (
        "import sys; from aiscaffold.cli import main\n"
        f"sys.argv = ['aiscaffold', {command!r}]\n"
        "try: main()\n"
        "except SystemExit: print(sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    # Not pydantic: typer itself loads it for any command with a parameter.
    heavy = {"copier", "rich", "jinja2", "yaml", "prompt_toolkit", "pygments", "asyncio"}
    assert {name for name in heavy if f"'{name}'" in done.stderr} == set()
