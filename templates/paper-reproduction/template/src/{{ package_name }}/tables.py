"""How the documents say what was found: tables and sentences, each made of the results alone."""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sized
from pathlib import Path
from typing import Any

from .documents import bullets, table
from .paper import Claim, Paper, Project, Variant
from .runs import ENVIRONMENT_NAME, Run, RunsError, runs_of
from .verdicts import Effect, Finding, Verdict, show

RESULTS = "claim|claimed|reproduced (95 % interval)|difference|verdict|claimed in interval|command"
EFFECTS = "variant|question|claim|own runs|varied|difference (95 % interval)|paired runs"
DATA = "file|origin|licence|SHA-256 begins with"
NO_EFFECTS = {
    "ablation": "No ablation is defined in `paper.toml`.",
    "deviation": "No deviation is defined in `paper.toml`, so none is measured.",
}
NO_DATA = "The runs need no data files."
NO_RUNS = "No run is recorded yet."
MOST_DEVIATIONS_SHOWN = 3
# An interval of 95 % is about this many standard errors wide.
WIDTH_OF_INTERVAL = 4
DIGEST_DIGITS = 12
# Whoever writes a title may use what Markdown gives a meaning.
SPECIAL = re.compile(r"([\\`*_\[\]|~])")
# An address in Markdown ends at these.
ESCAPES = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "|": "%7C"}
BRACES = re.compile(r"[{}\\]")
LATEX = re.compile(r"([&%$#_])")
NO_KEY = re.compile(r"[^a-z0-9]+")


def glance_sentence(findings: list[Finding]) -> str:
    """Return how many claims got which verdict, and what the intervals say beside that."""
    counts = Counter(each.verdict for each in findings)
    verdicts = ", ".join(f"{counts[each]} {each}" for each in Verdict if counts[each])
    judged = [each for each in findings if each.runs]
    inside = sum(each.claimed_in_interval for each in judged)
    return (
        f"**Of {_count(findings, 'claim')}: {verdicts}.** The claimed value lies in the 95 % "
        f"interval of the mean for {inside} of the {len(judged)} that were run."
    )


def results_table(project: Project, findings: list[Finding], program: str) -> str:
    """Return each claim beside what was measured, and the command that measures it."""
    named = {each.claim: each for each in findings}
    rows = [_result_row(claim, named[claim.id], program) for claim in project.claims]
    return table(RESULTS.split("|"), rows)


def effects_table(project: Project, effects: list[Effect], kind: str) -> str:
    """Return what each ablation, or each deviation, does to the number of its claim."""
    known = {each.variant: each for each in effects if each.runs}
    variants = [each for each in project.variants if each.kind == kind]
    if not variants:
        return NO_EFFECTS[kind]
    return table(EFFECTS.split("|"), [_effect_row(project, each, known) for each in variants])


def deviations_list(project: Project, effects: list[Effect]) -> str:
    """Return the deviations whose effect is the clearest, each with what it does."""
    named = {each.id: each for each in project.variants if each.kind == "deviation"}
    known = [each for each in effects if each.runs and each.variant in named]
    known.sort(key=_clearness, reverse=True)
    if not known:
        return NO_EFFECTS["deviation"]
    return bullets(
        f"{cell(named[each.variant].question)} {_effect_sentence(project.claim(each.claim), each)}"
        for each in known[:MOST_DEVIATIONS_SHOWN]
    )


def measured_list(project: Project, runs: list[Run]) -> str:
    """Return what the recorded runs took, and what they were measured with."""
    known = _read_environments(project.root / ENVIRONMENT_NAME)
    counts = Counter((run.commit, run.environment) for run in runs)
    where = [
        f"{count:,} runs at commit `{commit}` with {_flat(known.get(name, name))}"
        for (commit, name), count in counts.items()
    ]
    return bullets([_seconds_sentence(project, runs), *where]) if runs else NO_RUNS


def sources_list(project: Project) -> str:
    """Return who confirms the claimed numbers, and how many each confirms."""
    counts = Counter(name for claim in project.claims for name in claim.sources)
    return bullets(
        f"{address(source.url, name)}, read {source.read}, confirms {counts[name]} of "
        f"{_count(project.claims, 'claim')}: {cell(source.text)}"
        for name, source in project.sources.items()
    )


