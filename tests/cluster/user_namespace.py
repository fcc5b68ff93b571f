"""A namespace with what pods of users refer to, as the charts of stack ``hub`` make it."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from lightkube.codecs import from_dict
from lightkube.resources.core_v1 import Namespace
from lightkube.resources.scheduling_v1 import PriorityClass

from jupyterhub_eks.local.cluster import user_objects
from jupyterhub_eks.releases.z2jh.names import HOME_CLAIM, SHARED_CLAIM
from tests.support.hub_configuration import PRIORITY, PRIORITY_CLASS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightkube import Client

_CLAIMS: Final = (HOME_CLAIM, SHARED_CLAIM)


@contextmanager
def user_namespace(client: Client) -> Iterator[str]:
    """Have a namespace with bound claims and an account, and the class of priority of its pods."""
    name = f"jhub-users-{uuid.uuid4().hex[:8]}"
    try:
        client.apply(from_dict(user_objects.priority_class(PRIORITY_CLASS, PRIORITY)), force=True)
        client.create(from_dict(user_objects.namespace(name)))
        user_objects.add_claims(client, name, _CLAIMS)
        user_objects.await_account(client, name)
        yield name
    finally:
        client.delete(Namespace, name)
        user_objects.remove_volumes(client, name)
        client.delete(PriorityClass, PRIORITY_CLASS)
