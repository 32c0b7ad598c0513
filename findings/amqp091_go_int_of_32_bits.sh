#!/bin/bash
# Packages: Go's rabbitmq/amqp091-go 1.16.0 (writes); PyPI's pamqp 4.0.0 plays the broker and reads.
#
# Guess:    an int in a Table (the headers of a message, the arguments of a queue) is written with
#           64 bits on a 64-bit machine; or a value that does not fit is an error.
# Instead:  an int is written with 32 bits, and the rest is cut off: 5000000000 arrives as
#           705032704, 3000000000 as -1294967296. No error is raised. An int64 arrives whole.
# Matters:  a queue that is declared with "x-max-length-bytes": 5000000000 drops messages at 0.7 GB.
#           A time in milliseconds in a header becomes another number. A constant without a type is
#           an int, too. Write int64(5000000000).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install pamqp==4.0.0
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require github.com/rabbitmq/amqp091-go v1.16.0' >go.mod
cat >main.go <<'END_GO'
package main

import (
	"context"
	"log"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	connection := must(amqp.Dial("amqp://guest:guest@" + os.Args[1]))
	channel := must(connection.Channel())
	must(channel.QueueDeclare("q", true, false, false, false, amqp.Table{"x-max-length-bytes": 5000000000}))
	headers := amqp.Table{"int": 3000000000, "int64": int64(3000000000)}
	must(0, channel.PublishWithContext(context.Background(), "", "q", false, false, amqp.Publishing{Headers: headers}))
	must(0, connection.Close())
}
END_GO
go build -o writer . 2>log || { cat log; exit 1; }
venv/bin/python >out - <<'END_PYTHON'
import socket
import subprocess
from pamqp import commands, frame, header

listener = socket.create_server(("127.0.0.1", 0))
writer = subprocess.Popen(["./writer", "127.0.0.1:%d" % listener.getsockname()[1]])
listener.settimeout(30)
connection = listener.accept()[0]
connection.settimeout(30)
answers = {
    commands.Connection.StartOk: commands.Connection.Tune(10, 131072, 0),
    commands.Connection.Open: commands.Connection.OpenOk(),
    commands.Connection.Close: commands.Connection.CloseOk(),
    commands.Channel.Open: commands.Channel.OpenOk(),
    commands.Queue.Declare: commands.Queue.DeclareOk("q", 0, 0),
}
connection.recv(8, socket.MSG_WAITALL)
connection.sendall(frame.marshal(commands.Connection.Start(0, 9, {}, "PLAIN", "en_US"), 0))
received = b""
while more := connection.recv(65536):
    received += more
    while len(received) > 7 and len(received) >= 8 + int.from_bytes(received[3:7], "big"):
        size, channel, read = frame.unmarshal(received)
        received = received[size:]
        if isinstance(read, commands.Queue.Declare):
            print("arguments", read.arguments)
        if isinstance(read, header.ContentHeader):
            print("headers", dict(sorted(read.properties.headers.items())))
        if type(read) in answers:
            connection.sendall(frame.marshal(answers[type(read)], channel))
assert writer.wait() == 0
END_PYTHON
cat out
printf '%s\n' "arguments {'x-max-length-bytes': 705032704}" "headers {'int': -1294967296, 'int64': 3000000000}" >expected
if ! cmp -s out expected; then
  echo "CHANGED: an int of a table arrives as another number"
  exit 1
fi
echo "SEEN: amqp091-go cuts an int down to 32 bits, without an error"
