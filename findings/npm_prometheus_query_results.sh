#!/bin/bash
# Packages: npm's prometheus-query 3.5.1; a server of Node answers as the HTTP API of Prometheus
# does.
#
# Guess:    a client of Prometheus's query API hands out each series of a valid answer, +Inf as
#           Infinity; a native histogram is handed out in some form, or left out.
# Instead:  +Inf and -Inf become NaN. One series with a native histogram makes the promise fail with
#           a TypeError, and the floats of the same answer are lost, too.
# Why:      it reads the numbers with parseFloat(), which knows "Infinity" only, and reads value[0]
#           of each series.
# Matters:  histogram_quantile() answers +Inf when the rank is in the last bucket: the worst latency
#           reads as "no data", and a check for > 1 is false. A query by label fails as a whole from
#           the day on which one service of many turns native histograms on.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund prometheus-query@3.5.1 >/dev/null
node >out - <<'END'
const { PrometheusDriver } = require('prometheus-query');
const number = (queue, value) => ({ metric: { queue }, value: [1790000000, value] });
const histogram = { count: '3', sum: '4', buckets: [[0, '1', '2', '3']] };
const answers = {
  numbers: [number('a', '12'), number('b', '+Inf'), number('c', '-Inf')],
  mixed: [number('a', '12'), { metric: { queue: 'd' }, histogram: [1790000000, histogram] }],
};
const server = require('http').createServer((request, response) => {
  const result = answers[new URL(request.url, 'http://x').searchParams.get('query')];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
}).listen(0, '127.0.0.1', async () => {
  const driver = new PrometheusDriver({ endpoint: `http://127.0.0.1:${server.address().port}` });
  for (const query in answers) {
    try {
      const { result } = await driver.instantQuery(query);
      console.log(`${query}:`, ...result.map(each => `${each.metric.labels.queue} ${each.value.value}`));
    } catch (error) {
      console.log(`${query}:`, error.name);
    }
  }
  process.exit(0);
});
END
cat out
printf '%s\n' 'numbers: a 12 b NaN c NaN' 'mixed: TypeError' >expected
if ! cmp -s out expected; then
  echo "CHANGED: infinities or native histograms are read in another way"
  exit 1
fi
echo "SEEN: +Inf reads as NaN, and one native histogram fails the whole query"
