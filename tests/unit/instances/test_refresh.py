"""What AWS answers, as files that the catalog reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from jupyterhub_eks.instances.catalog import Catalog
from jupyterhub_eks.instances.refresh import Refreshed, refresh
from tests.support.aws_answers import G6, MAC, TRN1, product
from tests.support.instances import small_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.instances.tables import Kind

TODAY = date(2026, 11, 21)
REGION = "eu-west-1"


class StubbedSession:
    """Makes clients that answer what was put into them, in that order, and nothing else."""

    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="none", aws_secret_access_key="none")
        self.asked: list[tuple[str, str]] = []
        self.clients = {
            name: session.client(name, region_name=REGION) for name in ("ec2", "pricing")
        }
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()

    def client(self, service_name: str, *, region_name: str) -> Any:
        """Return the stubbed client; which region was asked for is remembered."""
        self.asked.append((service_name, region_name))
        return self.clients[service_name]

    def types(self, *pages: list[dict[str, Any]]) -> None:
        """Answer ``DescribeInstanceTypes``."""
        self._pages("ec2", "describe_instance_types", "InstanceTypes", {}, list(pages))

    def offers(self, *pages: list[dict[str, str]]) -> None:
        """Answer ``DescribeInstanceTypeOfferings``, if it is asked by zone id."""
        asked = {"LocationType": "availability-zone-id"}
        operation = "describe_instance_type_offerings"
        self._pages("ec2", operation, "InstanceTypeOfferings", asked, list(pages))

    def prices(self, shared: list[str], metal: list[str], region: str = REGION) -> None:
        """Answer ``GetProducts`` for machines of shared tenancy, then for bare metal."""
        for tenancy, family, items in (
            ("Shared", "Compute Instance", shared),
            ("Dedicated", "Compute Instance (bare metal)", metal),
        ):
            fields = {
                "regionCode": region,
                "preInstalledSw": "NA",
                "operatingSystem": "Linux",
                "capacitystatus": "Used",
                "marketoption": "OnDemand",
                "productFamily": family,
                "tenancy": tenancy,
            }
            filters = [
                {"Type": "TERM_MATCH", "Field": key, "Value": value}
                for key, value in fields.items()
            ]
            asked = {"ServiceCode": "AmazonEC2", "Filters": filters}
            self._pages("pricing", "get_products", "PriceList", asked, [items])

    def refuse(self, service: str, operation: str, code: str) -> None:
        """Answer with an error."""
        self.stubs[service].add_client_error(operation, code, "not today")

    def _pages(
        self, service: str, operation: str, key: str, asked: dict[str, Any], pages: list[Any]
    ) -> None:
        for index, page in enumerate(pages):
            begin = {"NextToken": str(index)} if index else {}
            more = {"NextToken": str(index + 1)} if index + 1 < len(pages) else {}
            self.stubs[service].add_response(operation, {key: page, **more}, asked | begin)


@pytest.fixture
def session() -> StubbedSession:
    return StubbedSession()


def run(session: StubbedSession, folder: Path, region: str = REGION) -> Refreshed:
    """Refresh one region; every answer must have been asked for."""
    done = refresh(session, [region], folder=folder, today=TODAY)
    for stub in session.stubs.values():
        stub.assert_no_pending_responses()
    return done


def answer_all(session: StubbedSession) -> None:
    """Put answers of several pages into a session."""
    session.types([G6, MAC], [TRN1])
    session.offers(
        [
            {"InstanceType": "g6.2xlarge", "Location": "euw1-az2"},
            {"InstanceType": "g6.2xlarge", "Location": "euw1-az1"},
        ],
        [
            {"InstanceType": "trn1.32xlarge", "Location": "euw1-az3"},
            {"InstanceType": "g6.2xlarge", "Location": "euw1-lax1-az1"},
        ],
    )
    session.prices(
        [product("g6.2xlarge", "0.0000000000", "1.0900000000"), product("m7i.large")],
        [product("m7i.metal-24xl", "5.6448000000")],
    )


def test_every_page_becomes_facts_that_the_catalog_prefers(
    session: StubbedSession, tmp_path: Path
) -> None:
    """Types without Macs, zones of the region only, prices above zero; with source and day."""
    answer_all(session)
    done = run(session, tmp_path / "cache")

    assert done.failures == ()
    assert [path.relative_to(tmp_path).as_posix() for path in done.written] == [
        "cache/types/eu-west-1.txt",
        "cache/offers/eu-west-1.txt",
        "cache/prices/eu-west-1.txt",
    ]
    catalog = Catalog(small_catalog(tmp_path / "packaged"), tmp_path / "cache")
    g6, trn1 = catalog.find("g6.2xlarge"), catalog.find("trn1.32xlarge")
    assert g6 is not None
    assert trn1 is not None
    assert (g6.arch, g6.cpu_manufacturer, g6.pods, g6.nvme_gb) == ("amd64", "amd", 58, 450)
    assert (g6.gpu_name, g6.gpu_count, g6.network_mbps, g6.ebs_mbps) == ("l4", 1, 5000, 5000)
    assert (trn1.neuron_devices, trn1.neuron_cores, trn1.efa) == (16, 32, 8)
    assert (trn1.accelerator_name, trn1.network_mbps, trn1.ebs_mbps) == ("trainium", 800000, None)
    assert catalog.find("mac2.metal") is None
    assert str(g6.source) == "EC2 DescribeInstanceTypes in eu-west-1, 2026-11-21"
    offered = catalog.offered(REGION)
    assert offered is not None
    assert offered.zones("g6.2xlarge") == ("euw1-az1", "euw1-az2")
    assert offered.all_zones == ("euw1-az1", "euw1-az2", "euw1-az3")
    found, metal = catalog.price(REGION, "g6.2xlarge"), catalog.price(REGION, "m7i.metal-24xl")
    assert found is not None
    assert metal is not None
    assert (found.per_hour, found.stands_in) == (Decimal("1.09"), False)
    assert metal.per_hour == Decimal("5.6448")
    assert catalog.price(REGION, "m7i.large") is None
    assert catalog.notes == ()


def test_the_price_list_is_asked_where_it_is(session: StubbedSession, tmp_path: Path) -> None:
    """It has an endpoint in few regions only."""
    answer_all(session)
    run(session, tmp_path)
    assert session.asked == [("ec2", REGION), ("ec2", REGION), ("pricing", "eu-central-1")]


def test_progress_is_told_after_each_page(session: StubbedSession, tmp_path: Path) -> None:
    """With what was read so far."""
    answer_all(session)
    told: list[tuple[Kind, str, int]] = []
    refresh(
        session,
        [REGION],
        folder=tmp_path,
        today=TODAY,
        progress=lambda kind, region, count: told.append((kind, region, count)),
    )
    assert told == [
        ("types", REGION, 2),
        ("types", REGION, 3),
        ("offers", REGION, 2),
        ("offers", REGION, 4),
        ("prices", REGION, 2),
        ("prices", REGION, 1),
    ]


def test_a_missing_permission_costs_only_what_needs_it(
    session: StubbedSession, tmp_path: Path
) -> None:
    """The former prices stay as they are, and the permission is named."""
    old = tmp_path / "prices/eu-west-1.txt"
    old.parent.mkdir()
    old.write_text("former", encoding="utf-8")
    session.types([G6])
    session.offers([{"InstanceType": "g6.2xlarge", "Location": "euw1-az1"}])
    session.refuse("pricing", "get_products", "AccessDeniedException")
    done = run(session, tmp_path)

    assert len(done.written) == 2
    (failure,) = done.failures
    assert failure.message == "cannot read prices of eu-west-1 from AWS"
    assert "AccessDeniedException" in failure.cause
    assert "pricing:GetProducts" in failure.hint
    assert old.read_text(encoding="utf-8") == "former"


def test_an_empty_or_strange_answer_replaces_nothing(
    session: StubbedSession, tmp_path: Path
) -> None:
    """No types at all is no fact, nor is a price list that is no JSON."""
    session.types([])
    session.offers([{"InstanceType": "g6.2xlarge", "Location": "euw1-az1"}])
    session.prices(["{"], [])
    done = refresh(session, [REGION], folder=tmp_path, today=TODAY)

    assert [path.parent.name for path in done.written] == ["offers"]
    assert [failure.cause.partition(":")[0] for failure in done.failures] == [
        "AWS answered that there are none",
        "the answer is not as expected",
    ]


def test_govcloud_has_no_price_api(session: StubbedSession, tmp_path: Path) -> None:
    """It is not asked for, and that is said."""
    session.types([G6])
    session.offers([{"InstanceType": "g6.2xlarge", "Location": "usgw1-az1"}])
    done = run(session, tmp_path, "us-gov-west-1")
    assert [failure.cause for failure in done.failures] == ["the price API does not know GovCloud"]


@pytest.mark.parametrize("region", ["../etc", "EU-west-1", "", "eu-west-1a"])
def test_what_is_no_region_is_not_asked_for(
    session: StubbedSession, tmp_path: Path, region: str
) -> None:
    """Nor does it become the name of a file."""
    done = run(session, tmp_path, region)
    assert session.asked == []
    assert len(done.failures) == 3
    assert done.written == ()
    assert list(tmp_path.rglob("*")) == []


def test_a_folder_that_cannot_be_written_is_said(session: StubbedSession, tmp_path: Path) -> None:
    """With the path and what to do."""
    answer_all(session)
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    done = run(session, tmp_path / "cache")
    assert len(done.failures) == 3
    assert done.failures[0].message.startswith(f"cannot write {tmp_path}")
    assert "JHUB_CACHE_DIR" in done.failures[0].hint


def test_where_the_account_is_not_known_nothing_more_is_asked(
    session: StubbedSession, tmp_path: Path
) -> None:
    """A region that is not enabled answers so; the next region is asked all the same."""
    session.refuse("ec2", "describe_instance_types", "AuthFailure")
    session.types([G6])
    done = refresh(
        session, ["eu-west-1", "us-west-2"], folder=tmp_path, today=TODAY, kinds=("types",)
    )
    (failure,) = done.failures

    assert "enable the region for the account" in failure.hint
    assert [each.region for each in done.files] == ["us-west-2"]


def test_credentials_that_have_expired_are_said_once(
    session: StubbedSession, tmp_path: Path
) -> None:
    """They are no better in another region."""
    session.refuse("ec2", "describe_instance_types", "ExpiredToken")
    done = refresh(session, ["eu-west-1", "us-west-2"], folder=tmp_path, today=TODAY)

    assert len(done.failures) == 1
    assert "aws sso login" in done.failures[0].hint
    assert len(session.asked) == 1
