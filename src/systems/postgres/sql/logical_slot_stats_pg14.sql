-- tier: slow  on: primary  min: 140000
select slot_name, spill_txns, spill_bytes, stream_txns, total_txns, total_bytes from pg_stat_replication_slots order by 1
