#!/bin/bash
# Packages: Go's client_golang 1.25.0, npm's prom-client 15.1.3; Debian 12's promtool
# 2.42.0+ds-5+deb12u1 evaluates.
#
# Guess:    LinearBuckets(0.1, 0.1, 10) of one client and linearBuckets(0.1, 0.1, 10) of another one
#           have the same bounds, so services in both languages can be added up by le.
# Instead:  Go has le="0.7", "0.7999999999999999", "0.8999999999999999" and "0.9999999999999999",
#           JavaScript has "0.7000000000000001", "0.8", "0.9" and "1". With the same 1000 values in
#           both services, spread from 0 to 1, each has a p75 of 0.75. Their sum by (le) has a p75
#           of 1.
# Why:      Go adds the width again and again, JavaScript multiplies. A bound that one service alone
#           has counts too little in the sum. Prometheus raises it to the count of the bound below.
# Matters:  the common p75 and p90 are wrong, without a warning, and each service alone looks right.
#           The same happens between versions of a service that moves to another language. Write the
#           bounds out.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq prometheus=2.42.0+ds-5+deb12u1 && dpkg -x prometheus_*.deb debian) >log 2>&1 || { cat log; exit 1; }
npm install --silent --no-audit --no-fund prom-client@15.1.3 >/dev/null
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require github.com/prometheus/client_golang v1.25.0' >go.mod
cat >main.go <<'END'
package main

import "github.com/prometheus/client_golang/prometheus"

func main() {
	bounds := prometheus.LinearBuckets(0.1, 0.1, 10)
	histogram := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "h", Help: "Seconds.", Buckets: bounds})
	for i := range 1000 {
		histogram.Observe((float64(i) + 0.5) / 1000)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(histogram)
	if err := prometheus.WriteToTextfile("go.prom", registry); err != nil {
		panic(err)
	}
}
END
go run . >log 2>&1 || { cat log; exit 1; }
node - <<'END'
const { Histogram, linearBuckets, register } = require('prom-client');
const histogram = new Histogram({ name: 'h', help: 'Seconds.', buckets: linearBuckets(0.1, 0.1, 10) });
for (let i = 0; i < 1000; ++i) histogram.observe((i + 0.5) / 1000);
register.metrics().then(page => require('fs').writeFileSync('node.prom', page));
END
for service in go node; do
  echo "$service: $(sed -n 's/^h_bucket{le="\(.*\)"} .*/\1/p' $service.prom | tr '\n' ' ' | sed 's, $,,')"
done | tee out
# expect QUERY VALUE: a line of promtool's test.
expect() {
  echo "      - {expr: '$1', eval_time: 1m, exp_samples: [{labels: '{}', value: $2}]}"
}
{
  printf '%s\n' 'tests:' '  - interval: 1m' '    input_series:'
  for service in go node; do
    sed -n "s/^h_bucket{\\(le=\".*\"\\)} \\(.*\\)/      - {series: 'h_bucket{service=\"$service\",\\1}', values: '0 \\2'}/p" $service.prom
  done
  echo '    promql_expr_test:'
  expect 'min(histogram_quantile(0.75, h_bucket))' 0.75
  expect 'max(histogram_quantile(0.75, h_bucket))' 0.75
  expect 'histogram_quantile(0.5, sum by (le) (h_bucket))' 0.5
  expect 'histogram_quantile(0.75, sum by (le) (h_bucket))' 1
} >test.yml
tail -n 4 test.yml
cat >expected <<'END'
go: 0.1 0.2 0.30000000000000004 0.4 0.5 0.6 0.7 0.7999999999999999 0.8999999999999999 0.9999999999999999 +Inf
node: 0.1 0.2 0.30000000000000004 0.4 0.5 0.6 0.7000000000000001 0.8 0.9 1 +Inf
END
if ! cmp -s out expected || ! debian/usr/bin/promtool test rules test.yml; then
  echo "CHANGED: the bounds agree, or the quantile of the sum is another one"
  exit 1
fi
echo "SEEN: two services with a p75 of 0.75 have a common p75 of 1"
