#!/bin/bash
# Packages: Debian 12's libmicrohttpd12 and libmicrohttpd-dev 0.9.75-6 (downloaded and unpacked, not
#           installed).
#
# Guess:    the same handler serves GET and HEAD, and the server leaves out the body of a response
#           to HEAD, be its size known or not.
# Instead:  HEAD of a response of unknown size gets the headers and the last chunk of a body,
#           0\r\n\r\n, on a connection that stays open: the next response begins behind it. A
#           response of known size is as one would guess.
# Matters:  pages that are streamed have no size. Node's client fails such a HEAD, curl and Go pass
#           over the five bytes, and a client that reads one response after another takes them for
#           the next one. MHD_RF_HTTP_1_0_COMPATIBLE_STRICT on responses to HEAD avoids it.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq libmicrohttpd12=0.9.75-6 libmicrohttpd-dev=0.9.75-6 &&
  for package in *.deb; do dpkg -x "$package" debian; done) >log 2>&1 || { cat log; exit 1; }
cat >server.c <<'END_C'
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static ssize_t produce(void *unused, uint64_t position, char *out, size_t room) {
  (void)unused, (void)room;
  if (position > 0) return MHD_CONTENT_READER_END_OF_STREAM;
  memcpy(out, "page", 4);
  return 4;
}

static enum MHD_Result answer(void *unused, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **state) {
  static int seen;
  (void)unused, (void)method, (void)version, (void)data, (void)size;
  // The first call of a request is for its headers; a response to it would end the connection.
  if (*state == NULL) return *state = &seen, MHD_YES;
  struct MHD_Response *response =
      strcmp(url, "/sized") == 0 ? MHD_create_response_from_buffer(4, (void *)"page", MHD_RESPMEM_PERSISTENT)
                                 : MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, produce, NULL, NULL);
  const enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  return queued;
}

int main(void) {
  struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_END);
  printf("%d\n", (int)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  pause();
}
END_C
lib=$(dirname "$(find debian -name libmicrohttpd.so.12)")
gcc -o server server.c -idirafter debian/usr/include -L"$lib" -l:libmicrohttpd.so.12 -Wl,-rpath,"$PWD/$lib"
./server >port &
server=$!
until [ -s port ]; do sleep 0.1; done
python3 - "$(cat port)" >seen <<'END_PYTHON'
import socket
import sys

for method, path in (("GET", "/sized"), ("HEAD", "/sized"), ("GET", "/streamed"), ("HEAD", "/streamed")):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as client:
        client.settimeout(1)
        client.sendall(f"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        read, state = b"", "open"
        try:
            while part := client.recv(4096):
                read += part
            state = "ended"
        except TimeoutError:
            pass
        print(method, path, "body", read.partition(b"\r\n\r\n")[2], "connection", state)
END_PYTHON
cat seen
cat >client.js <<'END_JS'
const http = require('http');
const [port] = process.argv.slice(2);
http.request({ port, path: '/streamed', method: 'HEAD', agent: new http.Agent({ keepAlive: true }) })
  .on('response', (response) => console.log(`Node: ${response.statusCode}`))
  .on('error', (error) => console.log(`Node: ${error.code}`))
  .end()
  .once('close', () => process.exit());
END_JS
node client.js "$(cat port)" | tail -n 1 | tee -a seen
diff - seen <<'END' || { echo "CHANGED: see the lines above"; exit 1; }
GET /sized body b'page' connection open
HEAD /sized body b'' connection open
GET /streamed body b'4\r\npage\r\n0\r\n\r\n' connection open
HEAD /streamed body b'0\r\n\r\n' connection open
Node: HPE_INVALID_CONSTANT
END
echo "SEEN: HEAD of a streamed response is followed by the last chunk of a body"
