-- tier: slow  on: any
select count(*) as files, sum(size)::bigint as bytes, min(modification) as oldest from pg_ls_waldir()
