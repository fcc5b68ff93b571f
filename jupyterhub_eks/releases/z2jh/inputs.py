"""What the AWS half gives to the hub; every string may be a Terraform token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class CognitoClient:
    """The hub as a client of its Cognito user pool.

    Attributes:
        client_id: Id of the app client.
        client_secret: Its secret; goes into a Kubernetes Secret and nowhere else.
        login_url: Base URL of the login page, without trailing slash.
    """

    client_id: str
    client_secret: str = field(repr=False)
    login_url: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """What users are told of one size of a profile that its configuration does not say.

    Attributes:
        price: What an hour of it costs, in words; empty: they are not told.
        minutes: About how long it takes to start where no machine has room; 0: not known, or
            room is kept ready.
        why: What takes so long.
    """

    price: str = ""
    minutes: int = 0
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class HubInputs:
    """What is known of AWS when the hub is installed.

    Attributes:
        file_system_id: ``fs-…``.
        home_access_point_id: ``fsap-…`` rooted at ``/home``.
        shared_access_point_id: ``fsap-…`` rooted at ``/shared``.
        certificate_arn: Certificate of the load balancer; empty without one.
        subnet_ids: Subnets of the load balancer: public ones if it is internet-facing.
        cognito: The client, with ``auth.type: cognito``.
        given: Other secrets that somebody else made, by their key in the hub's Secret; an
            empty one keeps what is there.
        told: What users are told besides, by slug of the profile, by slug of the size or,
            without sizes, by the empty text; see ``placement.told``.
    """

    file_system_id: str
    home_access_point_id: str
    shared_access_point_id: str
    certificate_arn: str = ""
    subnet_ids: tuple[str, ...] = ()
    cognito: CognitoClient | None = None
    given: Mapping[str, str] = field(default_factory=dict, repr=False)
    told: Mapping[str, Mapping[str, Told]] = field(default_factory=dict)
