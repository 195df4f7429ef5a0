-- tier: rare  on: any  needs: stats
select coalesce(a.usename, '-') as usename, s.ssl, s.version, s.cipher, count(*) as count, count(*) over () as total
from pg_stat_ssl s join pg_stat_activity a using (pid)
where a.backend_type in ('client backend', 'walsender')
group by 1, 2, 3, 4 order by 5 desc, 1, 3, 4 limit 100
