#!/bin/bash
# Packages: Debian 12's qemu-user-static 1:7.2+dfsg-7+deb12u18+b3 (Go 1.26 makes the guest).
#
# Guess:    setrlimit(RLIMIT_AS) that returned 0 limits the memory of the program.
# Instead:  under qemu-user it returns 0 and does nothing: getrlimit shows the old limit, and a
#           mapping of 16 times the limit is made. RLIMIT_NOFILE in the same program is set.
# Why:      qemu is a process beside the guest in the same memory, and would meet the limit itself.
# Matters:  a test that takes memory away, to see how a program behaves without it, passes under
#           qemu without testing anything. Look at what getrlimit says after setrlimit.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq qemu-user-static=1:7.2+dfsg-7+deb12u18+b3 && dpkg -x qemu-user-static_*.deb qemu) >log 2>&1 ||
  { cat log; exit 1; }
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' >go.mod
cat >main.go <<'END'
package main

import (
	"fmt"
	"syscall"
)

const limit = 4 << 30

func set(what string, resource int, value uint64) {
	fmt.Print(what, ": ")
	if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: value, Max: value}); err != nil {
		fmt.Println("refused:", err)
		return
	}
	var now syscall.Rlimit
	syscall.Getrlimit(resource, &now)
	fmt.Println("accepted, in force:", now.Cur == value)
}

func main() {
	set("RLIMIT_NOFILE", syscall.RLIMIT_NOFILE, 77)
	set("RLIMIT_AS", syscall.RLIMIT_AS, limit)
	_, err := syscall.Mmap(-1, 0, 16*limit, syscall.PROT_NONE, syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	fmt.Println("a mapping of 16 times the limit: made:", err == nil)
}
END
CGO_ENABLED=0 GOARCH=arm64 go build -o guest . && CGO_ENABLED=0 go build -o native .
./native >native.out
qemu/usr/bin/qemu-aarch64-static ./guest >guest.out
echo 'natively:' && cat native.out
echo 'under qemu-user:' && cat guest.out
printf '%s\n' 'RLIMIT_NOFILE: accepted, in force: true' 'RLIMIT_AS: accepted, in force: true' \
  'a mapping of 16 times the limit: made: false' | cmp -s - native.out ||
  { echo "the native run does not obey its limits"; exit 1; }
if ! printf '%s\n' 'RLIMIT_NOFILE: accepted, in force: true' 'RLIMIT_AS: accepted, in force: false' \
  'a mapping of 16 times the limit: made: true' | cmp -s - guest.out; then
  echo "CHANGED: under qemu-user, setrlimit(RLIMIT_AS) limits memory or is refused"
  exit 1
fi
echo "SEEN: under qemu-user, setrlimit(RLIMIT_AS) succeeds and limits nothing"
