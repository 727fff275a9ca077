-- Analytic statements, each after a line "-- name"; analytic.sh times them one by one on both servers.
-- count
SELECT count(*) FROM pgbench_accounts;
-- count where
SELECT count(*) FROM pgbench_accounts WHERE abalance > 500;
-- aggregates where
SELECT sum(abalance), avg(abalance), min(abalance), max(abalance) FROM pgbench_accounts WHERE aid % 3 = 0;
-- group few
SELECT bid, count(*), sum(abalance) FROM pgbench_accounts GROUP BY bid ORDER BY bid;
-- group many
SELECT count(*), sum(n) FROM (SELECT aid / 4 AS g, count(*) AS n FROM pgbench_accounts GROUP BY aid / 4) AS t;
-- group text
SELECT l_shipmode, count(*), min(l_comment) FROM lineitem GROUP BY l_shipmode ORDER BY 1;
-- tpch q1
SELECT l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice), sum(l_extendedprice * (1 - l_discount)), sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)), avg(l_quantity), avg(l_extendedprice), avg(l_discount), count(*) FROM lineitem WHERE l_shipdate <= date '1998-09-02' GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus;
-- tpch q6
SELECT sum(l_extendedprice * l_discount) FROM lineitem WHERE l_shipdate >= date '1994-01-01' AND l_shipdate < date '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24;
-- float q6
SELECT sum(l_price * l_rate), avg(l_price) FROM lineitem WHERE l_shipdate >= date '1994-01-01' AND l_rate BETWEEN 0.02 AND 0.07;
-- numeric sum
SELECT sum(l_extendedprice), avg(l_discount) FROM lineitem;
-- join count
SELECT count(*) FROM pgbench_accounts a JOIN lineitem l ON l.l_orderkey = a.aid;
-- join aggregate
SELECT o_priority, count(*), sum(l_quantity) FROM orders JOIN lineitem ON l_orderkey = o_orderkey WHERE l_shipdate >= date '1996-01-01' GROUP BY o_priority ORDER BY o_priority;
-- semi join
SELECT o_priority, count(*) FROM orders WHERE o_orderdate >= date '1994-07-01' AND EXISTS (SELECT 1 FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_shipdate) GROUP BY o_priority ORDER BY o_priority;
-- top n
SELECT aid, abalance FROM pgbench_accounts ORDER BY abalance DESC, aid LIMIT 10;
-- top n numeric
SELECT l_orderkey, l_extendedprice FROM lineitem ORDER BY l_extendedprice DESC, l_orderkey, l_linenumber LIMIT 10;
-- sort int
SELECT aid, abalance FROM pgbench_accounts ORDER BY abalance, aid DESC OFFSET 999990;
-- sort text
SELECT l_comment FROM lineitem ORDER BY l_comment COLLATE "C" OFFSET 999990;
-- distinct
SELECT count(*) FROM (SELECT DISTINCT l_suppkey, l_shipmode FROM lineitem) AS t;
-- count distinct
SELECT count(DISTINCT l_partkey) FROM lineitem;
-- like
SELECT count(*) FROM lineitem WHERE l_comment LIKE '%furious%';
-- like prefix
SELECT count(*) FROM lineitem WHERE l_comment LIKE 'quick%';
-- in list
SELECT l_shipmode, count(*) FROM lineitem WHERE l_shipmode IN ('MAIL', 'SHIP') AND l_linenumber IN (1, 3, 5) GROUP BY l_shipmode ORDER BY 1;
-- case
SELECT l_shipmode, sum(CASE WHEN l_linenumber = 1 OR l_linenumber = 2 THEN 1 ELSE 0 END) FROM lineitem GROUP BY l_shipmode ORDER BY 1;
-- filter clause
SELECT count(*) FILTER (WHERE l_linenumber > 3), sum(l_partkey) FILTER (WHERE l_suppkey < 50) FROM lineitem;
