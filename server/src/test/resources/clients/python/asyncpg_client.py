"""Drives asyncpg, which introspects types itself and speaks binary only; prints "ok" or fails."""
import asyncio
import datetime
import decimal
import os
import sys
import uuid

import asyncpg


async def main():
    conn = await asyncpg.connect(
        host="127.0.0.1", port=int(sys.argv[1]), user="postgres", password=os.environ["PGPASSWORD"], database=sys.argv[2]
    )
    await conn.execute(
        "CREATE TABLE ag (id int PRIMARY KEY, name text, n numeric, d date, at timestamptz, u uuid, xs int[],"
        " doc jsonb, f float8, t time, raw bytea, span interval)"
    )
    key = uuid.uuid4()
    at = datetime.datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=datetime.timezone.utc)
    row = (
        1, "☂ it's", decimal.Decimal("12345678901234567890.000000001"), datetime.date(1999, 12, 31), at, key,
        [[1, 2], [3, None]], '{"a": 1}', 0.1, datetime.time(23, 59, 59, 1), b"\0\1", datetime.timedelta(days=-1),
    )
    marks = ", ".join(f"${i + 1}" for i in range(len(row)))
    await conn.execute(f"INSERT INTO ag VALUES ({marks})", *row)
    got = await conn.fetchrow("SELECT * FROM ag WHERE id = $1", 1)
    assert tuple(got) == row, tuple(got)

    await conn.executemany("INSERT INTO ag (id, name) VALUES ($1, $2)", [(i, f"row {i}") for i in range(2, 1000)])
    await conn.copy_records_to_table("ag", records=[(i, f"row {i}") for i in range(1000, 3000)], columns=["id", "name"])
    async with conn.transaction():
        seen = 0
        async for record in conn.cursor("SELECT id FROM ag ORDER BY id", prefetch=100):
            seen += 1
            assert record["id"] == seen
    assert seen == 2999, seen

    statement = await conn.prepare("SELECT name, id = ANY($1::int[]) AS hit FROM ag WHERE id BETWEEN $2 AND $3")
    assert [a.name for a in statement.get_attributes()] == ["name", "hit"]
    assert [p.name for p in statement.get_parameters()] == ["int4[]", "int4", "int4"], statement.get_parameters()
    assert sum(r["hit"] for r in await statement.fetch([5, 7], 1, 10)) == 2

    try:
        await conn.execute("INSERT INTO ag (id) VALUES (1)")
        raise AssertionError("no unique violation")
    except asyncpg.UniqueViolationError as e:
        assert e.constraint_name == "ag_pkey", e.constraint_name
    try:
        await conn.fetch("SELECT pg_sleep(30)", timeout=0.2)
        raise AssertionError("no timeout")
    except asyncio.TimeoutError:
        pass
    await conn.close()


asyncio.run(main())
print("ok")
