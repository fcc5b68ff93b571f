"""Rules for ``access``: exposure fits the login, and names fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.arns import certificate_findings
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.names import host_hint, is_host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile

_DOMAIN: Path = ("access", "domain")
_VISIBILITY: Path = ("access", "visibility")
# AWS Certificate Manager: the first name of a certificate is its common name.
_MAX_CERTIFICATE_NAME: Final = 64
_REDIRECTING: Final = frozenset({"cognito", "oauth"})


def access_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about domain, zone, certificate and exposure."""
    yield from _names(settings)
    yield from _exposure(settings)
    arn = settings.access.certificate_arn
    if arn:
        yield from certificate_findings(("access", "certificate_arn"), arn, settings)


def _names(settings: DeploymentFile) -> Iterator[Finding]:
    access = settings.access
    domain, zone = access.domain, access.hosted_zone
    for path, name, example in (
        (_DOMAIN, domain, "hub.example.org"),
        (("access", "hosted_zone"), zone, "example.org"),
    ):
        if name is not None and not is_host(name):
            yield Finding(
                path=path,
                message=f"`{path[-1]}: {name}` is not a host name",
                hint=host_hint(f"{path[-1]}: ", name, example),
            )
    if domain and len(domain) > _MAX_CERTIFICATE_NAME and not access.certificate_arn:
        yield Finding(
            path=_DOMAIN,
            message=f"`domain` has {len(domain)} characters; a certificate is issued for up to "
            f"{_MAX_CERTIFICATE_NAME}",
            hint="choose a shorter name, or give an existing `certificate_arn`",
        )
    if zone and is_host(zone) and domain and is_host(domain):
        if f".{domain}".endswith(f".{zone}"):
            return
        parent = domain.split(".", 1)[1]
        yield Finding(
            path=("access", "hosted_zone"),
            message=f"`{domain}` does not lie in `hosted_zone: {zone}`",
            hint=f"write e.g. `hosted_zone: {parent}`",
            also=(_DOMAIN,),
        )
    elif zone and not domain:
        yield Finding(
            path=("access", "hosted_zone"),
            message="`hosted_zone` is not used without a `domain`",
            hint=f"add `domain: hub.{zone}`",
            also=(_DOMAIN,),
            severity="warning",
        )


def _exposure(settings: DeploymentFile) -> Iterator[Finding]:
    access, kind = settings.access, settings.auth.type
    exposed = access.effective_visibility != "port-forward"
    if kind == "dummy" and exposed:
        yield Finding(
            path=_VISIBILITY if access.visibility else _DOMAIN,
            message="`type: dummy` has one password for everybody, and the hub would be "
            f"{access.effective_visibility}",
            hint="use another login, e.g. `auth: {type: cognito}` (on the command line: "
            "--auth cognito), or write `access: {visibility: port-forward}`",
            also=(("auth", "type"),),
        )
    elif kind in _REDIRECTING and not access.domain:
        yield Finding(
            path=_DOMAIN,
            message=f"`type: {kind}` needs a domain: after the login the browser is sent back "
            "to it",
            hint="add `access: {domain: hub.example.org}` (on the command line: "
            "--domain hub.example.org)",
            also=(("auth", "type"), _VISIBILITY),
        )
    elif kind in _REDIRECTING and not exposed:
        yield Finding(
            path=_VISIBILITY,
            message=f"`type: {kind}` sends the browser to https://{access.domain}, which "
            "`port-forward` does not serve",
            hint="write `visibility: internal` or `public`",
            also=(("auth", "type"), _DOMAIN),
        )
    elif exposed and not access.domain:
        yield Finding(
            path=_DOMAIN,
            message=f"`visibility: {access.visibility}` needs a domain for its certificate",
            hint="add `domain: hub.example.org` under `access`",
            also=(_VISIBILITY,),
        )
