"""The hub's own objects in the cluster, as charts ``hub-base`` and ``jupyterhub`` name them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.cluster_port import ClusterObject, Kind
from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from jupyterhub_eks.releases.z2jh.names import LOGIN_SECRET
from jupyterhub_eks.releases.z2jh.services import HUB_SECRET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterhub_eks.cluster_port import ClusterApi

SECRET: Final = Kind("", "v1", "Secret", "secrets")
DEPLOYMENT: Final = Kind("apps", "v1", "Deployment", "deployments")
_POD: Final = Kind("", "v1", "Pod", "pods")
# On the pods of a Deployment: the time of the newest secrets that they were started for.
SECRETS_OF: Final = "jhub/secrets-of"
# Selects the hub's pod, as the chart labels it.
_HUB: Final = {"app": "jupyterhub", "component": "hub"}


def find_secret(api: ClusterApi, name: str) -> ClusterObject | None:
    """Return a Secret of the hub's namespace, if it is there."""
    found = api.list(SECRET, namespace=HUB_NAMESPACE)
    return next((each for each in found if each.name == name), None)


def login_secret(api: ClusterApi) -> ClusterObject | None:
    """Return the Secret with the passwords and client secrets of the login."""
    return find_secret(api, LOGIN_SECRET)


def contents(secret: ClusterObject | None) -> dict[str, str]:
    """Return what a Secret holds; nothing if there is none."""
    data = secret.body.get("data") or {} if secret else {}
    return {key: base64.b64decode(text).decode(errors="replace") for key, text in data.items()}


def deployed_client(api: ClusterApi) -> str:
    """Return the id by which the deployed hub is known to its provider; empty: to none."""
    import yaml  # noqa: PLC0415 - takes time, and few logins have a client

    values = contents(find_secret(api, HUB_SECRET)).get("values.yaml", "")
    found = yaml.safe_load(values) if values else {}
    sections = (found.get("hub") or {}).get("config") or {}
    ids = (settings.get("client_id") for settings in sections.values() if settings)
    return next((str(each) for each in ids if each), "")


def write_contents(
    api: ClusterApi, secret: ClusterObject, new: Mapping[str, str], notes: Mapping[str, str]
) -> None:
    """Change keys of a Secret, then its annotations.

    Helm 4 applies its objects on the server, where each value belongs to who set it, and
    would refuse to change one of ours. So values are set in the name of who applies the
    Secret, whose they stay; annotations are ours.
    """
    data = {key: base64.b64encode(text.encode()).decode() for key, text in new.items()}
    manager = applier(secret)
    annotations = {"metadata": {"annotations": dict(notes)}}
    if not manager:
        api.merge(SECRET, secret, {"data": data, **annotations})
        return
    metadata: dict[str, Any] = {"name": secret.name, "namespace": secret.namespace}
    own = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": secret.body.get("type", "Opaque"),
        "metadata": {
            **metadata,
            "labels": dict(secret.labels),
            "annotations": dict(secret.annotations),
        },
        "data": {**(secret.body.get("data") or {}), **data},
    }
    api.apply(SECRET, secret, own, manager)
    api.merge(SECRET, secret, annotations)


def applier(secret: ClusterObject) -> str:
    """Return who applies a Secret on the server; empty: nobody."""
    managers: Iterable[Mapping[str, Any]] = (
        secret.body.get("metadata", {}).get("managedFields") or ()
    )
    applied = (each for each in managers if each.get("operation") == "Apply")
    return next((str(each["manager"]) for each in applied if "f:data" in each["fieldsV1"]), "")


def restart(api: ClusterApi, name: str, since: str) -> bool:
    """Let a Deployment start its pods anew for secrets of a time; return whether it had to.

    Args:
        api: The cluster.
        name: The Deployment.
        since: Time of the newest of its secrets, ISO 8601.
    """
    found = api.list(DEPLOYMENT, namespace=HUB_NAMESPACE)
    deployment = next((each for each in found if each.name == name), None)
    if deployment is None or started_for(deployment) >= since:
        return False
    annotations = {"annotations": {SECRETS_OF: since}}
    api.merge(DEPLOYMENT, deployment, {"spec": {"template": {"metadata": annotations}}})
    return True


def started_for(deployment: ClusterObject) -> str:
    """Return the time of the newest secrets that a Deployment was restarted for; empty: never."""
    template = deployment.body.get("spec", {}).get("template", {})
    annotations = template.get("metadata", {}).get("annotations") or {}
    return str(annotations.get(SECRETS_OF, ""))


def restart_for_login(api: ClusterApi) -> bool:
    """Restart a hub that was started before the login's Secret was changed; return whether.

    The hub reads that Secret as variables when it starts, and nothing else restarts it.
    """
    secret = login_secret(api)
    changed = changed_at(secret) if secret else ""
    pods = api.list(_POD, namespace=HUB_NAMESPACE, labels=_HUB)
    older = [each for each in pods if not each.is_going and _made_at(each) < changed]
    return bool(older) and restart(api, "hub", changed)


def changed_at(secret: ClusterObject) -> str:
    """Return when a value of a Secret was last changed, by the second."""
    managers = secret.body.get("metadata", {}).get("managedFields") or ()
    times = [str(each.get("time", "")) for each in managers if "f:data" in each["fieldsV1"]]
    return max(times, default=_made_at(secret))


def _made_at(found: ClusterObject) -> str:
    return str(found.body.get("metadata", {}).get("creationTimestamp") or "")
