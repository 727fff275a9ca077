-- The tables of analytic.sql besides pgbench's, made of arithmetic: the same rows on every server. :rows lineitems.
DROP TABLE IF EXISTS lineitem;
DROP TABLE IF EXISTS orders;
CREATE TABLE orders (o_orderkey int PRIMARY KEY, o_custkey int NOT NULL, o_orderdate date NOT NULL, o_priority text NOT NULL);
INSERT INTO orders SELECT i, (i * 7919::bigint % 15000)::int, date '1992-01-01' + (i * 31::bigint % 2400)::int,
    (ARRAY['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'])[i * 17::bigint % 5 + 1]
FROM generate_series(1, :rows / 4) AS i;
CREATE TABLE lineitem (l_orderkey int NOT NULL, l_partkey int NOT NULL, l_suppkey int NOT NULL, l_linenumber int NOT NULL,
    l_quantity numeric(15,2) NOT NULL, l_extendedprice numeric(15,2) NOT NULL, l_discount numeric(15,2) NOT NULL,
    l_tax numeric(15,2) NOT NULL, l_returnflag char(1) NOT NULL, l_linestatus char(1) NOT NULL, l_shipdate date NOT NULL,
    l_commitdate date NOT NULL, l_shipmode varchar(10) NOT NULL, l_comment varchar(44) NOT NULL,
    l_price double precision NOT NULL, l_rate double precision NOT NULL, PRIMARY KEY (l_orderkey, l_linenumber));
INSERT INTO lineitem SELECT i / 4 + 1, (i * 7907::bigint % 20000)::int, (i * 7901::bigint % 1000)::int, i % 4 + 1,
    (i * 7877::bigint % 50 + 1)::numeric, (i * 104729::bigint % 10000000 + 90000) / 100.0, (i * 7873::bigint % 11) / 100.0,
    (i * 7867::bigint % 9) / 100.0, (ARRAY['A', 'N', 'R'])[i * 7853::bigint % 3 + 1], (ARRAY['O', 'F'])[i * 7841::bigint % 2 + 1],
    date '1992-01-02' + (i * 7829::bigint % 2500)::int, date '1992-01-02' + (i * 7823::bigint % 2500)::int,
    (ARRAY['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK'])[i * 7817::bigint % 7 + 1],
    (ARRAY['quickly', 'slyly', 'carefully', 'blithely', 'ironic', 'final'])[i * 7793::bigint % 6 + 1] || ' '
        || (ARRAY['furious', 'special', 'regular', 'even', 'bold'])[i * 7789::bigint % 5 + 1] || ' ' || (i * 7757::bigint % 99991),
    (i * 104729::bigint % 10000000 + 90000) / 100.0::float8, (i * 7873::bigint % 11) / 100.0::float8
FROM generate_series(0, :rows - 1) AS i;
ANALYZE orders;
ANALYZE lineitem;
