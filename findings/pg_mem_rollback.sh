#!/bin/bash
# Packages: npm's pg-mem 3.0.14 (a PostgreSQL in memory for tests), through its adapter for pg.
#
# Guess:    a transaction of one client is hidden from another one until it commits, and ROLLBACK
#           undoes it; or BEGIN is refused, as SKIP LOCKED and advisory locks are.
# Instead:  BEGIN, an UPDATE and ROLLBACK in three queries each succeed, and nothing is undone: the
#           other client sees the new value before and after. In one text ("begin; update ...;
#           rollback") it is undone. After an error in a transaction further queries and COMMIT
#           succeed; PostgreSQL refuses them.
# Matters:  code that takes a lease or a batch in a transaction is tested against it: a test of the
#           way back fails for no reason, or passes because a holder sees what it must not see.
#           Libraries send BEGIN and the rest as separate queries.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund pg-mem@3.0.14 >/dev/null
node >out - <<'END'
const { Client } = require('pg-mem').newDb().adapters.createPg();
(async () => {
  const [one, other] = [new Client(), new Client()];
  await Promise.all([one.connect(), other.connect()]);
  const outcome = text => one.query(text).then(() => 'succeeds', () => 'fails');
  const show = async id => (await other.query(`select holder from leases where id = ${id}`)).rows[0].holder;
  await one.query("create table leases(id int primary key, holder text)");
  await one.query("insert into leases values (1, 'nobody'), (2, 'nobody')");
  await one.query('begin');
  await one.query("update leases set holder = 'one' where id = 1");
  console.log('another client, before the rollback:', await show(1));
  await one.query('rollback');
  console.log('another client, after the rollback:', await show(1));
  await one.query("begin; update leases set holder = 'one' where id = 2; rollback;");
  console.log('after a rollback in one text:', await show(2));
  await one.query('begin');
  console.log('a second lease 1:', await outcome("insert into leases values (1, 'one')"));
  console.log('a query behind the error:', await outcome("insert into leases values (3, 'one')"));
  console.log('commit:', await outcome('commit') + ', lease 3:', await show(3));
  console.log('skip locked:', await outcome('select id from leases for update skip locked'));
})();
END
cat out
cat >expected <<'END'
another client, before the rollback: one
another client, after the rollback: one
after a rollback in one text: nobody
a second lease 1: fails
a query behind the error: succeeds
commit: succeeds, lease 3: one
skip locked: fails
END
if ! cmp -s out expected; then
  echo "CHANGED: transactions over several queries work in another way"
  exit 1
fi
echo "SEEN: BEGIN and ROLLBACK in queries of their own succeed, and undo nothing"
