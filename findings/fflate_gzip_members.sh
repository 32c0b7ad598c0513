#!/bin/bash
# Packages: npm's fflate 0.8.3; pako 3.0.3 and Node's zlib as a check.
#
# Guess:    gunzipSync() of two gzip members in a row gives both texts, as gzip, Node and pako do;
#           or it fails.
# Instead:  it gives the first text alone, cut to the length of the last one: of a first text of 120
#           bytes the first 6, where the second text has 6. No error is raised. fflate's stream
#           class reads both.
# Why:      it takes the length of its output from the end of the input.
# Matters:  logs that are appended to a .gz file, and exports that a store joins, have many members.
#           A browser that reads one with fflate shows a short text that looks complete.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund fflate@0.8.3 pako@3.0.3 >/dev/null
node >out - <<'END'
const { gzipSync, gunzipSync } = require('zlib');
const fflate = require('fflate');
const pako = require('pako');
const show = bytes => Buffer.from(bytes).toString().replace(/(.)\1*/g, run => `${run.length} ${run[0]} `).trim();
const readers = {
  Node: gunzipSync,
  pako: bytes => pako.ungzip(bytes),
  'fflate, stream': bytes => {
    const chunks = [];
    new fflate.Gunzip(chunk => chunks.push(chunk)).push(bytes, true);
    return Buffer.concat(chunks);
  },
  'fflate, gunzipSync': bytes => fflate.gunzipSync(bytes),
};
for (const [first, second] of [[120, 6], [6, 120]]) {
  const bytes = Buffer.concat([gzipSync('a'.repeat(first)), gzipSync('b'.repeat(second))]);
  for (const name in readers) console.log(`members of ${first} and ${second}, ${name}: ${show(readers[name](bytes))}`);
}
END
cat out
cat >expected <<'END'
members of 120 and 6, Node: 120 a 6 b
members of 120 and 6, pako: 120 a 6 b
members of 120 and 6, fflate, stream: 120 a 6 b
members of 120 and 6, fflate, gunzipSync: 6 a
members of 6 and 120, Node: 6 a 120 b
members of 6 and 120, pako: 6 a 120 b
members of 6 and 120, fflate, stream: 6 a 120 b
members of 6 and 120, fflate, gunzipSync: 6 a
END
if ! cmp -s out expected; then
  echo "CHANGED: gunzipSync() reads two members in another way"
  exit 1
fi
echo "SEEN: fflate's gunzipSync() gives the first member, cut to the length of the last one"
