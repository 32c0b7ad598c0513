"""Pushgateway: what is pushed is what its own page shows."""

import reading
import relay
import servers
from cells import Cell, Loss, Outcome
from decoders import protobuf_page
from parsers import PROTOBUF

RECEIVER = "Pushgateway 1.11.3"
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
            line = f"pushgateway+http://{{}}/job/page?interval=100ms&method={method}"
            kept = relay.taken(part, line, server.url.removeprefix("http://"))
            refusal = "" if kept.status < 300 else f"{kept.status} {kept.answer.decode(errors='replace')}"
            sent = protobuf_page.read_protobuf(kept.decoded())
            arrived = None if refusal else _shown(server)
            cell = Cell(RECEIVER, f"protobuf by {method.upper()}", stated=(NO_UNITS,))
            yield cell, Outcome(sent, arrived, refusal, SAID)
