"""Drives psycopg 3: binary parameters, pipeline mode, COPY both ways, type registration; prints "ok" or fails."""
import datetime
import decimal
import sys
import uuid

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

with psycopg.connect(
    host="127.0.0.1", port=int(sys.argv[1]), user="postgres", dbname=sys.argv[2], row_factory=dict_row
) as conn:
    conn.execute(
        "CREATE TABLE p3 (id int8 PRIMARY KEY, name text, n numeric(20,4), at timestamptz, raw bytea, u uuid,"
        " tags text[], doc jsonb, span interval)"
    )
    key = uuid.uuid4()
    at = datetime.datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=datetime.timezone.utc)
    values = (
        1, "it's \\ ☂", decimal.Decimal("-1234.5000"), at, b"\x00\xff\\'", key, ["a", None, "c,\"d"],
        Jsonb({"k": [1, None, "x"]}), datetime.timedelta(days=3, microseconds=7),
    )
    conn.execute("INSERT INTO p3 VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", values)
    for binary in (False, True):
        row = conn.cursor(binary=binary).execute("SELECT * FROM p3 WHERE id = %s", (1,)).fetchone()
        assert row["name"] == values[1], row
        assert row["n"] == values[2], row
        assert row["at"] == at, row
        assert row["raw"] == values[4], row
        assert row["u"] == key, row
        assert row["tags"] == values[6], row
        assert row["doc"] == {"k": [1, None, "x"]}, row
        assert row["span"] == values[8], row

    with conn.cursor() as cur:
        with cur.copy("COPY p3 (id, name) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int8", "text"])
            for i in range(2, 2000):
                copy.write_row((i, f"row {i}"))
        with cur.copy("COPY (SELECT id, name FROM p3 WHERE id > 1 ORDER BY id) TO STDOUT") as copy:
            rows = [line.split("\t") for line in b"".join(copy).decode().splitlines()]
        assert len(rows) == 1998 and rows[-1] == ["1999", "row 1999"], rows[-1]

    with conn.pipeline():
        cursors = [conn.execute("SELECT name FROM p3 WHERE id = %s", (i,)) for i in range(2, 60)]
        assert [c.fetchone()["name"] for c in cursors] == [f"row {i}" for i in range(2, 60)]

    try:
        with conn.transaction():
            conn.execute("UPDATE p3 SET name = 'lost' WHERE id = 5")
            with conn.transaction():
                conn.execute("INSERT INTO p3 (id) VALUES (1)")
        raise AssertionError("no unique violation")
    except psycopg.errors.UniqueViolation as e:
        assert e.diag.constraint_name == "p3_pkey" and e.diag.table_name == "p3", e.diag.constraint_name
    assert conn.execute("SELECT name FROM p3 WHERE id = 5").fetchone()["name"] == "row 5"

    info = psycopg.types.TypeInfo.fetch(conn, "jsonb")
    assert info.oid == 3802 and info.array_oid == 3807, info
print("ok")
