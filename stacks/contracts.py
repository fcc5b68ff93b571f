"""What one stack hands to the next: frozen, typed, and nothing else.

Values are Terraform tokens. Reading one in another stack makes cdktf add a
``terraform_remote_state`` there, and with it the dependency in the manifest.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NetworkOutputs:
    """The VPC, made or adopted.

    Attributes:
        vpc_id: Id of the VPC.
        private_subnet_ids: Routable private subnets, one per zone: control-plane
            interfaces, mount targets, internal load balancers.
        node_subnet_ids: Subnets of nodes and pods, one per zone: the private ones,
            or those of the secondary address range.
        public_subnet_ids: Subnets of internet-facing load balancers; may be empty
            in an adopted VPC.
    """

    vpc_id: str
    private_subnet_ids: tuple[str, ...]
    node_subnet_ids: tuple[str, ...]
    public_subnet_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ClusterOutputs:
    """The EKS cluster.

    Attributes:
        cluster_name: Name of the cluster, which is that of the deployment.
        endpoint: URL of the Kubernetes API.
        certificate_authority: Base64 PEM of the API's authority.
        security_group_id: Security group that EKS made for control plane and nodes;
            every node of the deployment carries it.
        version: Kubernetes minor version, e.g. ``1.36``.
    """

    cluster_name: str
    endpoint: str
    certificate_authority: str
    security_group_id: str
    version: str


@dataclass(frozen=True, kw_only=True)
class StorageOutputs:
    """The file system and its two doors.

    Attributes:
        file_system_id: ``fs-…``.
        home_access_point_id: ``fsap-…`` rooted at ``/home``.
        shared_access_point_id: ``fsap-…`` rooted at ``/shared``.
        security_group_id: Group of the mount targets, made without any rule.
    """

    file_system_id: str
    home_access_point_id: str
    shared_access_point_id: str
    security_group_id: str


@dataclass(frozen=True, kw_only=True)
class IdentityOutputs:
    """The Cognito pool and its OAuth client.

    Attributes:
        user_pool_id: Id of the user pool.
        client_id: Id of the app client.
        client_secret: Its secret; sensitive, never an output of its own.
        login_url: Base URL of the login page, without trailing slash.
        issuer: OpenID Connect issuer URL.
    """

    user_pool_id: str
    client_id: str
    client_secret: str
    login_url: str
    issuer: str


@dataclass(frozen=True, kw_only=True)
class InterruptionOutputs:
    """The queue that tells Karpenter of instances about to go.

    Attributes:
        queue_name: Name of the queue (chart value ``interruptionQueue``).
        queue_arn: Its ARN.
    """

    queue_name: str
    queue_arn: str


@dataclass(frozen=True, kw_only=True)
class KarpenterOutputs:
    """The AWS side of Karpenter and of the load-balancer controller.

    Attributes:
        node_role_name: Role of the nodes that Karpenter starts.
        instance_profile_name: Profile of that role, for ``EC2NodeClass.spec.instanceProfile``.
        load_balancer_service_account: Service account in ``kube-system`` to which the
            load-balancer controller's role is bound.
    """

    node_role_name: str
    instance_profile_name: str
    load_balancer_service_account: str


@dataclass(frozen=True, kw_only=True)
class CertificateOutputs:
    """The certificate of the hub's domain.

    Attributes:
        arn: Its ARN; known, where ``is_issued``, only once the certificate is issued.
        is_issued: Whether the stack waits for that; else somebody has to make a record.
    """

    arn: str
    is_issued: bool
