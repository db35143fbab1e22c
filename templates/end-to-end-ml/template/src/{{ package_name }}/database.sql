-- Every statement that the service and the reports send: plain SQL for SQLite and PostgreSQL.
-- database.py reads the named blocks; a word after a colon is a value that it fills in.
-- Times are UTC without a zone, but event_time, which is written as the table writes it.


-- migration: 1 predictions and labels
-- Never edit a migration that has run somewhere: add the next one.
create table predictions (
    id text primary key,
    made_at timestamp not null,
    event_time timestamp not null,
    model text not null,
    score double precision not null,
    decision boolean not null,
    inputs text not null -- JSON; a missing value is null
);

-- The truth comes later, or never.
create table labels (
    prediction_id text primary key references predictions (id),
    outcome integer not null check (outcome in (0, 1)),
    arrived_at timestamp not null
);

-- They find the newest predictions, the rows to learn from, and the newest label.
create index predictions_made_at on predictions (made_at, id);
create index predictions_event_time on predictions (event_time);
create index labels_arrived_at on labels (arrived_at);


-- query: create_migrations
-- Which migrations this database has seen, and the digest of their text.
create table if not exists schema_migrations (
    name text primary key,
    digest text not null
)


-- query: applied_migrations
select name, digest from schema_migrations


-- query: record_migration
insert into schema_migrations (name, digest) values (:name, :digest)


-- query: record_predictions
insert into predictions (id, made_at, event_time, model, score, decision, inputs)
values (:id, :made_at, :event_time, :model, :score, :decision, :inputs)


-- query: known_predictions
-- Which of these ids have been predicted?
select id from predictions where id in :ids


-- query: record_labels
-- A second label corrects the first.
insert into labels (prediction_id, outcome, arrived_at)
values (:prediction_id, :outcome, :arrived_at)
on conflict (prediction_id) do update
set outcome = excluded.outcome, arrived_at = excluded.arrived_at


-- query: performance
-- How well did the scores foretell the labels that were known at a moment?
-- Labels are late: with many predictions a day, none of the newest has one yet. So the newest
-- predictions are counted, and beside them the newest that have a label are judged.
-- A limit that is not given is null, a comparison with it too: then every row will do.
-- The newest are found before the model's: one that is new here has few rows, and to look for
-- more of them would read the whole table.
with newest as (
    select score, model
    from predictions
    where coalesce(event_time >= :start, true)
        and coalesce(event_time < :end, true)
    order by made_at desc, id desc
    limit :newest
),
known as (
    select predictions.score, predictions.model, labels.outcome
    from predictions
    join labels on labels.prediction_id = predictions.id
    where coalesce(predictions.event_time >= :start, true)
        and coalesce(predictions.event_time < :end, true)
        and coalesce(labels.arrived_at <= :as_of, true)
    order by predictions.made_at desc, predictions.id desc
    limit :newest
)
select
    (select count(*) from newest where coalesce(model = :model, true)) as predictions,
    (select avg(score) from newest where coalesce(model = :model, true)) as mean_score,
    count(*) as labelled,
    avg(score) as labelled_mean_score,
    avg(cast(outcome as double precision)) as observed_rate,
    avg((score - outcome) * (score - outcome)) as brier
from known
where coalesce(model = :model, true)


-- query: rows
-- What was asked, and what was answered, newest first.
with newest as (
    select id, made_at, inputs, score, model
    from predictions
    where coalesce(event_time >= :start, true)
        and coalesce(event_time < :end, true)
    order by made_at desc, id desc
    limit :newest
)
select inputs, score from newest where coalesce(model = :model, true)
order by made_at desc, id desc


-- query: labelled_rows
-- Rows to learn from: what was asked of which moments, and how it turned out.
select predictions.inputs, labels.outcome
from predictions
join labels on labels.prediction_id = predictions.id
where predictions.event_time >= :start
    and predictions.event_time < :end
order by predictions.event_time, predictions.id


-- query: newest_label
-- When did the truth last reach us?
select max(arrived_at) as arrived_at from labels
