"""The ``jhub.yaml`` that ``jhub init`` writes: what was answered, and comments on the rest.

The other file comes from :mod:`jupyterhub_eks.config.profiles_template`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from jupyterhub_eks.config.deployment import DEFAULT_NAME
from jupyterhub_eks.config.logins.presets import PRESETS, user_example
from jupyterhub_eks.config.placeholders import PLACEHOLDER
from jupyterhub_eks.config.profiles_template import render_profiles_yaml
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["AuthType", "GpuPool", "InitAnswers", "render_jhub_yaml", "render_profiles_yaml"]

AuthType = Literal["dummy", "cognito", "oauth", "native", "custom"]
GpuPool = Literal["gpu-shared", "gpu"]


@dataclass(frozen=True, kw_only=True)
class InitAnswers:
    """What ``jhub init`` asks; the defaults make a valid trial deployment.

    Attributes:
        name: Name of the deployment.
        region: AWS region.
        account: 12-digit account; any other is refused later.
        auth: Login method.
        domain: Host name of the hub; needed for ``cognito`` and ``oauth``.
        hosted_zone: Route 53 zone for its record and certificate.
        admins: Hub administrators; e-mail addresses with ``cognito``.
        allow_users: Users that may log in, besides the administrators.
        allow_groups: Groups that may log in; empty means ``users`` for ``cognito``.
        allow_domains: E-mail domains that may log in.
        provider: Preset of the ``oauth`` provider.
        issuer: Its issuer URL, where the preset needs one.
        client_id: Client id it issued. The secret is never asked here.
        authenticator: Path of the class, for ``custom``.
        public_access_cidrs: Networks from which the cluster API can be reached.
        gpu_pools: GPU pools to offer: ``gpu-shared`` (time-slicing), ``gpu`` (whole).
        team_state: Keep Terraform's state in S3, for teams and CI.
        schema_dir: Folder of the JSON Schemas, relative to the file.
    """

    name: str = DEFAULT_NAME
    region: str = "us-west-2"
    account: str | None = None
    auth: AuthType = "dummy"
    domain: str | None = None
    hosted_zone: str | None = None
    admins: tuple[str, ...] = ()
    allow_users: tuple[str, ...] = ()
    allow_groups: tuple[str, ...] = ()
    allow_domains: tuple[str, ...] = ()
    provider: str = "oidc"
    issuer: str | None = None
    client_id: str | None = None
    authenticator: str | None = None
    public_access_cidrs: tuple[str, ...] = ()
    gpu_pools: tuple[GpuPool, ...] = ()
    team_state: bool = False
    schema_dir: str = ".jhub/schema"


def render_jhub_yaml(answers: InitAnswers) -> str:
    """Return ``jhub.yaml`` with the answers, and a comment for what else can be set."""
    lines = [
        f"# yaml-language-server: $schema={answers.schema_dir}/jhub.schema.json",
        "# One JupyterHub on Amazon EKS. Every key has a default; check with: jhub validate",
        "",
        f"name: {as_yaml(answers.name)}    # EKS cluster, prefix and tag of every resource; stays",
        f"region: {as_yaml(answers.region)}",
        *_account(answers),
        "",
        *_auth(answers),
        "",
        *_access(answers),
        "",
        *_cluster(answers),
        "",
        *_REST,
        *_state(answers),
    ]
    return "\n".join(lines) + "\n"


def _account(answers: InitAnswers) -> Iterator[str]:
    if answers.account:
        yield f"account: {as_yaml(answers.account)}    # any other AWS account is refused"
    else:
        yield '# account: "123456789012"    # refuse any other AWS account'
    yield "# tags: {team: research}        # on every resource, e.g. for the bill"


def _auth(answers: InitAnswers) -> Iterator[str]:
    yield _AUTH_COMMENTS[answers.auth]
    yield "auth:"
    yield f"  type: {answers.auth}"
    if answers.auth == "oauth":
        yield f"  provider: {as_yaml(answers.provider)}"
        if answers.issuer:
            yield f"  issuer: {as_yaml(answers.issuer)}"
        elif example := PRESETS[answers.provider].issuer:
            yield f"  issuer: https://{PLACEHOLDER}    # e.g. {example}"
        yield f"  client_id: {as_yaml(answers.client_id or PLACEHOLDER)}"
    if answers.auth == "custom":
        yield f"  authenticator: {as_yaml(answers.authenticator or f'{PLACEHOLDER}.Class')}"
    if answers.admins:
        yield f"  admins: {as_yaml(answers.admins)}"
    elif answers.auth in ("oauth", "native", "custom"):
        yield f"  admins: [{PLACEHOLDER}]"
    else:
        person = user_example(answers.auth, None)
        yield f"  # admins: [{person}]    # hub administrators; may always log in"
    yield from _allow(answers)


def _allow(answers: InitAnswers) -> Iterator[str]:
    if answers.auth == "dummy":
        return
    if answers.auth == "native":
        yield "  allow: {everyone: true}    # everyone whom an administrator has approved"
        return
    groups = answers.allow_groups
    if answers.auth == "cognito" and not answers.allow_domains:
        groups = groups or ("users",)
    extra = [group for group in groups if group not in ("users", "admins")]
    if answers.auth == "cognito" and extra:
        yield f"  groups: {as_yaml(extra)}    # made besides `users` and `admins`"
    rules = []
    if answers.allow_users:
        rules.append(f"users: {as_yaml(answers.allow_users)}")
    if groups:
        rules.append(f"groups: {as_yaml(groups)}")
    if answers.allow_domains:
        rules.append(f"domains: {as_yaml(answers.allow_domains)}")
    yield f"  allow: {{{', '.join(rules) or f'users: [{PLACEHOLDER}]'}}}"


_AUTH_COMMENTS: Final[dict[AuthType, str]] = {
    "dummy": "# One shared password, over port-forward only. Real users: cognito, oauth or native.",
    "cognito": "# An Amazon Cognito user pool of its own. Nobody can register; administrators add\n"
    "# users to its groups `users` and `admins`.",
    "oauth": "# Your identity provider. The client secret belongs in no file; it is asked for.",
    "native": "# Users sign up on the hub, an administrator approves them.",
    "custom": "# A class of your own, which is in the hub's image. Its settings: `config`.",
}


def _access(answers: InitAnswers) -> Iterator[str]:
    domain = answers.domain
    if domain is None and answers.auth in ("cognito", "oauth"):
        domain = f"{PLACEHOLDER}.example.org"
    if domain is None:
        yield "# access:"
        yield "#   domain: hub.example.org    # makes the hub public; needs a real login"
        return
    yield "access:"
    yield f"  domain: {as_yaml(domain)}"
    if answers.hosted_zone:
        yield f"  hosted_zone: {as_yaml(answers.hosted_zone)}    # Route 53: record, certificate"
    else:
        parent = domain.split(".", 1)[-1] if PLACEHOLDER not in domain else "example.org"
        yield f"  # hosted_zone: {parent}    # Route 53: DNS record and certificate are made there"
    yield "  # visibility: internal    # reachable inside the network only"


def _cluster(answers: InitAnswers) -> Iterator[str]:
    yield "# Who reaches the cluster's API over the internet; without networks it is private, and"
    yield "# the Kubernetes half must be deployed from inside the VPC."
    if answers.public_access_cidrs:
        yield "cluster:"
        yield f"  public_access_cidrs: {as_yaml(answers.public_access_cidrs)}"
        yield "  # admins: [arn:aws:iam::123456789012:role/Admin]    # besides whoever deploys"
    else:
        yield "# cluster:"
        yield "#   public_access_cidrs: [203.0.113.0/24]"
        yield "#   admins: [arn:aws:iam::123456789012:role/Admin]    # besides whoever deploys"


_REST: Final = (
    "# network: {nat: per-zone}       # a NAT gateway per zone, for production",
    "# storage: {backup_days: 90}     # daily backups of all files, kept for so many days",
    "# idle: {server_minutes: 120}    # stop a server after so long without activity",
)


def _state(answers: InitAnswers) -> Iterator[str]:
    if not answers.team_state:
        yield "# state: {backend: s3, bucket: my-terraform-state}    # for teams and CI"
    elif answers.account:
        yield "state: {backend: s3}    # the bucket is made on first use"
    else:
        yield f"state: {{backend: s3, bucket: {PLACEHOLDER.lower()}-state}}"
