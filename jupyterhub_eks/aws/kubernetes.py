"""The Kubernetes side of an account: where a cluster's API is, and its load balancers."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.aws.session import Clients, explain
from jupyterhub_eks.aws.token import make_token
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Written by the load-balancer controller on everything it makes (its docs, "Tags").
CLUSTER_TAG: Final = "elbv2.k8s.aws/cluster"
# DescribeTags takes so many at a time.
_TAGS_AT_ONCE: Final = 20


@dataclass(frozen=True, kw_only=True)
class ClusterAddress:
    """Where the API of an EKS cluster is.

    Attributes:
        server: ``https://…``.
        certificate_authority: PEM of the API's authority.
    """

    server: str
    certificate_authority: str


@dataclass(frozen=True)
class EksClusters:
    """The clusters of an account in a region.

    Attributes:
        region: Region.
        env: Variables of the target (:attr:`jupyterhub_eks.ports.Target.env`).
    """

    region: str
    env: Mapping[str, str] = field(repr=False)

    @cached_property
    def _clients(self) -> Clients:
        return Clients(self.region, self.env)

    def find(self, name: str) -> ClusterAddress | None:
        """Return where a cluster's API is, or None if there is no such cluster.

        Raises:
            PreflightError: EKS cannot be asked.
        """
        client = self._clients.get("eks")
        try:
            cluster: dict[str, Any] = client.describe_cluster(name=name)["cluster"]
        except client.exceptions.ResourceNotFoundException:
            return None
        except Exception as error:
            raise explain(error, f"describe the EKS cluster {name}") from error
        authority = cluster.get("certificateAuthority", {}).get("data", "")
        return ClusterAddress(
            server=cluster["endpoint"],
            certificate_authority=base64.b64decode(authority).decode(),
        )

    def token(self, name: str) -> str:
        """Return a token for the API of a cluster.

        Raises:
            PreflightError: There are no credentials.
        """
        return make_token(name, self.region, self.env).text

    def load_balancers(self, name: str) -> tuple[Resource, ...]:
        """Return the load balancers that the controller in a cluster has made.

        Raises:
            PreflightError: Elastic Load Balancing cannot be asked.
        """
        client = self._clients.get("elbv2")
        try:
            return tuple(_load_balancers(client, name))
        except Exception as error:
            raise explain(error, "list load balancers") from error


def _load_balancers(client: Any, name: str) -> Iterator[Resource]:
    pages = client.get_paginator("describe_load_balancers").paginate()
    arns = [each["LoadBalancerArn"] for page in pages for each in page["LoadBalancers"]]
    for start in range(0, len(arns), _TAGS_AT_ONCE):
        answer = client.describe_tags(ResourceArns=arns[start : start + _TAGS_AT_ONCE])
        for described in answer["TagDescriptions"]:
            tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
            if tags.get(CLUSTER_TAG) == name:
                yield Resource("elbv2", "load-balancer", described["ResourceArn"])
