"""What a README shows: a result with its measure, a picture, a demo, the architecture (DOC105 to DOC108)."""

import posixpath
import re
from collections.abc import Iterator

from aiscaffold.document import Document, Image, Table
from aiscaffold.evidence import Evidence, at
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import (
    KAGGLE,
    LLM_APP,
    MUST,
    NOTEBOOKS,
    OWNER,
    REPRODUCTION,
    SERVICE,
    Outcome,
    failed,
    passed,
    rule,
)
from aiscaffold.whereabouts import is_shown

SHOWN = frozenset({SERVICE, REPRODUCTION, KAGGLE, NOTEBOOKS, LLM_APP})
NO_README = Evidence(remark="there is no README")

MEASURE = regex(
    r"\b(?:acc(?:uracy)?(?:\s?@?\s?[15])?|f1|f-?(?:1|beta|score|measure)|precision|recall|(?:roc[-_ ]?|pr[-_ ]?|"
    r"m)?auc|auroc|auprc|aucroc|(?:r|m|rm|n?rms|ma|map|sma|rmsl|ms)e|mape|"
    r"r2|r²|r\^2|r-squared|m?ap(?:@\d+)?|m?iou|jaccard|dice|bleu\d?|rouge(?:-\w)?|meteor|wer|cer|fid|psnr|ssim|"
    r"lpips|perplexity|ppl|bpc|bpb|kappa|qwk|"
    r"mcc|brier|log-?loss|(?:val(?:idation)?|test|train(?:ing)?|eval|mlm|cross[- ]?entropy|final)?[_ -]?loss|"
    r"error(?: rate)?|score|ndcg(?:@\d+)?|mrr(?:@\d+)?|hit(?:s|[- ]rate)?(?:@\d+)?|"
    r"lift(?:@\d+)?|sensitivity|specificity|silhouette|correlation|spearman|pearson|elo|win[- ]rate|"
    r"success[- ]rate|return|reward|top-?[15]|"
    r"pass@\d+|em|exact match|latency|throughput|speed-?up|(?:rank|place|position)(?:ed|d|ing)?|percentile|"
    r"leaderboard|LB|CV|medal|fps|tokens/s(?:ec)?|"
    r"faithfulness|hallucination|relevancy|coverage|mean (?:absolute|squared)|standard deviation|p-?value|"
    r"likelihood|nll|elbo|inception score|is)\b|"
    r"准确率|精度|召回|得分|成绩|正确率|误差|정확도|精度|точност",
    re.IGNORECASE,
)
IN_TABLES = frozenset({"error", "reward", "ap", "rank", "elo", "return"})  # measures only as a column's or row's name
AMBIGUOUS = IN_TABLES | {
    "is",
    "em",
    "place",
    "placed",
    "position",
    "coverage",
    "hit",
    "hits",
    "cer",
    "medal",
    "se",
    "me",
}
NO_VALUE = regex(r"param|size|epoch|time|#", re.IGNORECASE)
DATA = frozenset({"json", "json5", "jsonc", "yaml", "yml", "toml"})
PRINTED = frozenset({"", "text", "txt", "console", "bash", "shell", "output", "plaintext", "none", "log"})
VALUE = regex(
    r"(?<![\w.,/-])(?:~|≈|\+|-|\u2212|\u2013|±|<|>|=)?\s?(?:\d{1,3}(?:\.\d+)?\s?(?:%|\uff05|percent\b|per cent\b|pp\b)|"
    r"\d{0,6}\.\d{1,8}(?:e-?\d{1,3})?(?![\w.]*\.\d)(?:x\b)?|"
    r"\d{1,7}(?:,\d{3})*(?:\.\d+)?\s?(?:ms|milliseconds|µs|fps|x|times|tokens/s|samples/s|imgs?/s)\b)",
    re.IGNORECASE,
)
PLAIN_NUMBER = regex(r"(?<![\w.,/-])-?\d{1,9}(?:[.,]\d{1,8}){0,3}\s?%?(?![\w/])")
RANKED = regex(
    r"\b(?:(?:ranked|placed|finished|ended|ranking)\s(?:in |at |as )?(?:the )?#?(?:\d{1,4}(?:st|nd|rd|th)|top|"
    r"\d{1,4}\s?/)|\d{1,4}(?:st|nd|rd|th)[- ](?:place|position|rank|prize)|"
    r"(?:first|second|third|winning)[- ]place (?:solution|in the (?:\w+ ){0,4}(?:competition|challenge))|"
    r"rank\s?[:#]\s?\d{1,5}|"
    r"top[- ]\d{1,2}(?:\.\d+)?\s?%|\d{1,5}(?:st|nd|rd|th)?\s?(?:/|out of|of)\s?\d{2,6}\s(?:teams|participants|"
    r"competitors|entr)|(?:gold|silver|bronze) medal)\b",
    re.IGNORECASE,
)
NOT_MEASURED = regex(
    r"\b(?:expected|target|goal|at least)\b|learning[-_ ]rate|\blr\b|dropout|version|python\s?\d|weight[-_ ]decay|"
    r"momentum|threshold of|train[-/ ]test split|test[-_ ]size|"
    r"\b(?:cuda|torch|tensorflow|keras|numpy|pandas|scikit-learn)\b\s?[=>v]?\s?\d|>=|\bGB\b|\bMB\b|licen[cs]e|arxiv",
    re.IGNORECASE,
)
RESULTS = regex(
    r"\bresults?\b|evaluat|performance|benchmark|metrics?\b|accuracy|experiment|comparison|findings|insight|"
    r"scores?\b|leaderboard|outcome|"
    r"conclusion|predictions?$|samples?\b|generated|reproduc|curves?\b|结果|性能|实验|效果|成绩|复现",
    re.IGNORECASE,
)
FIGURE = regex(
    r"results?\b|results?[_-]|accuracy|(?:^|[_\W])loss|curve|confusion|(?:^|[_\W])(?:roc|auc)(?:$|[_\W])|metrics|"
    r"benchmark|calibration",
    re.IGNORECASE,
)
DONATE = regex(r"paypal|donate|kofi|ko-fi|patreon", re.IGNORECASE)
SENTENCE = regex(r"(?<=[.!?;。])\s+")
REACH = 60  # characters between a measure and its number
JUDGING = regex(r"\bresults?\b|evaluat|performance|benchmark|metrics?\b|结果|性能", re.IGNORECASE)
ENTRY = regex(r"([\w@-]{1,40})[\"']?\s?[:=]\s?-?\d{0,6}\.\d{1,20}(?![\w.])")
ANY_NUMBER = frozenset({"score", "loss"})  # keys of data that settings and single predictions have too
CODE_LIKE = regex(r"[=(\[{]\s*$|^\s*(?:import|from|def|class|pip|python)\b|--\w")


