-- tier: rare  on: any
select datname, age(datfrozenxid) as xid_age, round(100.0 * age(datfrozenxid) / 2146483647, 3) as pct_to_wraparound,
  round(100.0 * age(datfrozenxid) / current_setting('autovacuum_freeze_max_age')::numeric, 2) as pct_to_forced_vacuum,
  mxid_age(datminmxid) as mxid_age,
  round(100.0 * mxid_age(datminmxid) / current_setting('autovacuum_multixact_freeze_max_age')::numeric, 2) as mxid_pct_to_forced_vacuum
from pg_database order by 2 desc, 1
