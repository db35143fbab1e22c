"""How the documents say what was measured: tables and sentences, each made of the numbers alone."""

from .config import Monitoring, Retraining
from .documents import bullets, table
from .evaluate import Report
from .registry import Manifest

TITLES = {"roc_auc": "ROC-AUC", "pr_auc": "PR-AUC", "brier": "Brier", "lift": "lift@10 %"}
CONSTANTS = {
    "training": "for the rate of all training rows",
    "last_month": "for that of the last training month",
    "unknowable": "for the test rows' own, which nobody can know in advance",
}
SLICE_KEYS = ("observed_rate", "mean_score", "roc_auc", "brier")
MONTH_TITLES = ["month", "observed rate", "mean score", "gap", "ROC-AUC", "Brier"]
MONTH_TITLES += ["last month's rate", "retrained", "score PSI", "highest input PSI", "alarms"]
GATE_TITLES = ["as of", "judged on", "champion's Brier", "challenger's", "champion's ROC-AUC"]
GATE_TITLES += ["challenger's", "promoted?"]
NO_MONTHS = "The data span no later months that could be replayed."
NO_GATE = "The data hold no labelled months on which a challenger could be judged."


def results_table(metrics: Report) -> str:
    """Return each model's metrics with their intervals."""
    rows = [
        [f"**{name}**" if name == "model" else name, *(_interval(each[key]) for key in TITLES)]
        for name, each in metrics["models"].items()
    ]
    return table(["", *TITLES.values()], rows)


def honesty_list(metrics: Report) -> str:
    """Return what the numbers do and do not show."""
    differences, data = metrics["differences"]["logistic"], metrics["data"]
    score = f"The mean score is {metrics['mean_score']:.3f}"
    rates = [f"{data[part]['positive_rate']:.3f}" for part in ("test", "train")]
    baseline = "Against the logistic baseline,"
    lines = [
        _split_sentence(metrics),
        f"{baseline} ROC-AUC changes by {_verdict(differences['roc_auc'])}.",
        f"{baseline} Brier changes by {_verdict(differences['brier'])}.",
        f"{score}; observed were {rates[0]} in the test rows and {rates[1]} in training.",
        constants_sentence(metrics),
    ]
    return bullets(lines)


def constants_sentence(metrics: Report) -> str:
    """Return how the models compare with quoting one rate for every row."""
    constants, models = metrics["constants"], metrics["models"]
    quoted = [f"{constants[key]['brier']:.4f} {text}" for key, text in CONSTANTS.items()]
    unknowable = constants["unknowable"]["brier"]
    judged = [
        f"the {name}'s {brier:.4f} is {'better' if brier < unknowable else 'worse'} than that"
        for name in ("logistic", "model")
        for brier in [models[name]["brier"]["value"]]
    ]
    return f"Quoting one rate for every row, Brier is {', '.join(quoted)}; {', '.join(judged)}."


def data_list(metrics: Report) -> str:
    """Return the rows and dates of both parts."""
    parts = {name: metrics["data"][name] for name in ("train", "test")}
    return bullets(
        f"{name}: {part['rows']:,} rows, {part['first']} to {part['last']}, "
        f"{_percent(part['positive_rate'])} positive"
        for name, part in parts.items()
    )


def decision_sentence(metrics: Report) -> str:
    """Return what the one decision threshold means in practice."""
    decision = metrics["decision"]
    share, precision, recall = (_percent(decision[k]) for k in ("share", "precision", "recall"))
    return (
        f"At the threshold {decision['threshold']} the model flags {share} of the test rows; "
        f"{precision} of these are positive, and they hold {recall} of all positives."
    )


def slices_table(metrics: Report) -> str:
    """Return the metrics of each large enough slice."""
    rows = [
        [f"{column} {name}", f"{each['rows']:,}", *(_rounded(each[key]) for key in SLICE_KEYS)]
        for column, slices in metrics["slices"].items()
        for name, each in slices.items()
    ]
    return table(["slice", "rows", "observed rate", "mean score", "ROC-AUC", "Brier"], rows)


def details_list(manifest: Manifest) -> str:
    """Return what produced the saved model."""
    trained, parameters = manifest.trained_on, manifest.parameters.model_dump()
    chosen = ", ".join(f"{name} {value}" for name, value in parameters.items())
    lines = [
        f"Version: `{manifest.version}`, saved with scikit-learn {manifest.sklearn_version}",
        f"Trained on: {trained.rows:,} rows, {trained.first:%Y-%m-%d} to {trained.last:%Y-%m-%d}",
        f"Inputs: {', '.join(manifest.columns.inputs)}",
        f"Output: the probability that `{manifest.columns.target}` is 1",
        f"Parameters: {chosen}",
    ]
    return bullets(lines)


def months_table(metrics: Report, monitoring: Monitoring) -> str:
    """Return what became of a model that stayed as it was, month by month."""
    if not metrics["months"]:
        return NO_MONTHS
    head = (
        f"Trained on the rows before {monitoring.replay_from} and left alone; every later month is "
        f"served as it came, its labels {monitoring.label_delay_days} days late."
    )
    return f"{head}\n\n{table(MONTH_TITLES, [_month_row(each) for each in metrics['months']])}"


def lessons_list(metrics: Report, monitoring: Monitoring) -> str:
    """Return those lessons of the months that are true of these numbers."""
    months = metrics["months"]
    found = [
        _false_alarm(months, monitoring),
        _missed_alarm(months, monitoring),
        _beaten_by_last_month(months),
        _retraining(months),
    ]
    return bullets(line for line in found if line)


