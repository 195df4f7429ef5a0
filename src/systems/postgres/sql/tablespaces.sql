-- tier: rare  on: primary
-- Walks the files of each tablespace: slow on many files, hence asked near the end.
select spcname, pg_tablespace_size(oid) as bytes from pg_tablespace where spcname <> 'pg_global' order by 1
