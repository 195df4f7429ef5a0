-- tier: rare  on: primary
-- Walks the files of each tablespace: slow on many files, hence asked near the end, and only where somebody made one. All in `pg_default` is what the sizes
-- of the databases say, and need not be walked twice.
select spcname, pg_tablespace_size(oid) as bytes from pg_tablespace
where spcname <> 'pg_global' and exists (select from pg_tablespace where spcname not in ('pg_default', 'pg_global')) order by 1
