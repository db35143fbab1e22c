"""Play a situation with a tool: generate, work, update, judge."""

import os
from dataclasses import dataclass
from pathlib import Path

from .adapters import Done, Tool
from .description import Situation
from .project import Project, environment, git
from .verdicts import Judgement, judge, state


@dataclass(frozen=True)
class Played:
    """What came of a situation."""

    judgement: Judgement
    done: Done


def play(situation: Situation, tool: Tool, folder: Path) -> Played:
    """Play a situation in an empty folder."""
    with environment(folder / "home", situation.gitconfig) as env:
        template, top = folder / "template", folder / "work" / "repository"
        destination = top / situation.place / "project" if situation.place != "." else top
        tool.write_template(situation.versions, template)
        _generate(situation, tool, template, destination)

        def step(place: Path, version: str) -> Done:
            return tool.run([*tool.command, *tool.update({}, version, situation.trust)], place, env)

        project = _work(situation, Project(destination, top, template, step))
        words = tool.update(situation.answers, situation.to, situation.trust)
        before = state(project.folder, project.top)
        done = tool.run([*tool.command, *words], project.folder, env)
        return Played(judge(situation, before, state(project.folder, project.top), done), done)


def _generate(situation: Situation, tool: Tool, template: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    words = tool.create(template, situation.start, destination, {}, situation.trust)
    done = tool.run([*tool.command, *words], destination.parent, os.environ)
    assert done.code == 0, done.output


def _work(situation: Situation, project: Project) -> Project:
    """The first commit, then what the user does; the project where the update is to happen."""
    git(project.top, "init", "--quiet")
    project.commit()
    project = situation.work(project) or project
    if situation.commit:
        project.commit()
    return project
