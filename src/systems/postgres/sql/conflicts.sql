-- tier: slow  on: replica
select datname, confl_lock, confl_snapshot, confl_bufferpin, confl_deadlock, confl_tablespace
from pg_stat_database_conflicts where datname is not null order by 1
