-- tier: fast  on: replica  needs: stats
select status, received_tli, flushed_lsn, latest_end_lsn,
  extract(epoch from clock_timestamp() - last_msg_receipt_time)::float8 as last_msg_age_s,
  slot_name, sender_host, sender_port
from pg_stat_wal_receiver
