"""Drives psycopg2 through what an application does; prints "ok" or fails."""
import datetime
import decimal
import sys
import uuid

import psycopg2
import psycopg2.errors
import psycopg2.extras

psycopg2.extras.register_uuid()
conn = psycopg2.connect(host="127.0.0.1", port=int(sys.argv[1]), user="postgres", dbname=sys.argv[2], sslmode="require")
cur = conn.cursor()
cur.execute("CREATE TABLE py_t (id int PRIMARY KEY, name varchar(40), n numeric(20,4), d date, b bytea, u uuid, a int[])")
key = uuid.uuid4()
cur.execute(
    "INSERT INTO py_t VALUES (%s, %s, %s, %s, %s, %s, %s)",
    (1, "it's \\ quoted", decimal.Decimal("1234.5000"), datetime.date(2026, 2, 28), b"\x00\xff\\'", key, [1, None, 3]),
)
conn.commit()
cur.execute("SELECT name, n, d, b, u, a FROM py_t WHERE id = %s", (1,))
name, n, d, b, u, a = cur.fetchone()
assert name == "it's \\ quoted", name
assert n == decimal.Decimal("1234.5000"), n
assert d == datetime.date(2026, 2, 28), d
assert bytes(b) == b"\x00\xff\\'", b
assert u == key, u
assert a == [1, None, 3], a

psycopg2.extras.execute_values(cur, "INSERT INTO py_t (id, name) VALUES %s", [(i, f"row {i}") for i in range(2, 500)])
conn.commit()
with conn.cursor(name="server_side") as named:
    named.itersize = 100
    named.execute("SELECT id FROM py_t ORDER BY id")
    assert [r[0] for r in named] == list(range(1, 500))
conn.commit()

try:
    cur.execute("INSERT INTO py_t (id) VALUES (1)")
    raise AssertionError("no unique violation")
except psycopg2.errors.UniqueViolation as e:
    assert e.diag.constraint_name == "py_t_pkey", e.diag.constraint_name
conn.rollback()

import io

cur.copy_expert("COPY py_t (id, name) FROM STDIN", io.StringIO("1000\tcopied\n1001\t\\N\n"))
out = io.StringIO()
cur.copy_expert("COPY (SELECT id, name FROM py_t WHERE id >= 1000 ORDER BY id) TO STDOUT WITH CSV", out)
assert out.getvalue() == "1000,copied\n1001,\n", out.getvalue()
conn.commit()
conn.close()
print("ok")
