#!/bin/bash
# Packages: Go's prometheus/exporter-toolkit 0.17.1.
#
# Guess:    rate_limit with an interval of 1s and no burst answers about one request a second. The
#           page of the toolkit calls the interval the time between two requests.
# Instead:  the server starts, and answers every request with 429, also the first one after a pause.
#           With burst: 1 it does as guessed.
# Why:      burst is the size of the limiter's bucket, and its default is 0.
# Matters:  a web configuration file of one limit takes the exporter's metrics away: the target is
#           down from the first scrape on. The log says at info level that the limiter is enabled.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require github.com/prometheus/exporter-toolkit v0.17.1' >go.mod
cat >main.go <<'END_GO'
package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
)

// The answers to six requests, each later than the interval of 100 ms after the one before.
func answers(file, settings string) (codes []int) {
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	page := http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) { fmt.Fprintln(out, "m 1") })
	go web.Serve(listener, &http.Server{Handler: page}, &web.FlagConfig{WebConfigFile: &file}, slog.New(slog.DiscardHandler))
	for range 6 {
		answer, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			panic(err)
		}
		answer.Body.Close()
		codes = append(codes, answer.StatusCode)
		time.Sleep(150 * time.Millisecond)
	}
	return codes
}

func main() {
	fmt.Println("no limit:          ", answers("none.yml", "{}"))
	fmt.Println("interval and burst:", answers("burst.yml", "rate_limit: {interval: 100ms, burst: 1}"))
	fmt.Println("interval alone:    ", answers("alone.yml", "rate_limit: {interval: 100ms}"))
}
END_GO
go run . >out 2>log || { cat log; exit 1; }
cat out
cat >expected <<'END_EXPECTED'
no limit:           [200 200 200 200 200 200]
interval and burst: [200 200 200 200 200 200]
interval alone:     [429 429 429 429 429 429]
END_EXPECTED
if ! cmp -s out expected; then
  echo "CHANGED: an interval without a burst lets requests through, or the limiter answers otherwise"
  exit 1
fi
echo "SEEN: a rate limit with an interval and no burst answers each request with 429"
