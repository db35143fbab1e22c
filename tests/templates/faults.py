"""Mistakes that a generated project must not get away with, and who has to notice each."""

from typing import NamedTuple

REPORT = ("poe", "report", "--check")
REPRODUCE = ("poe", "reproduce")
ALERTS = ("poe", "alerts")
PACKAGE = "src/flight_delays"


class Fault(NamedTuple):
    """One edit, the gate that has to go red, and a part of what it then says."""

    name: str
    file: str
    old: str
    new: str
    gate: tuple[str, ...]
    reason: str = "AssertionError"


def suite(*names: str) -> tuple[str, ...]:
    """Select tests of the project by name, wherever they stand."""
    return ("pytest", "--quiet", "--exitfirst", "--no-header", "-p", "no:cacheprovider", "-k", " or ".join(names))


FAULTS = (
    Fault(
        "a column known only afterwards is an input",
        "config.toml",
        '    "visib",\n]',
        '    "visib",\n    "dep_delay",\n]',
        REPORT,
        "known only after the prediction, so no input: dep_delay",
    ),
    Fault(
        "the target leaks into a feature under another name",
        f"{PACKAGE}/model.py",
        'rows[[*columns.numeric]].astype("float64")',
        'rows[[*columns.numeric]].astype("float64").assign(visib=rows.get(columns.target, 0.0))',
        suite("test_serving_computes_the_features_of_training"),
        "are different",
    ),
    Fault(
        "a feature is computed from other rows",
        f"{PACKAGE}/model.py",
        'rows[[*columns.numeric]].astype("float64")',
        'rows[[*columns.numeric]].astype("float64").rank()',
        suite("test_a_feature_depends_on_its_own_row_alone"),
        "are different",
    ),
    Fault(
        "training and test rows overlap in time",
        f"{PACKAGE}/data.py",
        "split.train_from, split.test_from)",
        "split.train_from, split.test_until)",
        suite("test_training_ends_before_the_test_begins"),
        "assert Timestamp(",
    ),
    Fault(
        "the first moment of the test is learned from, too",
        f"{PACKAGE}/data.py",
        "(rows[time] < pd.Timestamp(end))",
        "(rows[time] <= pd.Timestamp(end))",
        suite("test_midnight_belongs_to_the_day_that_begins"),
        "assert [",
    ),
    Fault(
        "the split is at random",
        f"{PACKAGE}/data.py",
        "    return Parts(train, test)\n\n\ndef split_at_random",
        "    return split_at_random(Parts(train, test), seed=0)\n\n\ndef split_at_random",
        suite("test_training_ends_before_the_test_begins"),
        "assert Timestamp(",
    ),
    Fault(
        "labels are swapped when the table is read",
        f"{PACKAGE}/data.py",
        'na_values=[""])\n',
        'na_values=[""])\n    rows[columns.target] = 1 - rows[columns.target]\n',
        suite("test_the_shipped_model_is_the_one_that_the_code_trains"),
        "assert np.float64(",
    ),
    Fault(
        "the datasheet was changed without saying whose it is now",
        "data/DATASHEET.md",
        "Licence: CC0",
        "Licence: MIT",
        REPORT,
        "stale: README.md#notice",
    ),
    Fault(
        "labels come back swapped",
        f"{PACKAGE}/database.sql",
        "select predictions.inputs, labels.outcome\n",
        "select predictions.inputs, 1 - labels.outcome as outcome\n",
        suite("test_stored_rows_come_back_as_they_were_scored"),
        "are different",
    ),
    Fault(
        "labels are joined to the wrong prediction",
        f"{PACKAGE}/database.sql",
        "    join labels on labels.prediction_id = predictions.id",
        "    join labels on labels.prediction_id <> predictions.id",
        suite("test_performance_joins_the_labels_known_at_the_time"),
    ),
    Fault(
        "labels count before they have come",
        f"{PACKAGE}/database.sql",
        "\n        and coalesce(labels.arrived_at <= :as_of, true)",
        "",
        suite("test_performance_joins_the_labels_known_at_the_time"),
    ),
    Fault(
        "the replay knows every label at once",
        f"{PACKAGE}/drift.py",
        "days=1 + settings.monitoring.label_delay_days",
        "days=-99",
        suite("test_a_month_is_examined_as_of_the_day_on_which_its_last_labels_come"),
        "assert all(early < labelled",
    ),
    Fault(
        "a migration was edited that has run elsewhere",
        f"{PACKAGE}/database.py",
        "elif applied != digest:",
        "elif not applied:",
        suite("test_a_migration_that_was_changed_after_it_ran_is_refused"),
        "DID NOT RAISE",
    ),
    Fault(
        "an answer leaves without being stored",
        f"{PACKAGE}/api.py",
        "        self._store(requests, predictions, scores)\n",
        "",
        suite("test_what_is_answered_is_stored"),
        "assert (0, 0) == (1, 0)",
    ),
    Fault(
        "a batch has no bound",
        f"{PACKAGE}/api.py",
        "list[row], Field(min_length=1, max_length=largest)",
        "list[row], Field(min_length=1)",
        suite("test_an_empty_or_too_large_batch_is_refused"),
        "assert 200 == 422",
    ),
    Fault(
        "the artefact was tampered with",
        "model/model.skops",
        "PK\x05\x06",
        "PK\x05\x07",
        suite("test_the_shipped_model_was_trained_on_the_shipped_rows"),
        "is not the file that the manifest seals",
    ),
    Fault(
        "metrics have changed places",
        f"{PACKAGE}/evaluate.py",
        '"pr_auc": average_precision_score,\n    "brier": brier_score_loss,',
        '"pr_auc": brier_score_loss,\n    "brier": average_precision_score,',
        suite("test_metrics_agree_with_values_computed_by_hand"),
    ),
    Fault(
        "the bootstrap draws rows instead of days",
        f"{PACKAGE}/evaluate.py",
        "rows.groupby(rows[columns.time].dt.normalize()).indices.values()",
        "np.arange(len(rows))[:, None]",
        suite("test_a_bootstrap_sample_holds_whole_days_and_both_answers"),
    ),
    Fault(
        "the gate lets the worse one in",
        f"{PACKAGE}/retrain.py",
        "brier <= -limits.least_brier_gain",
        "brier >= -limits.least_brier_gain",
        suite("test_the_gate_asks_for_a_better_brier_and_hardly_a_worse_ranking"),
    ),
    Fault(
        "the challenger learns from its judge",
        f"{PACKAGE}/retrain.py",
        "challenger = fit(build_model(settings), parts.train, settings)",
        "challenger = fit(build_model(settings), pd.concat(parts), settings)",
        suite("test_a_challenger_is_judged_on_the_newest_whole_month_that_neither_model_has_seen"),
    ),
    Fault(
        "a promotion changes other bytes of the settings",
        f"{PACKAGE}/retrain.py",
        '(settings.root / CONFIG_NAME).read_bytes().decode("utf-8")',
        '(settings.root / CONFIG_NAME).read_text(encoding="utf-8")',
        suite("test_promotion_moves_the_two_dates_of_the_split_and_rollback_moves_all_back"),
    ),
    Fault(
        "the stability index has the wrong sign",
        f"{PACKAGE}/drift.py",
        "((found - expected) * np.log",
        "((expected - found) * np.log",
        suite("test_the_index_is_that_computed_by_hand"),
    ),
    Fault(
        "the stability index has another floor",
        f"{PACKAGE}/drift.py",
        "SMALLEST_SHARE = 1e-4",
        "SMALLEST_SHARE = 1e-3",
        suite("test_the_index_is_that_computed_by_hand"),
    ),
    Fault(
        "a model is judged on rows that it has learned from",
        f"{PACKAGE}/cli.py",
        "        check_training(model.manifest, parts.train, settings)\n",
        "",
        suite("test_evaluate_refuses_a_model_that_learned_from_what_are_now_test_rows"),
    ),
    Fault(
        "the season raises an alarm",
        f"{PACKAGE}/drift.py",
        "if k not in limits.seasonal}",
        "if k}",
        suite("test_each_limit_has_its_alarm_and_seasonal_inputs_have_none"),
    ),
    Fault(
        "suspicion alone calls for retraining",
        f"{PACKAGE}/drift.py",
        'return bool(months) and GAP_ALARM in months[-1]["alarms"]',
        'return bool(months) and bool(months[-1]["alarms"])',
        suite("test_only_the_newest_month_s_labels_call_for_retraining"),
    ),
    Fault(
        "a parameter was changed without training again",
        "config.toml",
        "max_iter = 50",
        "max_iter = 51",
        REPRODUCE,
        "numbers differ from README",
    ),
    Fault(
        "a number of the README is stale",
        "README.md",
        "| **model** | 0.7",
        "| **model** | 0.8",
        REPORT,
        "stale: README.md#results",
    ),
    Fault(
        "a marked place is missing from the README's list",
        f"{PACKAGE}/model.py",
        "# aiscaffold:swap features - ",
        "# ",
        REPORT,
        "stale: README.md#swap",
    ),
    Fault(
        "a renamed alert has no page",
        "monitoring/alerts.yml",
        "alert: ScoreDrift",
        "alert: ScoreShift",
        suite("test_every_alert_has_its_section_in_the_runbook_and_no_section_is_left_over"),
    ),
    Fault(
        "an alert's limit is not that of the settings",
        "monitoring/alerts.yml",
        "model_score_psi > 0.2",
        "model_score_psi > 0.21",
        suite("test_the_alerts_limits_are_those_of_the_settings"),
    ),
    Fault(
        "an alert fires on the wrong side",
        "monitoring/alerts.yml",
        "abs(model_calibration_gap) > 0.05",
        "abs(model_calibration_gap) < 0.05",
        ALERTS,
        "FAILED",
    ),
    Fault(
        "a renamed metric leaves its alert blind",
        f"{PACKAGE}/monitor.py",
        '"model_score_psi": ',
        '"model_scores_psi": ',
        suite("test_alerts_and_dashboard_name_only_metrics_of_the_service"),
        "model_score_psi",
    ),
    Fault(
        "monitoring is open to other computers",
        "monitoring/compose.yaml",
        "127.0.0.1:3000:3000",
        "3000:3000",
        suite("test_no_port_of_the_monitoring_is_open_to_other_computers"),
    ),
    Fault(
        "the container runs as root",
        "Dockerfile",
        "USER 10001\n",
        "",
        suite("test_the_image_runs_as_a_user_without_privileges"),
    ),
    Fault(
        "only labels of the newest predictions are judged",
        f"{PACKAGE}/database.sql",
        "from known\nwhere coalesce(model = :model, true)",
        "from known\nwhere coalesce(model = :model, true) and :newest > 3",
        suite("test_late_labels_are_judged_though_none_of_the_newest_predictions_has_one"),
    ),
    Fault(
        "labels of events still to come are collected",
        f"{PACKAGE}/retrain.py",
        "datetime.now(UTC).date() + timedelta(days=1)",
        "date(9999, 1, 1)",
        suite("test_collected_labels_count_as_if_they_had_always_been_in_the_table"),
        "Error",
    ),
)