def data_table(project: Project) -> str:
    """Return each data file with its origin, licence and checksum."""
    if not project.data:
        return NO_DATA
    rows = [
        [f"`{each.file}`", address(each.source), cell(each.licence), each.sha256[:DIGEST_DIGITS]]
        for each in project.data.values()
    ]
    return table(DATA.split("|"), rows)


def summary(paper: Paper) -> str:
    """Return the project's one sentence on itself."""
    authors = ", ".join(each.family for each in paper.authors)
    said = f"*{cell(paper.title)}* ({cell(authors)}, {paper.year})"
    return f"A reproduction of {said}: claims first, then runs, then verdicts."


def paper_list(paper: Paper) -> str:
    """Return which paper it is, what it may cost, and what is left out."""
    authors = ", ".join(f"{each.given} {each.family}" for each in paper.authors)
    issue = f"({paper.issue})" if paper.issue else ""
    venue = f"{paper.venue} {paper.volume}{issue}, {paper.pages}".strip(" ,")
    said = f"{cell(authors)} ({paper.year}). *{cell(paper.title)}*. {cell(venue)}".rstrip(" .")
    doi = f"https://doi.org/{paper.doi}" if paper.doi else ""
    known = {"paper": paper.url, "DOI": doi, "authors' code": paper.code}
    links = [address(text, label) for label, text in known.items() if text]
    lines = [f"{said}: {', '.join(links)}", f"Budget: {cell(paper.budget)}"]
    left_out = "; ".join(cell(each) for each in paper.not_attempted)
    return bullets([*lines, f"Not attempted: {left_out.removesuffix('.')}."] if left_out else lines)


def bibtex_entry(paper: Paper) -> str:
    """Return the paper as an entry of BibTeX."""
    authors = " and ".join(f"{each.family}, {each.given}" for each in paper.authors)
    fields = {
        "title": latex(paper.title),
        "author": latex(authors),
        "journal": latex(paper.venue),
        "year": str(paper.year),
        "volume": paper.volume,
        "number": paper.issue,
        "pages": paper.pages.replace("-", "--"),
        "doi": paper.doi,
        "url": "" if paper.doi else paper.url,
    }
    lines = [f"  {key} = {{{text}}}," for key, text in fields.items() if text]
    key = NO_KEY.sub("", paper.authors[0].family.lower()) or "paper"
    kind = "article" if paper.venue else "misc"
    return "\n".join(["```bibtex", f"@{kind}{{{key}{paper.year},", *lines, "}", "```"])


def citation_references(paper: Paper) -> str:
    """Return the paper as the references of a citation file."""
    start, _, end = paper.pages.partition("-")
    known = {
        "doi": paper.doi,
        "url": paper.url,
        "repository-code": paper.code,
        "journal": paper.venue,
        "volume": paper.volume,
        "issue": paper.issue,
        "start": start,
        "end": end,
    }
    authors = [
        f"      - family-names: {quoted(each.family)}\n        given-names: {quoted(each.given)}"
        for each in paper.authors
    ]
    head = [f"  - type: {'article' if paper.venue else 'generic'}"]
    head += [f"    title: {quoted(paper.title)}", "    authors:", *authors]
    more = [f"    {key}: {quoted(text)}" for key, text in known.items() if text]
    return "\n".join(["references:", *head, f"    year: {paper.year}", *more])


def latex(text: str) -> str:
    """Return a text that means itself in BibTeX."""
    return LATEX.sub(r"\\\1", BRACES.sub("", text)).replace("<", r"{\textless}")


def quoted(text: str) -> str:
    """Return a text as a value of YAML: what JSON quotes, YAML reads."""
    # A mark of the region's end inside a title would end the region.
    return json.dumps(text, ensure_ascii=False).replace("#", "\\u0023")


