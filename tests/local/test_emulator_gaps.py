"""Each gap of the bare emulator, and that the embedded AWS covers it as AWS behaves.

When a test named ``bare_emulator…`` fails, the emulator has learnt the call and
the gap's module can go.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jupyterhub_eks.aws.session import Clients, error_code

REGION = "us-west-2"
ROLE = "arn:aws:iam::000000000000:role/made-by-a-test"


@dataclass(frozen=True)
class Network:
    """A VPC with a subnet in each of two zones."""

    vpc: str
    subnets: tuple[str, str]


def make_network(clients: Clients) -> Network:
    ec2 = clients.get("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    first, second = (
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.9.{i}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for i, zone in enumerate("ab")
    )
    return Network(vpc, (first, second))


def make_cluster(clients: Clients, name: str, **more: Any) -> Network:
    network = make_network(clients)
    clients.get("eks").create_cluster(
        name=name,
        version="1.36",
        roleArn=ROLE,
        resourcesVpcConfig={"subnetIds": list(network.subnets), "endpointPrivateAccess": True},
        accessConfig={"authenticationMode": "API"},
        **more,
    )
    return network


def make_nodes(clients: Clients, cluster: str, network: Network, **more: Any) -> None:
    clients.get("eks").create_nodegroup(
        clusterName=cluster,
        nodegroupName="system",
        nodeRole=ROLE,
        subnets=list(network.subnets),
        scalingConfig={"minSize": 2, "maxSize": 4, "desiredSize": 2},
        **more,
    )


def make_template(clients: Clients, name: str) -> str:
    template = clients.get("ec2").create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "m7i.large"}
    )
    return str(template["LaunchTemplate"]["LaunchTemplateId"])


def refusal(call: Any, **arguments: Any) -> str:
    """Return the error code with which a call is refused; empty if it is not."""
    try:
        call(**arguments)
    except ClientError as error:
        return error_code(error)
    return ""


def test_bare_emulator_has_no_secondary_cidr(bare: Clients) -> None:
    """The emulator does not know AssociateVpcCidrBlock."""
    ec2 = bare.get("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    assert refusal(ec2.associate_vpc_cidr_block, VpcId=vpc, CidrBlock="100.64.0.0/16")


def test_secondary_cidr_is_associated_and_described(embedded: Clients) -> None:
    """A second range shows among the VPC's, and subnets fit into it."""
    ec2 = embedded.get("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")
    key = made["CidrBlockAssociation"]["AssociationId"]
    found = ec2.describe_vpcs(
        Filters=[{"Name": "cidr-block-association.association-id", "Values": [key]}]
    )["Vpcs"]

    assert [item["VpcId"] for item in found] == [vpc]
    ranges = {item["CidrBlock"] for item in found[0]["CidrBlockAssociationSet"]}
    assert ranges == {"10.9.0.0/16", "100.64.0.0/16"}
    assert not refusal(ec2.create_subnet, VpcId=vpc, CidrBlock="100.64.0.0/18")


