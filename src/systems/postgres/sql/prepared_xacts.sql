-- tier: slow  on: primary
select gid, owner, database, prepared, extract(epoch from clock_timestamp() - prepared)::float8 as age_s, age(transaction) as xid_age, count(*) over () as total
from pg_prepared_xacts order by prepared limit 20
