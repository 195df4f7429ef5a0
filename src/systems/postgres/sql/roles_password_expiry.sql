-- tier: rare  on: any
select rolname, case when isfinite(rolvaliduntil) then rolvaliduntil end as rolvaliduntil,
  case when isfinite(rolvaliduntil) then extract(epoch from rolvaliduntil - clock_timestamp()) end::float8 as expires_in_s, rolconnlimit, rolsuper, rolreplication
from pg_roles where rolcanlogin order by pg_roles.rolvaliduntil nulls last, 1 limit 200
