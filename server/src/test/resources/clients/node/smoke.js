// Drives node-postgres through what an application does; prints "ok" or fails.
const assert = require('node:assert');
const { Client, Pool } = require('pg');

const options = {
  host: '127.0.0.1', port: Number(process.argv[2]), user: 'postgres', database: 'postgres',
  password: process.env.PGPASSWORD, ssl: { rejectUnauthorized: false },
};

async function main() {
  const client = new Client(options);
  await client.connect();
  await client.query('CREATE TABLE node_t (id serial PRIMARY KEY, name text, tags text[], doc jsonb, at timestamptz, n numeric)');
  const at = new Date('2026-03-01T10:20:30.456Z');
  const inserted = await client.query(
    'INSERT INTO node_t (name, tags, doc, at, n) VALUES ($1, $2, $3, $4, $5) RETURNING id, name, tags, doc, at, n',
    ['Grüße, 世界', ['a', 'b,"c"'], { k: [1, null, 'x'] }, at, '12345678901234567890.5']);
  assert.strictEqual(inserted.rowCount, 1);
  const row = inserted.rows[0];
  assert.strictEqual(row.name, 'Grüße, 世界');
  assert.deepStrictEqual(row.tags, ['a', 'b,"c"']);
  assert.deepStrictEqual(row.doc, { k: [1, null, 'x'] });
  assert.strictEqual(row.at.getTime(), at.getTime());
  assert.strictEqual(row.n, '12345678901234567890.5');

  const named = { name: 'by-id', text: 'SELECT name FROM node_t WHERE id = $1', values: [row.id] };
  assert.strictEqual((await client.query(named)).rows[0].name, 'Grüße, 世界');
  assert.strictEqual((await client.query(named)).rows.length, 1);

  await client.query('BEGIN');
  await client.query('INSERT INTO node_t (name) VALUES ($1)', ['gone']);
  await client.query('ROLLBACK');
  assert.strictEqual((await client.query('SELECT count(*)::int AS n FROM node_t')).rows[0].n, 1);

  await assert.rejects(client.query('SELECT * FROM nowhere'), (e) => e.code === '42P01');
  assert.strictEqual((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  await client.end();

  const pool = new Pool({ ...options, max: 5 });
  const sums = await Promise.all([...Array(50).keys()].map((i) => pool.query('SELECT $1::int + 1 AS s', [i])));
  assert.deepStrictEqual(sums.map((r) => r.rows[0].s), [...Array(50).keys()].map((i) => i + 1));
  await pool.end();
  console.log('ok');
}

main().catch((e) => { console.error(e); process.exit(1); });