def cell(text: str) -> str:
    """Return a text that means itself in Markdown, and in a cell of a table."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("<", "&lt;")


def address(text: str, label: str = "") -> str:
    """Return a link to an address, or a text that is none as it is."""
    scheme, mark, rest = text.partition("://")
    if not mark or scheme not in {"http", "https"}:
        return cell(text)
    target = "".join(ESCAPES.get(each, each) for each in text)
    return f"[{cell(label or rest)}]({target})"


def interval(low: float, high: float, spread: float, sign: str = "") -> str:
    """Return an interval in words."""
    return f"{show(low, spread, sign)} to {show(high, spread, sign)}"


def effect_spread(effect: Effect) -> float:
    """Return about one standard error of an effect."""
    return (effect.high - effect.low) / WIDTH_OF_INTERVAL


def _result_row(claim: Claim, finding: Finding, program: str) -> list[str]:
    mean = difference = inside = ""
    if finding.runs:
        mean, inside = _mean(finding), "yes" if finding.claimed_in_interval else "no"
        difference = show(finding.difference, finding.standard_error, "+")
    head = [f"{claim.id}: {cell(claim.where)}", _with_unit(str(claim.value), claim)]
    command = f"`uv run {program} run {claim.id}`"
    return [*head, mean, difference, _verdict(claim, finding), inside, command]


def _mean(finding: Finding) -> str:
    spread = finding.standard_error
    error = f" ± {show(spread, spread)}" if spread > 0 else ""
    shown = interval(finding.low, finding.high, spread)
    return f"{show(finding.mean, spread)}{error} ({shown})"


def _verdict(claim: Claim, finding: Finding) -> str:
    scale = f": {finding.runs} of {claim.runs} runs" if finding.runs < claim.runs else ""
    why = f": {cell(finding.acknowledged)}" if finding.acknowledged else ""
    earlier = f" ({finding.earlier} runs of an earlier wording are kept)" if finding.earlier else ""
    return f"{finding.verdict}{scale}{why}{earlier}"


def _effect_row(project: Project, variant: Variant, known: Mapping[str, Effect]) -> list[str]:
    claim, effect = project.claim(variant.claim), known.get(variant.id)
    head = [f"`{variant.id}`", cell(variant.question), claim.id]
    if effect is None:
        return [*head, "", "", f"{Verdict.NOT_RUN}", ""]
    spread = effect_spread(effect)
    means = [show(each, spread) for each in (effect.mean - effect.difference, effect.mean)]
    return [*head, *(_with_unit(each, claim) for each in means), _change(effect), f"{effect.runs}"]


def _change(effect: Effect) -> str:
    spread = effect_spread(effect)
    shown = interval(effect.low, effect.high, spread, "+")
    return f"{show(effect.difference, spread, '+')} ({shown})"


def _effect_sentence(claim: Claim, effect: Effect) -> str:
    unit = f", in {cell(claim.unit)}" if claim.unit else ""
    doubt = "; it may be none" if effect.low <= 0 <= effect.high else ""
    return f"On {claim.id}: {_change(effect)}{unit}{doubt}."


def _clearness(effect: Effect) -> float:
    spread = effect_spread(effect)
    return abs(effect.difference) / spread if spread > 0 else math.inf


def _read_environments(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})
    except (TypeError, ValueError) as error:
        message = f"{ENVIRONMENT_NAME} is no JSON: restore the file from git"
        raise RunsError(message) from error


def _seconds_sentence(project: Project, runs: list[Run]) -> str:
    few = project.settings.quick_seeds
    every, quick = (_seconds(project, runs, most) for most in (None, few))
    claims = _seconds(project, [run for run in runs if not run.variant], None)
    return (
        f"All recorded runs took {every:.0f} s of one core, the claims {claims:.0f} s of that. The "
        f"first {few} of each, which `poe reproduce-quick` measures again, took {quick:.0f} s."
    )


def _seconds(project: Project, runs: list[Run], most: int | None) -> float:
    # Series of one protocol share their measurement, and its seconds.
    spent = {
        (json.dumps(each.protocol, sort_keys=True, default=str), run.seed): run.seconds
        for each in project.series
        for run in sorted(runs_of(each, runs), key=lambda run: run.seed)[:most]
    }
    return sum(spent.values())


def _with_unit(shown: str, claim: Claim) -> str:
    return f"{shown} {cell(claim.unit)}".rstrip()


def _count(things: Sized, name: str) -> str:
    return f"{len(things):,} {name}{'' if len(things) == 1 else 's'}"


def _flat(content: Any) -> str:
    if isinstance(content, dict):
        return ", ".join(f"{key} {_flat(each)}" for key, each in content.items())
    return cell(str(content))
