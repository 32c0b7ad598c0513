"""Pushes by TLS, where a program and a receiver show each other certificates.

No relay stands between: the program pushes the same to a relay beside the receiver, and what both have is compared,
without what the program counts of its own pushes.
"""

import dataclasses
import json
import ssl
import subprocess

import processes
import relay

WAY = "by https, with a client certificate"
_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"


@dataclasses.dataclass(frozen=True)
class Certificate:
    file: str
    key: str


def _make(folder, name):
    made = Certificate(f"{folder}/{name}.crt", f"{folder}/{name}.key")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", made.key]
    command = ["openssl", "req", "-x509", *key, "-days", "2", "-subj", f"/CN={name}", "-addext", _NAMES]
    subprocess.run([*command, "-out", made.file], check=True, stderr=subprocess.DEVNULL)
    return made


class Certificates:
    """Of a receiver and of a program; readers of ours show that of the program too."""

    def __init__(self, started):
        self._folder = processes.folder_for(started)
        self.server, self.client = _make(self._folder, "server"), _make(self._folder, "client")
        context = ssl.create_default_context(cafile=self.server.file)
        context.load_cert_chain(self.client.file, self.client.key)
        processes.HTTPS.context = context
        started.addCleanup(setattr, processes.HTTPS, "context", None)

    @property
    def options(self):
        """Of a line of ours."""
        return f"ca={self.server.file}&cert={self.client.file}&key={self.client.key}"

    def web_config(self):
        """The path of a web configuration, as programs of the Prometheus project take it."""
        path = self._folder / "web.yml"
        tls = {"cert_file": self.server.file, "key_file": self.server.key, "client_ca_file": self.client.file}
        tls["client_auth_type"] = "RequireAndVerifyClientCert"
        path.write_text(json.dumps({"tls_server_config": tls}), encoding="utf-8")
        return path


def is_counted(family):
    """Whether a push changes the family."""
    return family.startswith("streamhouse_exporter_")


def _by_tls(line, address, options):
    return line.replace("+http://", "+https://", 1).format(address) + f"&{options}"


def pushed_beside(started, line, address, certificates):
    """What a program pushed to a relay, which pushes by TLS to the address too; `{}` in the line is where to."""
    beside = relay.PushRelay(started)
    started.start(line.format(beside.address), _by_tls(line, address, certificates.options))
    processes.wait_for(lambda: beside.kept, "a push is answered")
    return beside.kept


def refusal_without(started, line, address, certificates):
    """What the log says of pushes by TLS without a certificate of the program."""
    program = started.start_process(_by_tls(line, address, f"ca={certificates.server.file}"))
    return program.match("pushes fail: (.*)", "stderr")[1]
