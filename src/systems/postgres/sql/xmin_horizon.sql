-- tier: slow  on: any  needs: stats
-- Who holds back the removal of dead rows, worst first.
select 'activity' as src, pid::text as who, age(backend_xmin) as xmin_age from pg_stat_activity where backend_xmin is not null and backend_type <> 'walsender' and pid <> pg_backend_pid()
union all select 'slot', slot_name, greatest(age(xmin), age(catalog_xmin)) from pg_replication_slots where xmin is not null or catalog_xmin is not null
union all select 'replica', application_name, age(backend_xmin) from pg_stat_replication where backend_xmin is not null
union all select 'prepared', gid, age(transaction) from pg_prepared_xacts
order by 3 desc nulls last limit 10
