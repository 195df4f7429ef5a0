-- tier: slow  on: any  needs: settings
-- Both what waits for a restart and what decides about durability and limits: one pass over all settings.
select name, setting, unit, source, sourcefile, pending_restart
from pg_settings
where pending_restart or name in ('max_connections', 'shared_buffers', 'wal_level', 'max_wal_senders', 'max_replication_slots', 'max_slot_wal_keep_size', 'wal_keep_size',
  'synchronous_commit', 'synchronous_standby_names', 'archive_mode', 'archive_timeout', 'hot_standby_feedback', 'checkpoint_timeout', 'max_wal_size', 'full_page_writes',
  'data_checksums', 'password_encryption', 'ssl', 'idle_in_transaction_session_timeout', 'statement_timeout', 'wal_log_hints', 'fsync')
order by 1