def gate_table(metrics: Report, retraining: Retraining) -> str:
    """Return whether a challenger would have replaced the model, at each month's end."""
    gate = metrics["gate"]
    if not gate:
        return NO_GATE
    accepted = sum(each["accepted"] for each in gate)
    rule = (
        f"A challenger replaces the champion if Brier falls by {retraining.least_brier_gain} or "
        f"more and ROC-AUC by {retraining.most_auc_loss} at most."
    )
    rows = [_gate_row(each) for each in gate]
    head = f"{rule} Of {len(gate)} challengers it lets {accepted} pass:"
    return f"{head}\n\n{table(GATE_TITLES, rows)}"


def _split_sentence(metrics: Report) -> str:
    by_time, chance = metrics["models"]["model"]["roc_auc"], metrics["random_split"]
    split = f"Split by time, ROC-AUC is {by_time['value']:.3f}"
    if chance["roc_auc"] is None:
        return f"{split}."
    mean, low, high = (chance["roc_auc"][name] for name in ("mean", "low", "high"))
    return (
        f"{split}; {chance['splits']} random splits would have promised {mean:.3f} on average "
        f"({low:.3f} to {high:.3f}), each on the rows of the same dates that it held out."
    )


def _month_row(month: Report) -> list[str]:
    constant, retrained = month["constants"]["last_month"], month["retrained_brier"]
    return [
        month["month"],
        _rounded(month["observed_rate"]),
        _rounded(month["mean_score"]),
        f"{month['gap']:+.3f}",
        _rounded(month["roc_auc"]),
        *(f"{brier:.4f}" for brier in (month["brier"], constant, retrained)),
        _rounded(month["score_psi"]),
        f"{month['top_feature']} {month['top_feature_psi']:.2f}",
        ", ".join(month["alarms"]),
    ]


def _gate_row(comparison: Report) -> list[str]:
    champion, challenger = comparison["champion"], comparison["challenger"]
    window, reasons = comparison["window"], "; ".join(comparison["reasons"])
    return [
        comparison["as_of"],
        f"{window['first']} to {window['last']}, {window['rows']:,} rows",
        *(f"{each['brier']:.4f}" for each in (champion, challenger)),
        *(_rounded(each["roc_auc"]) for each in (champion, challenger)),
        "**yes**" if comparison["accepted"] else f"no. {reasons}",
    ]


def _false_alarm(months: list[Report], monitoring: Monitoring) -> str:
    if not months:
        return ""
    loudest = max(months, key=lambda each: each["top_feature_psi"])
    best = max(months, key=lambda each: each["roc_auc"] or 0)
    is_alarming = loudest["top_feature_psi"] > monitoring.feature_psi
    if loudest is not best or not is_alarming or _is_off(loudest, monitoring):
        return ""
    name = loudest["top_feature"]
    is_seasonal = name in monitoring.seasonal
    excuse = f"; {name} is listed as seasonal, or it would call" if is_seasonal else ""
    return (
        f"**A false alarm.** The inputs are furthest from training in {loudest['month']} (PSI of "
        f"{name}: {loudest['top_feature_psi']:.2f}{excuse}), the month in which the model ranks "
        f"best: ROC-AUC {loudest['roc_auc']:.3f}."
    )


def _missed_alarm(months: list[Report], monitoring: Monitoring) -> str:
    off = [each for each in months if _is_off(each, monitoring)]
    calm = [each for each in off if each["score_psi"] <= monitoring.score_psi]
    if not calm:
        return ""
    psi = max(each["score_psi"] for each in calm)
    gap = max((each["gap"] for each in calm), key=abs)
    return (
        f"**A missed alarm.** In {_names(calm)} the scores look as they did in training (PSI "
        f"{psi:.3f} at most, the limit is {monitoring.score_psi}), yet they are up to "
        f"{abs(gap):.3f} away from the observed rate. Only labels tell, and they come late."
    )


def _beaten_by_last_month(months: list[Report]) -> str:
    beaten = [each for each in months if each["constants"]["last_month"] < each["brier"]]
    if not beaten:
        return ""
    return f"Quoting last month's rate for every row beats the model's Brier in {_names(beaten)}."


def _retraining(months: list[Report]) -> str:
    better = [each for each in months if each["retrained_brier"] < each["brier"]]
    worse = [each for each in months if each["retrained_brier"] > each["brier"]]
    effects = {"lowers": better, "raises": worse}
    said = [f"{verb} Brier in {_names(found)}" for verb, found in effects.items() if found]
    return f"Retraining before every month {' and '.join(said)}." if said else ""


def _is_off(month: Report, monitoring: Monitoring) -> bool:
    return bool(abs(month["gap"]) > monitoring.calibration_gap)


def _names(months: list[Report]) -> str:
    *first, last = [str(each["month"]) for each in months]
    return f"{', '.join(first)} and {last}" if first else last


def _interval(metric: dict[str, float]) -> str:
    return f"{metric['value']:.3f} ({metric['low']:.3f} to {metric['high']:.3f})"


def _verdict(difference: dict[str, float]) -> str:
    significant = difference["low"] > 0 or difference["high"] < 0
    numbers = f"{difference['value']:+.4f} ({difference['low']:+.4f} to {difference['high']:+.4f})"
    return f"{numbers}: {'' if significant else '*not* '}significant"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
