#!/bin/sh
# Writes the resource files beside this script from a freshly initialised PostgreSQL 15.
# usage: extract.sh <psql options>   e.g. extract.sh -h 127.0.0.1 -p 5432 -U postgres
# Format: the first line names the columns ("name=value" is the same in every row); then one row a line as COPY writes it.
set -eu
cd "$(dirname "$0")"
table() {
    file=$1; shift; head=$1; shift; query=$1; shift
    { printf '%s\n' "$head"; psql -XAtq "$@" -c "copy ($query) to stdout"; } > "$file.tsv"
}
table relations "oid,relkind,relname,reltype,columns" "
    select c.oid, c.relkind, c.relname, c.reltype,
           (select string_agg(a.attname || ' ' || t.typname || case when a.attnotnull then '!' else '' end, ',' order by attnum)
            from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0)
    from pg_class c where relnamespace = 11 and relkind in ('r', 'v')
      and relname not in ('pg_statistic', 'pg_statistic_ext_data', 'pg_stats_ext_exprs') order by c.oid" "$@"
table pg_type "oid,typname,typnamespace=11,typowner=10,typlen,typbyval,typtype,typcategory,typispreferred,typisdefined,typdelim,typrelid=0,typsubscript,typelem,typarray,typinput,typoutput,typreceive,typsend,typmodin,typmodout,typanalyze,typalign,typstorage,typnotnull=f,typbasetype=0,typtypmod=-1,typndims=0,typcollation" "
    select t.oid, t.typname, t.typlen, t.typbyval, t.typtype, t.typcategory, t.typispreferred, t.typisdefined, t.typdelim,
           t.typsubscript::oid, t.typelem, t.typarray, t.typinput::oid, t.typoutput::oid, t.typreceive::oid, t.typsend::oid,
           t.typmodin::oid, t.typmodout::oid, t.typanalyze::oid, t.typalign, t.typstorage, t.typcollation
    from pg_type t left join pg_type e on e.oid = t.typelem and e.typarray = t.oid
    where t.typnamespace = 11 and t.typtype in ('b', 'p', 'r', 'm') and coalesce(e.typtype, 'b') not in ('c', 'd')
    order by t.oid" "$@"
table pg_proc "oid,proname,pronamespace=11,proowner=10,prolang=12,procost=1,prorows=0,provariadic,prosupport=0,prokind,prosecdef=f,proleakproof=f,proisstrict,proretset,provolatile,proparallel=s,pronargs,pronargdefaults,prorettype,proargtypes,proallargtypes,proargmodes,proargnames,prosrc" "
    select oid, proname, provariadic, prokind, proisstrict, proretset, provolatile, pronargs, pronargdefaults, prorettype,
           proargtypes, proallargtypes, proargmodes, proargnames, prosrc
    from pg_proc where pronamespace = 11 order by oid" "$@"
table pg_operator "oid,oprname,oprnamespace=11,oprowner=10,oprkind,oprcanmerge,oprcanhash,oprleft,oprright,oprresult,oprcom,oprnegate,oprcode,oprrest,oprjoin" "
    select oid, oprname, oprkind, oprcanmerge, oprcanhash, oprleft, oprright, oprresult, oprcom, oprnegate, oprcode::oid,
           oprrest::oid, oprjoin::oid from pg_operator order by oid" "$@"
table pg_cast "oid,castsource,casttarget,castfunc,castcontext,castmethod" "
    select oid, castsource, casttarget, castfunc, castcontext, castmethod from pg_cast order by castsource, casttarget" "$@"
table pg_am "oid,amname,amhandler,amtype" "select oid, amname, amhandler::oid, amtype from pg_am order by oid" "$@"
table pg_opfamily "oid,opfmethod,opfname,opfnamespace=11,opfowner=10" "
    select oid, opfmethod, opfname from pg_opfamily order by oid" "$@"
table pg_opclass "oid,opcmethod,opcname,opcnamespace=11,opcowner=10,opcfamily,opcintype,opcdefault,opckeytype" "
    select oid, opcmethod, opcname, opcfamily, opcintype, opcdefault, opckeytype from pg_opclass order by oid" "$@"
table pg_range "rngtypid,rngsubtype,rngmultitypid,rngcollation,rngsubopc,rngcanonical,rngsubdiff" "
    select rngtypid, rngsubtype, rngmultitypid, rngcollation, rngsubopc, rngcanonical::oid, rngsubdiff::oid
    from pg_range order by 1" "$@"
table pg_language "oid,lanname,lanowner=10,lanispl,lanpltrusted,lanplcallfoid,laninline,lanvalidator" "
    select oid, lanname, lanispl, lanpltrusted, lanplcallfoid, laninline, lanvalidator from pg_language
    where oid < 16384 and lanname <> 'plpgsql' order by oid" "$@"
table pg_collation "oid,collname,collnamespace=11,collowner=10,collprovider,collisdeterministic=t,collencoding,collcollate,collctype,colliculocale" "
    select oid, collname, collprovider, collencoding, collcollate, collctype, colliculocale from pg_collation
    where collprovider <> 'i' or colliculocale !~ '-.*-' or collname = 'und-x-icu' order by oid" "$@"
table information_schema "relname,columns" "
    select c.relname,
           (select string_agg(a.attname || ' ' || case t.typname when 'sql_identifier' then 'name' when 'character_data' then 'varchar'
                       when 'cardinal_number' then 'int4' when 'yes_or_no' then 'varchar' when 'time_stamp' then 'timestamptz'
                       else t.typname end, ',' order by attnum)
            from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0)
    from pg_class c join pg_namespace n on n.oid = relnamespace
    where nspname = 'information_schema' and relkind = 'v' and relname not like '\_pg%' order by 1" "$@"
