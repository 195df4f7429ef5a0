-- tier: slow  on: any  min: 140000
select wal_records, wal_fpi, wal_bytes::bigint as wal_bytes, wal_buffers_full, to_jsonb(w) ->> 'wal_sync_time' as wal_sync_ms_until_pg17, stats_reset from pg_stat_wal w
