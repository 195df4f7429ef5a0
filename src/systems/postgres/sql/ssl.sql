-- tier: rare  on: any  needs: stats
-- The function below the views, once: each of `pg_stat_ssl` and `pg_stat_activity` joins it with what is not asked here.
select case when usesysid <> 0 then pg_get_userbyid(usesysid) else '-' end as usename, ssl, sslversion as version, sslcipher as cipher, count(*) as count, count(*) over () as total
from pg_stat_get_activity(null)
where backend_type in ('client backend', 'walsender')
group by 1, 2, 3, 4 order by 5 desc, 1, 3, 4 limit 100
