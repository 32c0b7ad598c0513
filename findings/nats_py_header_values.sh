#!/bin/bash
# Packages: PyPI's nats-py 2.16.0; Go's nats.go 1.55.0 and nats-server 2.15.3.
#
# Guess:    a NATS header may have several values, as in HTTP. A client hands out all of them, or
#           the first one.
# Instead:  nats-py hands out the last one alone, in a dict of texts. A message that it passes on
#           has lost the others. Go reads and writes both.
# Matters:  a bridge or a dead-letter writer in Python thins out headers such as a list of hops or
#           of trace links, without an error. Join the values to one before you send them.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install nats-py==2.16.0
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require github.com/nats-io/nats.go v1.55.0' \
  'require github.com/nats-io/nats-server/v2 v2.15.3' >go.mod
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	broker := must(server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1}))
	go broker.Start()
	if !broker.ReadyForConnections(20 * time.Second) {
		log.Fatal("the server did not start")
	}
	client := must(nats.Connect(broker.ClientURL()))
	seen := must(client.SubscribeSync("in"))
	passed := must(client.SubscribeSync("out"))
	ready := must(client.SubscribeSync("python"))
	must(0, client.Flush())
	must(0, os.WriteFile("url", []byte(broker.ClientURL()), 0o600))
	must(ready.NextMsg(60 * time.Second))
	message := nats.NewMsg("in")
	message.Header.Add("Hop", "one")
	message.Header.Add("Hop", "two")
	must(0, client.PublishMsg(message))
	fmt.Printf("Go reads %q\n", must(seen.NextMsg(20 * time.Second)).Header["Hop"])
	fmt.Printf("Go reads behind Python %q\n", must(passed.NextMsg(20 * time.Second)).Header["Hop"])
}
END
go build -o main . 2>log || { cat log; exit 1; }
./main >out 2>log &
server=$!
for _ in $(seq 200); do [ ! -s url ] || break; sleep 0.1; done
venv/bin/python >python 2>>log - <<'END' || { cat log; exit 1; }
import asyncio
import nats


async def main():
    client = await nats.connect(open("url").read())
    subscription = await client.subscribe("in")
    await client.flush()
    await client.publish("python", b"")
    message = await subscription.next_msg(timeout=20)
    print("Python reads", message.headers)
    await client.publish("out", b"", headers=message.headers)
    await client.flush()
    await client.close()

asyncio.run(main())
END
wait "$server" || { cat log; exit 1; }
server=
cat out python | tee both
printf '%s\n' 'Go reads ["one" "two"]' 'Go reads behind Python ["two"]' "Python reads {'Hop': 'two'}" >expected
if ! cmp -s both expected; then
  echo "CHANGED: nats-py hands out other values"
  exit 1
fi
echo "SEEN: of two header values nats-py keeps the last one"
