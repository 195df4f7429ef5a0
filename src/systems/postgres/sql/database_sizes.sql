-- tier: rare  on: primary
-- Walks the files of each database: slow on many files, hence asked last.
select datname, pg_database_size(oid) as bytes from pg_database where datallowconn order by 2 desc, 1