@rule(
    "DOC105",
    "results-shown",
    "The README shows a result with its measure",
    item="metrics",
    level=MUST,
    tier="A",
    kinds=SHOWN,
    who=OWNER,
    minutes=30,
    fix="Put your best number into {path}, with its measure, the data it was measured on, and a baseline beside it.",
    expected="a measure with its number, or a figure of results under a heading that says so",
    bad={"README.md": "# Churn\n\nIt predicts who leaves, with great accuracy.\n\nVersion 1.2.0 needs Python 3.11.\n"},
    good={
        "README.md": "# Churn\n\nIt predicts who leaves.\n\n## Results\n\n"
        "On the months held out, ROC-AUC is 0.71 (baseline: 0.64).\n"
    },
)
def results_shown(repo: Repo) -> Outcome:
    """A result is what a reviewer looks for first after the purpose.

    A number with its measure shows that the work was finished and judged; "works very well" shows neither. A modest
    number beside an honest baseline is worth more than a perfect one alone.
    """
    document = repo.readme
    if not document:
        return failed(NO_README)
    told = (*_sentences(document), *_tables(document), *_printed(document), *_reported(document))
    found = sorted(dict.fromkeys(told), key=lambda each: each.line)
    found += list(_figures(repo, document))
    own = [each for each in found if not repo.is_scaffold(each.path, each.line)]
    if own:
        return passed(*own[:3])
    if found:
        return failed(found[0].saying("the only result is the template's"))
    return failed(at(document.path, "no measure with a number, no figure of results"))