def test_secondary_cidr_in_use_stays(embedded: Clients) -> None:
    """A range with a subnet in it cannot be taken from the VPC; an empty one can."""
    ec2 = embedded.get("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")
    key = made["CidrBlockAssociation"]["AssociationId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="100.64.0.0/18")["Subnet"]["SubnetId"]

    assert refusal(ec2.disassociate_vpc_cidr_block, AssociationId=key) == "DependencyViolation"
    ec2.delete_subnet(SubnetId=subnet)
    assert not refusal(ec2.disassociate_vpc_cidr_block, AssociationId=key)


@pytest.mark.parametrize("cidr", ["10.9.128.0/17", "100.64.0.0/10", "10.9.0.0/16"])
def test_secondary_cidr_that_aws_refuses(embedded: Clients, cidr: str) -> None:
    """A range that overlaps the VPC's own, or is larger than /16, is refused."""
    ec2 = embedded.get("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    assert refusal(ec2.associate_vpc_cidr_block, VpcId=vpc, CidrBlock=cidr) == "InvalidVpc.Range"


def test_bare_emulator_takes_overlapping_subnets(bare: Clients) -> None:
    """The emulator accepts a subnet twice."""
    network = make_network(bare)

    assert not refusal(bare.get("ec2").create_subnet, VpcId=network.vpc, CidrBlock="10.9.0.0/24")


@pytest.mark.parametrize(
    ("cidr", "code"),
    [
        ("10.9.0.0/24", "InvalidSubnet.Conflict"),
        ("10.8.0.0/24", "InvalidSubnet.Range"),
        ("10.9.5.0/29", "InvalidSubnet.Range"),
    ],
)
def test_subnet_that_aws_refuses(embedded: Clients, cidr: str, code: str) -> None:
    """Overlapping, outside the VPC, or too small."""
    network = make_network(embedded)

    assert refusal(embedded.get("ec2").create_subnet, VpcId=network.vpc, CidrBlock=cidr) == code


def test_bare_emulator_deletes_subnet_in_use(bare: Clients) -> None:
    """The emulator deletes a subnet under a NAT gateway."""
    network = make_network(bare)
    bare.get("ec2").create_nat_gateway(SubnetId=network.subnets[0], ConnectivityType="private")

    assert not refusal(bare.get("ec2").delete_subnet, SubnetId=network.subnets[0])


def test_subnet_in_use_stays(embedded: Clients) -> None:
    """A subnet goes only after the NAT gateway in it is gone."""
    ec2, network = embedded.get("ec2"), make_network(embedded)
    gateway = ec2.create_nat_gateway(SubnetId=network.subnets[0], ConnectivityType="private")
    key = gateway["NatGateway"]["NatGatewayId"]

    assert refusal(ec2.delete_subnet, SubnetId=network.subnets[0]) == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=key)
    assert not refusal(ec2.delete_subnet, SubnetId=network.subnets[0])


def test_security_group_that_another_names_stays(embedded: Clients) -> None:
    """A group goes only after the rule that names it."""
    ec2, network = embedded.get("ec2"), make_network(embedded)
    named, naming = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=network.vpc)["GroupId"]
        for name in ("named", "naming")
    )
    rule = [
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": named}]}
    ]
    ec2.authorize_security_group_ingress(GroupId=naming, IpPermissions=rule)

    assert refusal(ec2.delete_security_group, GroupId=named) == "DependencyViolation"
    ec2.revoke_security_group_ingress(GroupId=naming, IpPermissions=rule)
    assert not refusal(ec2.delete_security_group, GroupId=named)


def _nat_gateway(clients: Clients) -> tuple[str, list[dict[str, Any]]]:
    """Make a gateway; return its address and the addresses that it shows."""
    ec2 = clients.get("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.0.0/24")["Subnet"]["SubnetId"]
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]
    shown = ec2.describe_nat_gateways(NatGatewayIds=[made["NatGatewayId"]])["NatGateways"][0]
    addresses: list[dict[str, Any]] = shown.get("NatGatewayAddresses", [])
    return str(allocation), addresses


def test_bare_emulator_shows_no_address_of_a_nat_gateway(bare: Clients) -> None:
    """An imported gateway would be replaced."""
    assert _nat_gateway(bare)[1] == []


def test_nat_gateway_shows_its_address(embedded: Clients) -> None:
    """The one that it was made with, as its primary one."""
    allocation, (shown,) = _nat_gateway(embedded)
    assert (shown["AllocationId"], shown["IsPrimary"]) == (allocation, True)
    assert shown["PublicIp"]


def test_bare_emulator_forgets_endpoint_settings(bare: Clients) -> None:
    """The emulator keeps neither security groups nor private DNS of an endpoint."""
    endpoint = _make_endpoint(bare)

    assert not endpoint.get("Groups")
    assert not endpoint.get("PrivateDnsEnabled")


def test_endpoint_settings_are_kept(embedded: Clients) -> None:
    """An interface endpoint shows its security groups and private DNS."""
    endpoint = _make_endpoint(embedded)

    assert len(endpoint["Groups"]) == 1
    assert endpoint["PrivateDnsEnabled"] is True


