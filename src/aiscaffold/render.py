"""Write a template with its answers into a folder: the only module that knows copier.

Importing copier takes 0.3 s, so this module is itself imported lazily, and only by what renders.
"""

import os
from pathlib import Path

from copier import Settings, run_copy
from copier.errors import CopierError
from jinja2 import TemplateError
from plumbum import local

from aiscaffold.answers import Answers
from aiscaffold.catalog import ADDRESS, Catalogue, Template
from aiscaffold.errors import RenderFailed
from aiscaffold.project import record_origin


def render(catalogue: Catalogue, template: Template, answers: Answers, destination: Path) -> None:
    """Render a bundled template; the answers file names the catalogue's public address, never this machine.

    Raises `RenderFailed` where copier or Jinja cannot render; what the file system refuses stays an `OSError`.
    """
    try:
        # Without git on its PATH copier takes the catalogue for the plain folder that it is, even in a checkout, where
        # it would take the last commit. Nor does it ask git's configuration once a file: a fifth of a whole `new`.
        with local.env(PATH=os.devnull):
            run_copy(
                str(catalogue.root),
                destination,
                # A plain folder has no version of its own; templates read this where copier knows no commit.
                vcs_ref=catalogue.revision,
                data={"template": template.name, **answers},
                defaults=True,
                overwrite=True,
                quiet=True,
                unsafe=False,
                skip_tasks=True,
                settings=Settings(trust=()),
            )
        record_origin(destination, ADDRESS, catalogue.revision)
    except (CopierError, TemplateError, ValueError) as error:
        raise RenderFailed(f"template {template.name} does not render: {error}") from error
