#!/bin/bash
# Packages: Debian 12's qemu-user-static 1:7.2+dfsg-7+deb12u18+b3, Go's client_golang 1.25.0 (Go
# 1.26).
#
# Guess:    a 64-bit ARM program under qemu-user has its times and memory in /proc/self/stat, as the
#           process that it is has them.
# Instead:  qemu makes the file up. It has the process id, the name, the parent and the start time;
#           processor time, memory and number of threads are 0, without an error. The files beside
#           it (status, statm, task) are the kernel's, and have them.
# Matters:  client_golang reads that file. The image of an ARM service, run under qemu on a laptop
#           or in CI, reports process_cpu_seconds_total 0 and process_resident_memory_bytes 0
#           always: a rate of 0, a ratio by 0, and an alert that cannot fire. The start time looks
#           right.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq qemu-user-static=1:7.2+dfsg-7+deb12u18+b3 && dpkg -x qemu-user-static_*.deb qemu) >log 2>&1 ||
  { cat log; exit 1; }
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require github.com/prometheus/client_golang v1.25.0' >go.mod
cat >main.go <<'END'
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

func main() {
	for begin := time.Now(); time.Since(begin) < 500*time.Millisecond; {
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	families, _ := registry.Gather()
	for _, family := range families {
		one := family.Metric[0]
		has := "has a value"
		if one.GetCounter().GetValue()+one.GetGauge().GetValue() == 0 {
			has = "is 0"
		}
		switch family.GetName() {
		case "process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds":
			fmt.Println(family.GetName(), has)
		}
	}
	statm, _ := os.ReadFile("/proc/self/statm")
	if pages := strings.Fields(string(statm)); pages[1] != "0" {
		fmt.Println("/proc/self/statm has a value")
	}
}
END
{ CGO_ENABLED=0 GOARCH=arm64 go build -o guest . && CGO_ENABLED=0 go build -o native .; } 2>log ||
  { cat log; exit 1; }
./native >native.out
qemu/usr/bin/qemu-aarch64-static ./guest >guest.out
echo 'natively:' && cat native.out
echo 'under qemu-user:' && cat guest.out
if [ "$(grep -c 'has a value' native.out)" != 4 ]; then
  echo "the native run has no values to compare with"
  exit 1
fi
if ! grep -qx 'process_cpu_seconds_total is 0' guest.out || ! grep -qx 'process_resident_memory_bytes is 0' guest.out ||
  ! grep -qx 'process_start_time_seconds has a value' guest.out; then
  echo "CHANGED: under qemu-user, process metrics have values"
  exit 1
fi
echo "SEEN: under qemu-user, processor time and memory of the process are 0"