def _make_endpoint(clients: Clients) -> Any:
    ec2, network = clients.get("ec2"), make_network(clients)
    group = ec2.create_security_group(GroupName="e", Description="e", VpcId=network.vpc)["GroupId"]
    made = ec2.create_vpc_endpoint(
        VpcId=network.vpc,
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{REGION}.sts",
        SubnetIds=list(network.subnets),
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    return ec2.describe_vpc_endpoints(VpcEndpointIds=[made])["VpcEndpoints"][0]


@pytest.mark.parametrize(
    "service", ["eks", "eks-auth", "elasticfilesystem", "elasticloadbalancing"]
)
def test_endpoint_services_of_eks_nodes(bare: Clients, embedded: Clients, service: str) -> None:
    """A service that EKS nodes call can have an endpoint, which ministack does not offer."""
    name = f"com.amazonaws.{REGION}.{service}"

    def offered(clients: Clients) -> list[str]:
        found = clients.get("ec2").describe_vpc_endpoint_services(
            Filters=[{"Name": "service-name", "Values": [name]}]
        )
        return list(found["ServiceNames"])

    assert offered(bare) == []
    assert offered(embedded) == [name]


POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "elasticfilesystem:ClientMount",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}


def _stored_policy(clients: Clients) -> Any:
    efs = clients.get("efs")
    key = efs.create_file_system(CreationToken="policy")["FileSystemId"]
    efs.put_file_system_policy(FileSystemId=key, Policy=json.dumps(POLICY))
    return json.loads(efs.describe_file_system_policy(FileSystemId=key)["Policy"])


def test_bare_emulator_rewrites_file_system_policies(bare: Clients) -> None:
    """The emulator adds to a policy what nobody wrote."""
    assert _stored_policy(bare) != POLICY


def test_file_system_policy_is_returned_as_given(embedded: Clients) -> None:
    """A policy reads as it was written."""
    assert _stored_policy(embedded) == POLICY


def test_bare_emulator_knows_no_addon_versions(bare: Clients) -> None:
    """The emulator does not know DescribeAddonVersions."""
    assert refusal(bare.get("eks").describe_addon_versions, addonName="coredns")


@pytest.mark.parametrize("minor", ["1.35", "1.36", "1.37"])
@pytest.mark.parametrize(
    "addon",
    [
        "aws-ebs-csi-driver",
        "aws-efs-csi-driver",
        "coredns",
        "eks-node-monitoring-agent",
        "eks-pod-identity-agent",
        "kube-proxy",
        "metrics-server",
        "snapshot-controller",
        "vpc-cni",
    ],
)
def test_addon_versions_for_every_cluster_version(
    embedded: Clients, addon: str, minor: str
) -> None:
    """Each add-on of the stacks has versions, exactly one of them the default."""
    answer = embedded.get("eks").describe_addon_versions(addonName=addon, kubernetesVersion=minor)

    versions = answer["addons"][0]["addonVersions"]
    defaults = [item["compatibilities"][0]["defaultVersion"] for item in versions]
    assert sorted(defaults) == [False, True]


def test_unknown_cluster_version_has_no_addons(embedded: Clients) -> None:
    """A Kubernetes version that EKS does not have gets no add-on version."""
    answer = embedded.get("eks").describe_addon_versions(
        addonName="coredns", kubernetesVersion="1.12"
    )

    assert answer["addons"] == []


def test_bare_emulator_takes_any_addon_version(bare: Clients) -> None:
    """The emulator installs a version that does not exist."""
    make_cluster(bare, "any-version")

    assert not refusal(
        bare.get("eks").create_addon,
        clusterName="any-version",
        addonName="coredns",
        addonVersion="v9.9.9-eksbuild.9",
    )


def test_addon_version_that_does_not_exist(embedded: Clients) -> None:
    """A wrong version is refused, at creation and at update."""
    make_cluster(embedded, "versions")
    eks = embedded.get("eks")
    wrong = {"clusterName": "versions", "addonName": "coredns", "addonVersion": "v9.9.9-eksbuild.9"}

    assert refusal(eks.create_addon, **wrong) == "InvalidParameterException"
    made = eks.create_addon(clusterName="versions", addonName="coredns")
    assert made["addon"]["addonVersion"].startswith("v1.")
    assert refusal(eks.update_addon, **wrong) == "InvalidParameterException"


