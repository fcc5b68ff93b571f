"""The command lines of the components of a control plane."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from jupyterhub_eks.local.cluster import pki
from jupyterhub_eks.local.cluster.plan import (
    API,
    AUTHENTICATOR,
    CONTROLLERS,
    ETCD,
    ETCD_PEER,
    KWOK,
    NAMES,
    SCHEDULER,
    Component,
    Plan,
)

DATA: Final = Path(__file__).resolve().parent / "data"
# EKS takes this one where the VPC is in 10.0.0.0/8 (EKS user guide, "Service IPv4 range").
SERVICE_CIDR: Final = "172.20.0.0/16"
POD_CIDR: Final = "10.244.0.1/16"
ISSUER: Final = "https://kubernetes.default.svc.cluster.local"
FAKE_NODE: Final = "kwok.x-k8s.io/node=fake"
# A refused or revoked token is refused again soon; Helm asks dozens of times in a row.
_TOKEN_CACHE: Final = "10s"  # noqa: S105 - a time


def components(plan: Plan) -> tuple[Component, ...]:
    """Return the components of a control plane in the order of their start."""
    makers = {
        ETCD: _etcd,
        AUTHENTICATOR: _authenticator,
        API: _api_server,
        CONTROLLERS: _controller_manager,
        SCHEDULER: _scheduler,
        KWOK: _kwok,
    }
    wanted = [name for name in NAMES if name != AUTHENTICATOR or plan.authenticator]
    return tuple(makers[name](plan) for name in wanted)


def _flags(**values: object) -> tuple[str, ...]:
    """Return ``--a-flag=value`` for each keyword ``a_flag``."""
    return tuple(f"--{name.replace('_', '-')}={value}" for name, value in values.items())


def _component(
    plan: Plan, name: str, flags: tuple[str, ...], *inputs: Path, health: str = ""
) -> Component:
    return Component(
        name=name,
        argv=(str(plan.build.path(name)), *flags),
        inputs=(plan.files.pki / pki.COMPLETE, *inputs),
        health=health or plan.url(name, "/healthz"),
    )


def _etcd(plan: Plan) -> Component:
    peer = f"https://127.0.0.1:{plan.ports[ETCD_PEER]}"
    certificate, key = plan.certificate("etcd"), plan.key("etcd")
    authority = plan.certificate(pki.ETCD_CA)
    flags = _flags(
        name="local",
        data_dir=plan.files.data,
        listen_client_urls=plan.url(ETCD),
        advertise_client_urls=plan.url(ETCD),
        cert_file=certificate,
        key_file=key,
        trusted_ca_file=authority,
        client_cert_auth="true",
        listen_peer_urls=peer,
        initial_advertise_peer_urls=peer,
        initial_cluster=f"local={peer}",
        peer_cert_file=certificate,
        peer_key_file=key,
        peer_trusted_ca_file=authority,
        peer_client_cert_auth="true",
        # What is written survives the end of every process. A power cut may lose it, as it
        # does with the embedded AWS; waiting for the disk makes everything several times slower.
        unsafe_no_fsync="true",
        auto_compaction_retention="1h",
        log_level="warn",
    )
    return Component(
        name=ETCD,
        argv=(str(plan.build.path(ETCD)), *flags),
        inputs=(plan.files.pki / pki.COMPLETE,),
        health=plan.url(ETCD, "/health"),
        authority=pki.ETCD_CA,
        client="etcd-client",
    )


def _authenticator(plan: Plan) -> Component:
    return Component(
        name=AUTHENTICATOR,
        argv=(
            sys.executable,
            "-m",
            "jupyterhub_eks.local.cluster.authenticator",
            *_flags(
                port=plan.ports[AUTHENTICATOR],
                certificate=plan.certificate(AUTHENTICATOR),
                key=plan.key(AUTHENTICATOR),
                clients=plan.certificate(pki.API_CA),
            ),
            *plan.authenticator,
        ),
        inputs=(plan.files.pki / pki.COMPLETE,),
        health=plan.url(AUTHENTICATOR, "/healthz"),
        client="authenticator-client",
    )


def _api_server(plan: Plan) -> Component:
    flags = _flags(
        bind_address="127.0.0.1",
        secure_port=plan.ports[API],
        advertise_address="127.0.0.1",
        # The address of the machine itself may not be an endpoint of the service `kubernetes`.
        endpoint_reconciler_type="none",
        tls_cert_file=plan.certificate("apiserver"),
        tls_private_key_file=plan.key("apiserver"),
        client_ca_file=plan.certificate(pki.API_CA),
        etcd_servers=plan.url(ETCD),
        etcd_cafile=plan.certificate(pki.ETCD_CA),
        etcd_certfile=plan.certificate("etcd-client"),
        etcd_keyfile=plan.key("etcd-client"),
        authorization_mode="Node,RBAC",
        enable_admission_plugins="NodeRestriction",
        allow_privileged="true",
        service_cluster_ip_range=SERVICE_CIDR,
        service_account_issuer=ISSUER,
        service_account_key_file=pki.public_key(plan.files.pki, pki.ACCOUNTS),
        service_account_signing_key_file=plan.key(pki.ACCOUNTS),
        requestheader_client_ca_file=plan.certificate(pki.PROXY_CA),
        requestheader_allowed_names="kube-apiserver-proxy",
        requestheader_extra_headers_prefix="X-Remote-Extra-",
        requestheader_group_headers="X-Remote-Group",
        requestheader_username_headers="X-Remote-User",
        proxy_client_cert_file=plan.certificate("proxy"),
        proxy_client_key_file=plan.key("proxy"),
        audit_policy_file=DATA / "audit-policy.yaml",
        audit_log_path=plan.files.audit,
        audit_log_maxsize=256,
        audit_log_maxbackup=2,
        profiling="false",
    )
    inputs = [DATA / "audit-policy.yaml"]
    if plan.authenticator:
        flags += _flags(
            authentication_token_webhook_config_file=plan.webhook,
            authentication_token_webhook_version="v1",  # noqa: S106 - an API version
            authentication_token_webhook_cache_ttl=_TOKEN_CACHE,
        )
        inputs.append(plan.webhook)
    return _component(plan, API, flags, *inputs, health=plan.url(API, "/readyz"))


def _client_flags(plan: Plan, name: str, certificate: str) -> tuple[str, ...]:
    config = plan.kubeconfig(name)
    return _flags(
        kubeconfig=config,
        authentication_kubeconfig=config,
        authorization_kubeconfig=config,
        leader_elect="false",
        bind_address="127.0.0.1",
        secure_port=plan.ports[name],
        tls_cert_file=plan.certificate(certificate),
        tls_private_key_file=plan.key(certificate),
        profiling="false",
    )


def _controller_manager(plan: Plan) -> Component:
    flags = _client_flags(plan, CONTROLLERS, "controller-manager") + _flags(
        use_service_account_credentials="true",
        service_account_private_key_file=plan.key(pki.ACCOUNTS),
        root_ca_file=plan.certificate(pki.API_CA),
        service_cluster_ip_range=SERVICE_CIDR,
    )
    return _component(plan, CONTROLLERS, flags, plan.kubeconfig(CONTROLLERS))


def _scheduler(plan: Plan) -> Component:
    flags = _client_flags(plan, SCHEDULER, "scheduler")
    return _component(plan, SCHEDULER, flags, plan.kubeconfig(SCHEDULER))


def _kwok(plan: Plan) -> Component:
    flags = _flags(
        kubeconfig=plan.kubeconfig(KWOK),
        config=DATA / "stages.yaml",
        manage_all_nodes="false",
        manage_nodes_with_annotation_selector=FAKE_NODE,
        cidr=POD_CIDR,
        node_ip="127.0.0.1",
        node_lease_duration_seconds=40,
        server_address=f"127.0.0.1:{plan.ports[KWOK]}",
    )
    return _component(
        plan,
        KWOK,
        flags,
        plan.kubeconfig(KWOK),
        DATA / "stages.yaml",
        health=f"http://127.0.0.1:{plan.ports[KWOK]}/healthz",  # it serves no certificate here
    )
