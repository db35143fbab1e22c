"""A small catalogue of its own for tests of the machinery: three files, every kind of question."""

from pathlib import Path

FILES = {
    "copier.yml": """\
_subdirectory: "templates/{{ template }}/template"
template: {type: str, choices: [mini], default: mini}
project_name: {type: str, default: my-thing}
author_name: {type: str, default: "{{ project_name }} authors"}
license: {type: str, choices: [MIT, Apache-2.0], default: MIT}
distribution_name: {type: str, ask: false, default: "{{ project_name|lower|replace(' ', '-') }}"}
package_name: {type: str, ask: false, default: "{{ distribution_name|replace('-', '_') }}"}
year: {type: str, ask: false, default: "2026"}
""",
    "templates/mini/README.md": "# mini\n\nA template for tests.\n\nMore.\n",
    "templates/mini/questions.yml": """\
project_name:
  type: str
  help: Name of the project
  default: my-thing
  validator: >-
    {% if not project_name[:1].isalpha() %}must start with a letter{% endif %}
author_name: {type: str, help: Who wrote it, default: "{{ project_name }} authors"}
license: {type: str, help: License, choices: [MIT, Apache-2.0], default: MIT}
distribution_name: {type: str, help: Distribution, ask: false, default: "{{ project_name|lower|replace(' ', '-') }}"}
package_name: {type: str, help: Package, ask: false, default: "{{ distribution_name|replace('-', '_') }}"}
year: {type: str, help: Year, ask: false, default: "2026"}
""",
    "templates/mini/files.toml": """\
"README.md" = "What it is."
"pyproject.toml" = "How it is built."
"src/{{ package_name }}/__init__.py" = "The package."
".copier-answers.yml" = "The answers."
".pre-commit-config.yaml" = "The hooks."
""",
    "templates/mini/reserved.txt": "numpy\nscikit-learn\nsklearn\n",
    "templates/mini/template/README.md.jinja": "# {{ project_name }}\n\n© {{ year }} {{ author_name }}\n",
    "templates/mini/template/pyproject.toml.jinja": '[project]\nname = "{{ distribution_name }}"\n'
    'requires-python = ">=3.12"\n',
    "templates/mini/template/src/{{ package_name }}/__init__.py": "",
    "templates/mini/template/.pre-commit-config.yaml": "repos: []\n",
    "templates/mini/template/{{ _copier_conf.answers_file }}.jinja": "# Managed by aiscaffold\n"
    "{{ _copier_answers|to_nice_yaml -}}\n",
}


def write_catalogue(root: Path, extra: dict[str, str] | None = None) -> Path:
    """Write the catalogue, with files replaced or added, into a folder."""
    for name, text in {**FILES, **(extra or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return root