def test_addon_owns_its_pod_identity_associations(bare: Clients, embedded: Clients) -> None:
    """Associations given with an add-on exist, are shown as ARNs, and go with it."""

    def associations(clients: Clients) -> list[Any]:
        found = clients.get("eks").list_pod_identity_associations(clusterName="pods")
        return list(found["associations"])

    for clients in (bare, embedded):
        make_cluster(clients, "pods")
        clients.get("eks").create_addon(
            clusterName="pods",
            addonName="vpc-cni",
            podIdentityAssociations=[{"serviceAccount": "aws-node", "roleArn": ROLE}],
        )

    assert associations(bare) == []
    made = associations(embedded)
    shown = embedded.get("eks").describe_addon(clusterName="pods", addonName="vpc-cni")["addon"]
    assert shown["podIdentityAssociations"] == [made[0]["associationArn"]]
    embedded.get("eks").delete_addon(clusterName="pods", addonName="vpc-cni")
    assert associations(embedded) == []


def test_bare_emulator_refuses_a_repeated_call(bare: Clients) -> None:
    """A call whose answer was lost cannot be repeated."""
    make_cluster(bare, "repeated")
    call = {"clusterName": "repeated", "addonName": "coredns", "clientRequestToken": "one"}
    bare.get("eks").create_addon(**call)

    assert refusal(bare.get("eks").create_addon, **call) == "ResourceInUseException"


def test_a_repeated_call_gets_the_first_answer(embedded: Clients) -> None:
    """The same token means the same call; another token, or other parameters, do not."""
    make_cluster(embedded, "repeated")
    eks = embedded.get("eks")
    call = {"clusterName": "repeated", "addonName": "coredns", "clientRequestToken": "one"}
    first = eks.create_addon(**call)["addon"]

    assert eks.create_addon(**call)["addon"] == first
    other = {**call, "clientRequestToken": "two"}
    assert refusal(eks.create_addon, **other) == "ResourceInUseException"
    changed = {**call, "tags": {"a": "b"}}
    assert refusal(eks.create_addon, **changed) == "InvalidParameterException"


def test_addon_update_can_be_described(embedded: Clients) -> None:
    """The update of an add-on is found by its id, as the Terraform provider asks for it."""
    make_cluster(embedded, "addon-update")
    eks = embedded.get("eks")
    eks.create_addon(clusterName="addon-update", addonName="coredns")

    update = eks.update_addon(
        clusterName="addon-update", addonName="coredns", configurationValues='{"replicaCount":3}'
    )["update"]

    found = eks.describe_update(name="addon-update", addonName="coredns", updateId=update["id"])
    assert found["update"]["status"] == "Successful"


def test_bare_emulator_forgets_cluster_settings(bare: Clients) -> None:
    """The emulator shows neither upgrade policy nor the VPC of a cluster."""
    network = make_cluster(bare, "settings", upgradePolicy={"supportType": "STANDARD"})

    cluster = bare.get("eks").describe_cluster(name="settings")["cluster"]

    assert "upgradePolicy" not in cluster
    assert cluster["resourcesVpcConfig"]["vpcId"] != network.vpc


