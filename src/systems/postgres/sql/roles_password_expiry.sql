-- tier: rare  on: primary
-- First whose password ends next, then those whose has ended, then for ever: of many roles the last are left out, and they have to be the ones that matter least.
select rolname, case when isfinite(rolvaliduntil) then rolvaliduntil end as rolvaliduntil,
  case when isfinite(rolvaliduntil) then extract(epoch from rolvaliduntil - clock_timestamp()) end::float8 as expires_in_s, rolconnlimit, rolsuper, rolreplication,
  count(*) over () as total
from pg_roles where rolcanlogin
order by case when isfinite(pg_roles.rolvaliduntil) then case when pg_roles.rolvaliduntil > clock_timestamp() then 0 else 1 end else 2 end, pg_roles.rolvaliduntil, 1 limit 200
