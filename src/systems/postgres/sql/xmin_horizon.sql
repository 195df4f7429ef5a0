-- tier: slow  on: any  needs: stats
-- Who holds back the removal of dead rows, worst first. The functions below the views: sessions and replicas are rows of one of them.
select case backend_type when 'walsender' then 'replica' else 'activity' end as src, case backend_type when 'walsender' then application_name else pid::text end as who, age(backend_xmin) as xmin_age
from pg_stat_get_activity(null) where backend_xmin is not null and pid <> pg_backend_pid()
union all select 'slot', slot_name, greatest(age(xmin), age(catalog_xmin)) from pg_get_replication_slots() where xmin is not null or catalog_xmin is not null
union all select 'prepared', gid, age(transaction) from pg_prepared_xact()
order by 3 desc nulls last limit 10