def test_cluster_settings_are_kept(embedded: Clients) -> None:
    """Upgrade policy, zonal shift, protection and VPC show; the security group is real."""
    network = make_cluster(
        embedded,
        "settings",
        upgradePolicy={"supportType": "STANDARD"},
        zonalShiftConfig={"enabled": True},
        deletionProtection=True,
    )

    cluster = embedded.get("eks").describe_cluster(name="settings")["cluster"]

    assert cluster["status"] == "ACTIVE"
    assert cluster["upgradePolicy"] == {"supportType": "STANDARD"}
    assert cluster["zonalShiftConfig"] == {"enabled": True}
    assert cluster["deletionProtection"] is True
    assert cluster["accessConfig"]["authenticationMode"] == "API"
    assert cluster["resourcesVpcConfig"]["vpcId"] == network.vpc
    group = cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
    found = embedded.get("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert found[0]["VpcId"] == network.vpc


def test_bare_emulator_cannot_change_clusters(bare: Clients) -> None:
    """The emulator does not know UpdateClusterConfig."""
    make_cluster(bare, "change")

    assert refusal(
        bare.get("eks").update_cluster_config,
        name="change",
        resourcesVpcConfig={"endpointPublicAccess": False},
    )


@pytest.mark.parametrize(
    ("name", "change", "key", "expected"),
    [
        ("upgrade", {"upgradePolicy": {"supportType": "STANDARD"}}, "upgradePolicy", "STANDARD"),
        ("shift", {"zonalShiftConfig": {"enabled": True}}, "zonalShiftConfig", True),
        (
            "log",
            {"logging": {"clusterLogging": [{"types": ["api"], "enabled": True}]}},
            "logging",
            ["api"],
        ),
        (
            "cidr",
            {"resourcesVpcConfig": {"publicAccessCidrs": ["203.0.113.0/24"]}},
            "resourcesVpcConfig",
            ["203.0.113.0/24"],
        ),
    ],
)
def test_cluster_can_be_changed(
    embedded: Clients, name: str, change: dict[str, Any], key: str, expected: object
) -> None:
    """A change has an update that can be described, and shows in the cluster."""
    make_cluster(embedded, f"change-{name}")
    eks = embedded.get("eks")

    update = eks.update_cluster_config(name=f"change-{name}", **change)["update"]

    described = eks.describe_update(name=f"change-{name}", updateId=update["id"])
    assert described["update"]["status"] == "Successful"
    cluster = eks.describe_cluster(name=f"change-{name}")["cluster"]
    assert str(expected) in str(cluster[key])


def test_two_changes_at_once_are_refused(embedded: Clients) -> None:
    """EKS takes one kind of change in a call."""
    make_cluster(embedded, "two-changes")

    assert (
        refusal(
            embedded.get("eks").update_cluster_config,
            name="two-changes",
            upgradePolicy={"supportType": "STANDARD"},
            zonalShiftConfig={"enabled": True},
        )
        == "InvalidParameterException"
    )


def test_cluster_version_goes_up_one_minor(embedded: Clients) -> None:
    """An upgrade to the next minor works, back and onwards it is refused."""
    make_cluster(embedded, "upgrade")
    eks = embedded.get("eks")

    eks.update_cluster_version(name="upgrade", version="1.37")

    assert eks.describe_cluster(name="upgrade")["cluster"]["version"] == "1.37"
    for wrong in ("1.36", "1.38"):
        code = refusal(eks.update_cluster_version, name="upgrade", version=wrong)
        assert code == "InvalidParameterException"


def test_bare_emulator_takes_any_cluster_version(bare: Clients) -> None:
    """The emulator makes a cluster of a version that EKS never had."""
    subnets = list(make_network(bare).subnets)

    assert not refusal(
        bare.get("eks").create_cluster,
        name="old",
        version="1.12",
        roleArn=ROLE,
        resourcesVpcConfig={"subnetIds": subnets},
    )


def test_cluster_that_aws_refuses(embedded: Clients) -> None:
    """An unsupported version and a single zone are refused."""
    network = make_network(embedded)
    eks = embedded.get("eks")

    for version, subnets in (("1.12", network.subnets), ("1.36", network.subnets[:1])):
        code = refusal(
            eks.create_cluster,
            name="refused",
            version=version,
            roleArn=ROLE,
            resourcesVpcConfig={"subnetIds": list(subnets)},
        )
        assert code == "InvalidParameterException"


def test_cluster_with_nodes_stays(bare: Clients, embedded: Clients) -> None:
    """A cluster goes only after its node groups; ministack does not mind."""
    for clients in (bare, embedded):
        make_nodes(clients, "busy", make_cluster(clients, "busy"))

    assert not refusal(bare.get("eks").delete_cluster, name="busy")
    eks = embedded.get("eks")
    group = eks.describe_cluster(name="busy")["cluster"]["resourcesVpcConfig"]
    assert refusal(eks.delete_cluster, name="busy") == "ResourceInUseException"
    eks.delete_nodegroup(clusterName="busy", nodegroupName="system")
    assert not refusal(eks.delete_cluster, name="busy")
    found = embedded.get("ec2").describe_security_groups()["SecurityGroups"]
    assert group["clusterSecurityGroupId"] not in [item["GroupId"] for item in found]


def test_protected_cluster_stays(embedded: Clients) -> None:
    """Deletion protection holds until it is switched off."""
    make_cluster(embedded, "protected", deletionProtection=True)
    eks = embedded.get("eks")

    assert refusal(eks.delete_cluster, name="protected") == "InvalidRequestException"
    eks.update_cluster_config(name="protected", deletionProtection=False)
    assert not refusal(eks.delete_cluster, name="protected")


def test_bare_emulator_forgets_node_group_settings(bare: Clients) -> None:
    """The emulator shows neither launch template nor update settings of a node group."""
    network = make_cluster(bare, "nodes")
    make_nodes(
        bare,
        "nodes",
        network,
        launchTemplate={"id": make_template(bare, "nodes"), "version": "1"},
        updateConfig={"maxUnavailable": 1},
    )

    group = bare.get("eks").describe_nodegroup(clusterName="nodes", nodegroupName="system")

    assert not {"launchTemplate", "updateConfig"} & group["nodegroup"].keys()


def test_node_group_settings_are_kept(embedded: Clients) -> None:
    """Launch template and update settings show, and the disk size is the template's."""
    network = make_cluster(embedded, "nodes")
    template = make_template(embedded, "nodes")
    make_nodes(
        embedded,
        "nodes",
        network,
        launchTemplate={"id": template, "version": "1"},
        updateConfig={"maxUnavailablePercentage": 50},
    )

    group = embedded.get("eks").describe_nodegroup(clusterName="nodes", nodegroupName="system")

    shown = group["nodegroup"]
    assert shown["launchTemplate"] == {"id": template, "name": "nodes", "version": "1"}
    assert shown["updateConfig"] == {"maxUnavailablePercentage": 50}
    assert shown["amiType"] == "AL2023_x86_64_STANDARD"
    assert "diskSize" not in shown


def test_node_group_can_be_changed(embedded: Clients) -> None:
    """Scaling, labels, taints and launch template change in place."""
    network = make_cluster(embedded, "resize")
    template = make_template(embedded, "resize")
    make_nodes(embedded, "resize", network, launchTemplate={"id": template, "version": "1"})
    ec2, eks = embedded.get("ec2"), embedded.get("eks")
    ec2.create_launch_template_version(
        LaunchTemplateId=template, LaunchTemplateData={"InstanceType": "m7i.xlarge"}
    )
    group = {"clusterName": "resize", "nodegroupName": "system"}

    eks.update_nodegroup_config(
        **group,
        scalingConfig={"minSize": 3, "maxSize": 5, "desiredSize": 3},
        labels={"addOrUpdateLabels": {"role": "system"}},
        taints={"addOrUpdateTaints": [{"key": "k", "value": "v", "effect": "NO_SCHEDULE"}]},
    )
    eks.update_nodegroup_version(**group, launchTemplate={"id": template, "version": "2"})

    shown = eks.describe_nodegroup(**group)["nodegroup"]
    assert shown["scalingConfig"] == {"minSize": 3, "maxSize": 5, "desiredSize": 3}
    assert shown["labels"] == {"role": "system"}
    assert [taint["key"] for taint in shown["taints"]] == ["k"]
    assert shown["launchTemplate"]["version"] == "2"


def test_node_group_that_aws_refuses(embedded: Clients) -> None:
    """Amazon Linux 2 and a launch template that does not exist are refused."""
    network = make_cluster(embedded, "refused-nodes")

    for wrong in (
        {"amiType": "AL2_x86_64"},
        {"launchTemplate": {"id": "lt-00000000000000000", "version": "1"}},
    ):
        with pytest.raises(ClientError, match="InvalidParameterException"):
            make_nodes(embedded, "refused-nodes", network, **wrong)


def test_node_group_makes_the_access_entry_of_its_role(embedded: Clients) -> None:
    """In API mode EKS makes the entry itself, so that a second one is refused."""
    network = make_cluster(embedded, "entries")
    make_nodes(embedded, "entries", network)
    eks = embedded.get("eks")

    code = refusal(
        eks.create_access_entry, clusterName="entries", principalArn=ROLE, type="EC2_LINUX"
    )
    assert code == "ResourceInUseException"
    eks.delete_nodegroup(clusterName="entries", nodegroupName="system")
    assert ROLE not in eks.list_access_entries(clusterName="entries")["accessEntries"]
