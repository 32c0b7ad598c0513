"""Pushgateway: what is pushed is what its own page shows."""

import processes
import reading
import relay
import secure
import servers
from cells import Cell, Loss, Outcome, Refusal
from decoders import protobuf_page
from parsers import PROTOBUF

RECEIVER = "Pushgateway 1.11.3"
LINE = "pushgateway+http://{}/job/page?interval=100ms"
NO_CERTIFICATE = Refusal("certificate required", "it asks for a client certificate")
NO_UNITS = Loss("units", "its page has none", "units")
SAID = ("series", "natives", "types", "helps", "units", "exemplars", "starts")


def _shown(server):
    """The group of the push, without what the gateway says itself."""
    _, _, body = relay.exchange(f"{server.url}/metrics", "GET", {"Accept": PROTOBUF})
    page = protobuf_page.read_protobuf(body)
    for field in ("series", "natives", "exemplars", "starts"):
        kept = {key: value for key, value in getattr(page, field).items() if ("job", "page") in key[1]}
        setattr(page, field, {key: value for key, value in kept.items() if not key[0].startswith("push_")})
    names = {page.base_of(*key)[0] for key in page.series}
    for field in ("types", "helps", "units"):
        setattr(page, field, {name: value for name, value in getattr(page, field).items() if name in names})
    return reading.without_labels(page, "job", "instance")


def pushes(started):
    for method in ("put", "post"):
        with started.part() as part:
            server = servers.Pushgateway(part)
            kept = relay.taken(part, f"{LINE}&method={method}", server.url.removeprefix("http://"))
            refusal = "" if kept.status < 300 else f"{kept.status} {kept.answer.decode(errors='replace')}"
            sent = protobuf_page.read_protobuf(kept.decoded())
            arrived = None if refusal else _shown(server)
            cell = Cell(RECEIVER, f"protobuf by {method.upper()}", stated=(NO_UNITS,))
            yield cell, Outcome(sent, arrived, refusal, SAID)


def pushes_by_tls(started):
    with started.part() as part:
        files = secure.Certificates(part)
        server = servers.Pushgateway(part, files.web_config())
        address = server.url.removeprefix("https://")
        kept = secure.pushed_beside(part, LINE, address, files)
        sent = protobuf_page.read_protobuf(kept.decoded()).without(secure.is_counted)
        arrived = processes.wait_for(lambda: _pushed(server), "the push is shown").without(secure.is_counted)
        cell = Cell(RECEIVER, f"protobuf by PUT, {secure.WAY}", stated=(NO_UNITS,))
        yield cell, Outcome(sent, arrived, "", SAID)
        cell = Cell(RECEIVER, "protobuf by PUT, by https, without a client certificate", stated=(NO_CERTIFICATE,))
        yield cell, Outcome(refusal=secure.refusal_without(part, LINE, address, files))


def _pushed(server):
    """What it shows of the group; None before the push."""
    page = _shown(server)
    return page if page.series else None
