-- tier: slow  on: any
select checkpoint_lsn, redo_lsn, timeline_id, extract(epoch from clock_timestamp() - checkpoint_time)::float8 as age_s from pg_control_checkpoint()
