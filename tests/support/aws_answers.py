"""What AWS answers about instance types, shortened; and a stand-in of its API on this machine."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

G6 = {
    "InstanceType": "g6.2xlarge",
    "Hypervisor": "nitro",
    "ProcessorInfo": {"SupportedArchitectures": ["x86_64"], "Manufacturer": "AMD"},
    "VCpuInfo": {"DefaultVCpus": 8},
    "MemoryInfo": {"SizeInMiB": 32768},
    "InstanceStorageInfo": {"TotalSizeInGB": 450, "NvmeSupport": "required"},
    "EbsInfo": {
        "EbsOptimizedSupport": "default",
        "EbsOptimizedInfo": {"MaximumBandwidthInMbps": 5000},
    },
    "NetworkInfo": {
        "DefaultNetworkCardIndex": 0,
        "Ipv4AddressesPerInterface": 15,
        "NetworkCards": [
            {
                "NetworkCardIndex": 0,
                "MaximumNetworkInterfaces": 4,
                "BaselineBandwidthInGbps": 5.0,
            }
        ],
    },
    "GpuInfo": {
        "Gpus": [
            {"Name": "L4", "Manufacturer": "NVIDIA", "Count": 1, "MemoryInfo": {"SizeInMiB": 22888}}
        ]
    },
}
TRN1 = {
    "InstanceType": "trn1.32xlarge",
    "Hypervisor": "nitro",
    "ProcessorInfo": {"SupportedArchitectures": ["x86_64"], "Manufacturer": "Intel"},
    "VCpuInfo": {"DefaultVCpus": 128},
    "MemoryInfo": {"SizeInMiB": 524288},
    "NetworkInfo": {
        "DefaultNetworkCardIndex": 0,
        "Ipv4AddressesPerInterface": 50,
        "NetworkCards": [
            {
                "NetworkCardIndex": index,
                "MaximumNetworkInterfaces": 5,
                "BaselineBandwidthInGbps": 100.0,
            }
            for index in range(8)
        ],
        "EfaInfo": {"MaximumEfaInterfaces": 8},
    },
    "NeuronInfo": {
        "NeuronDevices": [{"Name": "Trainium", "Count": 16, "CoreInfo": {"Count": 2, "Version": 2}}]
    },
}
MAC = {
    "InstanceType": "mac2.metal",
    "ProcessorInfo": {"SupportedArchitectures": ["arm64_mac"], "Manufacturer": "Apple"},
}


def product(name: str, *amounts: str) -> str:
    """Return an item of the price list."""
    dimensions = {
        f"d{index}": {"pricePerUnit": {"USD": amount}} for index, amount in enumerate(amounts)
    }
    terms = {"OnDemand": {"t": {"priceDimensions": dimensions}}}
    return json.dumps({"product": {"attributes": {"instanceType": name}}, "terms": terms})


CLUSTER = json.dumps(
    {
        "product": {"attributes": {"usagetype": "EU-AmazonEKS-Hours:perCluster"}},
        "terms": {"OnDemand": {"t": {"priceDimensions": {"d": {"pricePerUnit": {"USD": "0.10"}}}}}},
    }
)


class AwsStandIn:
    """Answers what ``refresh`` asks: types in two pages, zones, a machine's and EKS' price.

    Attributes:
        url: Its address.
        refuses: Operations that are denied.
        asked: Operations in the order in which they came.
        second_page: Once cleared, the second page of types waits until it is set.
        waiting: Set while it does.
    """

    def __init__(self) -> None:
        self.url = ""
        self.refuses: set[str] = set()
        self.asked: list[str] = []
        self.second_page = Event()
        self.second_page.set()
        self.waiting = Event()

    def answer(self, operation: str, token: str, service: str) -> tuple[int, str]:
        """Return status and body of an answer; ``service`` is the one whose prices are asked."""
        self.asked.append(operation)
        if operation in self.refuses:
            if operation == "GetProducts":
                return 400, json.dumps({"__type": "AccessDeniedException", "Message": "not you"})
            return 403, _error("UnauthorizedOperation", "You may not.")
        if operation == "GetProducts":
            found = {"AmazonEC2": [product("g6.2xlarge", "1.09")], "AmazonEKS": [CLUSTER]}
            return 200, json.dumps({"PriceList": found.get(service, [])})
        if operation == "DescribeInstanceTypeOfferings":
            offered = [{"InstanceType": "g6.2xlarge", "Location": "euw1-az1"}]
            return 200, _xml(operation, {"InstanceTypeOfferingSet": offered})
        if not token:
            return 200, _xml(operation, {"InstanceTypeSet": [G6, MAC], "NextToken": "2"})
        self.waiting.set()
        self.second_page.wait(timeout=60)
        return 200, _xml(operation, {"InstanceTypeSet": [TRN1]})


@contextmanager
def aws_stand_in() -> Iterator[AwsStandIn]:
    """Serve a stand-in of the AWS API on a port of this machine."""
    stand_in = AwsStandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = parse_qs(body)
            target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            operation = target or form["Action"][0]
            service = json.loads(body)["ServiceCode"] if target else ""
            token = form.get("NextToken", [""])[0]
            status, text = stand_in.answer(operation, token, service)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stand_in.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield stand_in
        finally:
            stand_in.second_page.set()
            server.shutdown()


def _xml(operation: str, content: dict[str, Any]) -> str:
    return f"<{operation}Response>{_element(content)}</{operation}Response>"


def _element(value: Any) -> str:
    """Return a value as EC2 writes it: keys begin with a small letter, elements are ``item``."""
    if isinstance(value, dict):
        return "".join(
            f"<{key[0].lower()}{key[1:]}>{_element(each)}</{key[0].lower()}{key[1:]}>"
            for key, each in value.items()
        )
    if isinstance(value, list):
        return "".join(f"<item>{_element(each)}</item>" for each in value)
    return escape(str(value))


def _error(code: str, message: str) -> str:
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return f"<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>"
