"""Reads a page or a request on standard input by Python's libraries, and writes JSON; runs where these are installed.

Arguments: text, openmetrics, otlp_protobuf or otlp_json. Of a page, a line each as textparse.go writes it.
"""

import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser


def _put(**line):
    print(json.dumps(line))


def _put_families(families):
    for family in families:
        _put(entry="type", name=family.name, text=family.type)
        _put(entry="help", name=family.name, text=family.documentation)
        _put(entry="unit", name=family.name, text=family.unit)
        for sample in family.samples:
            exemplars = []
            if sample.exemplar:
                milliseconds = round(float(sample.exemplar.timestamp) * 1000)
                exemplars = [
                    {"labels": sample.exemplar.labels, "value": str(sample.exemplar.value), "time": milliseconds}
                ]
            labels = {"__name__": sample.name, **sample.labels}
            _put(entry="series", value=str(sample.value), labels=labels, exemplars=exemplars)


def main(form):
    data = sys.stdin.buffer.read()
    if form == "text":
        _put_families(parser.text_string_to_metric_families(data.decode()))
    elif form == "openmetrics":
        _put_families(openmetrics_parser.text_string_to_metric_families(data.decode()))
    else:
        request = metrics_service_pb2.ExportMetricsServiceRequest()
        if form == "otlp_json":
            json_format.Parse(data, request)
        else:
            request.ParseFromString(data)
        print(json_format.MessageToJson(request, indent=None))


main(sys.argv[1])
