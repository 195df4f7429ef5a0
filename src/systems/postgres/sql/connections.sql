-- tier: fast  on: any  needs: stats
select count(*) filter (where backend_type = 'client backend') as client_backends,
  count(*) filter (where backend_type = 'client backend' and application_name = 'opsctl') as opsctl,
  count(*) filter (where backend_type = 'client backend' and state = 'active') as active,
  count(*) filter (where state = 'idle') as idle,
  count(*) filter (where state like 'idle in transaction%') as idle_in_xact,
  count(*) filter (where wait_event_type = 'Lock') as waiting_on_lock,
  count(*) filter (where backend_type = 'walsender') as walsenders,
  current_setting('max_connections')::int as max_connections,
  current_setting('superuser_reserved_connections')::int as superuser_reserved,
  coalesce(current_setting('reserved_connections', true), '0')::int as reserved_pg16,
  current_setting('max_wal_senders')::int as max_wal_senders
from pg_stat_activity
