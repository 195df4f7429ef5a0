-- tier: slow  on: any  needs: stats
select usename, application_name, datname, state, count(*) as count, count(*) over () as total
from pg_stat_activity where backend_type = 'client backend'
group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3, 4 limit 50
