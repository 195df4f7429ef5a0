-- tier: slow  on: any
-- Apart from the archiver's counters: with a backlog of many thousand files this is slow, and it needs a grant that the counters do not.
select count(*) filter (where name like '%.ready') as ready_backlog, min(modification) filter (where name like '%.ready') as oldest_ready from pg_ls_archive_statusdir()