def _sentences(document: Document) -> Iterator[Evidence]:
    for prose in document.prose:
        for sentence in SENTENCE.split(prose.text[:5_000]):
            if said := _measured(sentence):
                yield at(document.path, said, prose.line)


def _measured(sentence: str) -> str:
    """The measure and its number in a sentence; empty where the two do not stand together."""
    if ranked := RANKED.search(sentence):
        return ranked[0]
    for value in VALUE.finditer(sentence):
        around = sentence[max(0, value.start() - REACH) : value.end() + REACH // 2]
        names = _measures(around) - AMBIGUOUS
        if "%" in value[0]:  # a loss of 5 % is money
            names = {name for name in names if not name.endswith("loss")}
        if names and not NOT_MEASURED.search(around):
            return " ".join(around.split())[:100]
    return ""


def _tables(document: Document) -> Iterator[Evidence]:
    for table in document.tables:
        for offset, row in enumerate(table.rows):
            if _is_result(document, table, row):
                yield at(document.path, " | ".join((*table.header, "/", *row))[:100], table.line + 2 + offset)
                break


def _is_result(document: Document, table: Table, row: tuple[str, ...]) -> bool:
    """Whether a row holds a number in a column, or after a label, that names a measure."""
    about = " ".join(document.section_at(table.line)[1:])
    is_about_results = bool(RESULTS.search(about) and MEASURE.search(about))
    for number, cell in enumerate(row[1:], 1):
        header = table.header[number] if number < len(table.header) else ""
        names = _measures(f"{header} {row[0]}"[:300]) - (AMBIGUOUS - IN_TABLES)
        if names and PLAIN_NUMBER.search(cell[:200]) and not NO_VALUE.search(header):
            return True
        if is_about_results and VALUE.search(cell[:200]) and not NO_VALUE.search(header):
            return True
    return False


def _measures(text: str) -> set[str]:
    return {found[0].lower().strip("_ -") for found in MEASURE.finditer(text)}


def _printed(document: Document) -> Iterator[Evidence]:
    """What a run printed, shown as a block under a heading about results."""
    for block in document.blocks:
        if block.language in PRINTED and RESULTS.search(" ".join(document.section_at(block.line)[1:])):
            for offset, line in enumerate(block.text.split("\n")[:200]):
                if not CODE_LIKE.search(line[:300]) and (said := _measured(line[:300])):
                    yield at(document.path, said, block.line + offset)
                    break


def _reported(document: Document) -> Iterator[Evidence]:
    """What an evaluation wrote as data, shown as a block under a heading about results."""
    for block in document.blocks:
        if block.language in DATA and JUDGING.search(" ".join(document.section_at(block.line)[1:])):
            for offset, line in enumerate(block.text.split("\n")[:200]):
                names = " ".join(ENTRY.findall(line[:300])).replace("_", " ")
                if _measures(names) - AMBIGUOUS - ANY_NUMBER:
                    yield at(document.path, " ".join(line.split())[:100], block.line + offset)
                    break


def _figures(repo: Repo, document: Document) -> Iterator[Evidence]:
    for image in _pictures(repo, document):
        titles = document.section_at(image.line)[1:]
        if any(RESULTS.search(title) for title in titles) or (
            FIGURE.search(f"{image.alt} {posixpath.basename(image.target)}"[:300])
        ):
            yield at(document.path, f"a figure: {image.target[-80:]}", image.line)


def _pictures(repo: Repo, document: Document) -> Iterator[Image]:
    """The images of a page that are neither badge nor logo, and that are there."""
    for image in document.images:
        if not (image.is_badge or image.is_logo or DONATE.search(image.target)) and is_shown(
            repo, document, image.target
        ):
            yield image


RULES = (results_shown,)
