#!/bin/bash
# Packages: npm's node-statsd 0.1.1, hot-shots 17.1.1 (a fork of it) and statsd-client 0.4.7.
#
# Guess:    increment("rows", 0) sends rows:0|c or nothing.
# Instead:  node-statsd sends rows:1|c, and for decrement("rows", 0) rows:-1|c. hot-shots and
#           statsd-client send 0.
# Why:      a missing amount means 1, and the client takes 0 for missing.
# Matters:  a program that counts the rows of each batch counts one for each empty batch. An idle
#           queue shows a steady rate, and the sum of the counter is above the rows that a broker
#           delivered.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund node-statsd@0.1.1 hot-shots@17.1.1 statsd-client@0.4.7 >/dev/null
node >out - <<'END'
const socket = require('dgram').createSocket('udp4');
const lines = [];
socket.on('message', packet => {
  lines.push(...packet.toString().trim().split('\n'));
  if (lines.length < 6) return;
  console.log(lines.sort().join('\n'));
  process.exit(0);
});
setTimeout(() => process.exit(2), 30000).unref();
socket.bind(0, '127.0.0.1', () => {
  const { port } = socket.address();
  const host = '127.0.0.1';
  const clients = [
    new (require('node-statsd'))({ host, port, prefix: 'node-statsd.' }),
    new (require('hot-shots'))({ host, port, prefix: 'hot-shots.' }),
    new (require('statsd-client'))({ host, port, prefix: 'statsd-client.' }),
  ];
  for (const client of clients) {
    client.increment('up', 0);
    client.decrement('down', 0);
  }
});
END
cat out
cat >expected <<'END'
hot-shots.down:0|c
hot-shots.up:0|c
node-statsd.down:-1|c
node-statsd.up:1|c
statsd-client.down:0|c
statsd-client.up:0|c
END
if ! cmp -s out expected; then
  echo "CHANGED: the three clients send something else for an amount of 0"
  exit 1
fi
echo "SEEN: node-statsd counts 1 where 0 was given"
