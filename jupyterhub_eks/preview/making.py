"""Make what the hub is told of the deployment and of what was asked for. Pure."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import UsageError
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.told import told_of
from jupyterhub_eks.preview.document import LOOPBACK, Document
from jupyterhub_eks.releases.hub import JUPYTERHUB
from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.releases.z2jh import names
from jupyterhub_eks.releases.z2jh.slugs import slugs
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.preview.document import SizeFacts
    from jupyterhub_eks.preview.files import PreviewFiles

# Keys under which a volume or the chart names a claim.
_NAMING: Final = frozenset({"claimName", "pvcName"})


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How a preview is to behave.

    Attributes:
        unavailable: Slugs of profiles for which AWS has no machine.
        full: Slugs of profiles whose pool has reached its limit.
        cull_after: Seconds without activity after which servers end; None: as configured.
        real_time: Whether a start takes as long as on AWS.
    """

    unavailable: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    cull_after: int | None = None
    real_time: bool = False


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where things listen, on loopback only.

    Attributes:
        public: The proxy, which people open.
        hub: JupyterHub.
        proxy_api: Where the proxy is told of routes.
        token: What the proxy wants to be told; a secret.
        hub_host: Address on which JupyterHub listens.
    """

    public: int
    hub: int
    proxy_api: int
    token: str = field(repr=False)
    hub_host: str = LOOPBACK

    @property
    def url(self) -> str:
        """What people open, without trailing slash."""
        return f"http://{LOOPBACK}:{self.public}"


@dataclass(frozen=True, kw_only=True)
class Login:
    """What is put in place of the identity provider.

    Attributes:
        values: Of the chart, led to loopback.
        environment: Variables of the hub.
        provider: URL of the stand-in; empty without one.
    """

    values: Mapping[str, Any]
    environment: Mapping[str, str] = field(repr=False)
    provider: str = ""


def hub_values(deployment: Deployment) -> dict[str, Any]:
    """Return the values of the hub's chart, with placeholders for what only AWS knows.

    Raises:
        ConfigError: The login's provider cannot do what the allow rules ask.
    """
    told = told_of(deployment, catalog())
    releases = {each.name: each for each in all_releases(deployment, told)}
    return copy.deepcopy(dict(releases[JUPYTERHUB].values))


def claims_of(values: Any) -> tuple[str, ...]:
    """Return the names of all claims that values name, the project's own first."""
    own = (names.HOME_CLAIM, names.SHARED_CLAIM)
    return tuple(dict.fromkeys((*own, *_claims(values))))


def titles_of(deployment: Deployment) -> dict[str, str]:
    """Return the profiles' names as `profiles.yaml` has them, by slug."""
    titles = [profile.name for profile in deployment.profiles.profiles]
    return dict(zip(slugs(titles), titles, strict=True))


def with_slugs(wishes: Wishes, titles: Mapping[str, str]) -> Wishes:
    """Return the wishes with slugs where profiles were named as in `profiles.yaml`.

    Args:
        wishes: With profiles as they were typed.
        titles: Names of all profiles, by slug.

    Raises:
        UsageError: There is no such profile.
    """
    return replace(
        wishes,
        unavailable=tuple(_slug("--unavailable", each, titles) for each in wishes.unavailable),
        full=tuple(_slug("--full", each, titles) for each in wishes.full),
    )


def _slug(option: str, named: str, titles: Mapping[str, str]) -> str:
    """Return the slug of a profile that is named by it or by its title."""
    by_title = {title: slug for slug, title in titles.items()}
    slug = named if named in titles else by_title.get(named)
    if slug is None:
        raise UsageError(
            f"{option} {named}: there is no profile of that name",
            hint=did_you_mean(named, titles),
        )
    return slug


def make_document(
    deployment: Deployment,
    login: Login,
    ports: Ports,
    files: PreviewFiles,
    facts: dict[str, dict[str, SizeFacts]],
    wishes: Wishes,
) -> Document:
    """Return what the hub is told.

    Args:
        deployment: Both files.
        login: Values and variables as the stand-in wants them.
        ports: Where things listen.
        files: Where the state lies.
        facts: By slug of the profile and of the size.
        wishes: What was asked for.
    """
    values = dict(login.values)
    return Document(
        name=deployment.settings.name,
        namespace=HUB_NAMESPACE,
        values=values,
        environment=dict(login.environment),
        url=ports.url,
        hub_port=ports.hub,
        proxy_api_port=ports.proxy_api,
        proxy_token=ports.token,
        state=str(files.home),
        claims={name: str(files.claim(name)) for name in claims_of(values)},
        facts=facts,
        unavailable=list(wishes.unavailable),
        full=list(wishes.full),
        cull_after=wishes.cull_after,
        real_time=wishes.real_time,
        provider=login.provider,
    )


def _claims(values: Any) -> Iterator[str]:
    match values:
        case dict():
            for key, value in values.items():
                if key in _NAMING and isinstance(value, str):
                    yield value
                else:
                    yield from _claims(value)
        case list():
            for each in values:
                yield from _claims(each)
        case _:
            return
