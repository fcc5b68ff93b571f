"""On which machines servers of foreign profiles start, and why not."""

from __future__ import annotations

import pytest

from tests.support.foreign import (
    ORIGINAL_PLUGIN,
    ORIGINAL_POOLS,
    ORIGINAL_PROFILES,
    Report,
    errors,
    one,
    report,
    warnings,
)

TYPE = "node.kubernetes.io/instance-type"
FAMILY = "karpenter.k8s.aws/instance-family"
CORES = "karpenter.k8s.aws/instance-cpu"
ANY = "tolerations: [{operator: Exists}]"


def pool(name: str, requirements: str, more: str = "", labels: str = "{}") -> str:
    """Return a NodePool with some requirements."""
    return (
        f"---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {{name: {name}}}\nspec:\n"
        f"  template:\n    metadata: {{labels: {labels}}}\n"
        f"    spec: {{nodeClassRef: {{name: {name}}}, requirements: [{requirements}]{more}}}\n"
    )


def takes(*types: str) -> str:
    """Return the requirement of some types."""
    return f"{{key: {TYPE}, operator: In, values: [{', '.join(types)}]}}"


def users(found: Report) -> dict[str, int]:
    """Return servers of the first profile on an empty node, by machine."""
    return {each.machine.name: each.users for each in found.shapes[0].verdict.machines}


def verdict(found: Report) -> tuple[str, tuple[str, ...]]:
    """Return what is said of the first server."""
    return found.shapes[0].verdict.status, found.shapes[0].verdict.reasons


def test_the_original_blueprint() -> None:
    """MIG fails in three ways, the whole P4d is shared, Trainium buys sixteen (D14, D15, D22)."""
    found = report(ORIGINAL_PROFILES, ORIGINAL_POOLS, ORIGINAL_PLUGIN)
    status = {each.shape.title: each.verdict.status for each in found.shapes}

    assert status["Data Science (GPU, MIG)"] == "never"
    assert status["Data Engineering (CPU)"] == "starts"
    said = errors(found)
    assert len(said) == 4
    assert "no node pool has the label `provisioner: cluster-autoscaler`" in said[0]
    assert "no node pool offers `nvidia.com/mig-1g.5gb`" in said[1]
    assert "no node partitions its GPUs (p4d could)" in said[1]
    assert "is only guaranteed; without a limit Kubernetes refuses" in said[2]
    assert "never gets 8 whole GPUs" in said[3]
    assert "8 of the 32 of p4d.24xlarge may be 2 GPUs" in said[3]
    hints = warnings(found)
    assert any("1 of the 16 Neuron devices of trn1.32xlarge" in each for each in hints)
    assert any("machines with up to 4 GPUs" in each for each in hints)
    assert any("may use 2 of its 96 cores" in each for each in hints)
    assert any("the default `Data Science (GPU, time-slicing)`" in each for each in hints)


def test_the_successor_of_the_original_blueprint() -> None:
    """No pool has the label `gpu-ts`, none has a P4d, none partitions (D14 to D16)."""
    profiles = ORIGINAL_PROFILES.replace("{NodePool: gpu}", "{NodePool: gpu-ts}").replace(
        "{provisioner: cluster-autoscaler}", "{NodePool: gpu}"
    )
    pools = pool("gpu", takes("g5.xlarge"), labels="{NodePool: gpu}")
    found = report(profiles, pools)

    assert [each.verdict.status for each in found.shapes[2:]] == ["never"] * 3
    said = errors(found)
    assert any(
        "no node pool has the label `NodePool: gpu-ts`; did you mean `gpu`?" in each
        for each in said
    )
    assert any("nothing offers `nvidia.com/mig-1g.5gb`" in each for each in said)
    assert any("no node pool has the label `NodePool: gpu-mig`" in each for each in said)


def test_a_device_plugin_that_is_kept_off_a_pool() -> None:
    """Without the label that the plugin selects, no GPU is ever offered (D17)."""
    found = one(
        f"{{extra_resource_limits: {{nvidia.com/gpu: 1}}, {ANY}}}",
        pool("g5", takes("g5.xlarge"), labels="{accelerator: nvidia}")
        + pool("g6", takes("g6.xlarge")),
        "nodeSelector: {accelerator: nvidia}\nconfig: {map: {a: {flags: {migStrategy: none}}}}",
    )

    (message,) = errors(found)
    assert "nodes of the pool `g6` never offer a GPU" in message
    assert "`accelerator: nvidia`" in message


def test_a_shared_gpu_that_refuses_more() -> None:
    """With `failRequestsGreaterThanOne` the second slice is refused."""
    plugin = (
        "config: {map: {a: {sharing: {timeSlicing: {failRequestsGreaterThanOne: true, "
        "resources: [{name: nvidia.com/gpu, replicas: 4}]}}}}}"
    )
    found = one(
        f"{{extra_resource_limits: {{nvidia.com/gpu: 4}}, {ANY}}}",
        pool("g", takes("g5.12xlarge")),
        plugin,
    )

    assert any("4 of the 16 of g5.12xlarge is refused" in each for each in errors(found))


def test_users_share_a_gpu_by_slices() -> None:
    """Four slices of one GPU are four users, where memory allows."""
    shared = "{sharing: {timeSlicing: {resources: [{name: nvidia.com/gpu, replicas: 4}]}}}"
    plugin = f"kind: ConfigMap\ndata: {{default: '{shared}'}}"
    found = one(
        f"{{mem_limit: 2G, extra_resource_limits: {{nvidia.com/gpu: 1}}, {ANY}}}",
        pool("g", takes("g6.2xlarge")),
        plugin,
    )

    assert users(found) == {"g6.2xlarge": 4}


def test_partitions_that_karpenter_is_told_of() -> None:
    """A NodeOverlay offers what nothing else does."""
    overlay = (
        "---\nkind: NodeOverlay\nspec:\n  requirements:\n"
        "  - {key: karpenter.sh/nodepool, operator: In, values: [mig]}\n"
        "  capacity: {nvidia.com/mig-1g.5gb: 56}\n"
    )
    found = one(
        f"{{mem_limit: 10G, extra_resource_limits: {{nvidia.com/mig-1g.5gb: 1}}, {ANY}}}",
        pool("mig", takes("p4d.24xlarge")) + overlay,
    )

    assert users(found) == {"p4d.24xlarge": 56}


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        (
            "{mem_limit: 20G}",
            "a server needs 20.0 GiB of memory, and m5.xlarge leaves 13.6 (6.4 missing)",
        ),
        ("{cpu_limit: 4}", "a server needs 4 cores, and m5.xlarge leaves 3.73 (0.27 missing)"),
        ("{extra_resource_limits: {nvidia.com/gpu: 1}}", "needs 1 GPUs, and m5.xlarge leaves 0"),
        (
            "{extra_resource_limits: {aws.amazon.com/neuroncore: 2}}",
            "needs 2 `aws.amazon.com/neuroncore`",
        ),
        (
            "{node_selector: {team: a}}",
            "no node pool has the label `team: a`; none has a label `team` at all",
        ),
        ("{node_selector: {nvidia.com/gpu.product: A10G}}", "added to a running node"),
        (
            f"{{node_selector: {{{TYPE}: m5.2xlarge}}}}",
            "no machine has `node.kubernetes.io/instance-type: m5.2xlarge`",
        ),
        (f"{{node_selector: {{{TYPE}: m5.xlrage}}}}", "did you mean `m5.xlarge`?"),
        (
            "{node_selector: {karpenter.sh/capacity-type: spot}}",
            "`karpenter.sh/capacity-type: spot`",
        ),
        (
            "{node_selector: {kubernetes.io/arch: arm64}}",
            "no machine has `kubernetes.io/arch: arm64`",
        ),
    ],
)
def test_why_not(override: str, reason: str) -> None:
    """The first obstacle, with what is missing."""
    capacity = ", {key: karpenter.sh/capacity-type, operator: In, values: [on-demand]}"
    status, reasons = verdict(one(override, pool("p", takes("m5.xlarge") + capacity)))

    assert status == "never"
    assert reason in " ".join(reasons)


def test_a_taint_that_is_not_tolerated() -> None:
    """It is named as a whole."""
    tainted = pool("p", takes("m5.xlarge"), ", taints: [{key: a, value: b, effect: NoSchedule}]")

    assert verdict(one("{}", tainted)) == (
        "never",
        ("pool `p`: the server does not tolerate the taint `a=b:NoSchedule` of its nodes",),
    )
    assert verdict(one("{tolerations: [{key: a, value: b}]}", tainted))[0] == "starts"
    assert verdict(one("{tolerations: [{key: a, value: c}]}", tainted))[0] == "never"


@pytest.mark.parametrize(
    ("term", "status"),
    [
        ("[{matchExpressions: [{key: a, operator: In, values: [b]}]}]", "starts"),
        ("[{matchExpressions: [{key: a, operator: In, values: [c]}]}]", "never"),
        (
            (
                "[{matchExpressions: [{key: a, operator: In, values: [c]}]}, "
                "{matchExpressions: [{key: a, operator: Exists}]}]"
            ),
            "starts",
        ),
        ("[{matchExpressions: [{key: z, operator: DoesNotExist}]}]", "starts"),
        ("[{matchExpressions: [{key: a, operator: NotIn, values: [b]}]}]", "never"),
        (f"[{{matchExpressions: [{{key: {FAMILY}, operator: NotIn, values: [m5]}}]}}]", "never"),
        (
            f"[{{matchExpressions: [{{key: {CORES}, operator: Gt, values: [3]}}]}}]",
            "starts",
        ),
    ],
)
def test_affinities(term: str, status: str) -> None:
    """One of the terms is enough, each with all its expressions."""
    given = pool("p", takes("m5.xlarge"), labels="{a: b}")

    assert verdict(one(f"{{node_affinity_required: {term}}}", given))[0] == status


def test_settings_of_the_whole_pod_come_last() -> None:
    """``extra_pod_config`` takes the place of selector and tolerations."""
    given = pool("p", takes("m5.xlarge"), labels="{a: b}")
    found = one("{node_selector: {a: x}, extra_pod_config: {nodeSelector: {a: b}}}", given)

    assert verdict(found)[0] == "starts"


def test_a_label_that_a_pool_leaves_to_its_pods() -> None:
    """A requirement on a custom label is a choice of values."""
    given = pool("p", takes("m5.xlarge") + ", {key: team, operator: In, values: [a, b]}")

    assert verdict(one("{node_selector: {team: b}}", given))[0] == "starts"
    assert verdict(one("{node_selector: {team: c}}", given))[0] == "never"


@pytest.mark.parametrize(
    ("selector", "status", "reason"),
    [
        (f"{{{TYPE}: m5.xlarge}}", "starts", ""),
        ("{beta.kubernetes.io/instance-type: m5.xlarge}", "starts", ""),
        (f"{{{FAMILY}: m5, {TYPE}: c5.xlarge}}", "never", "no machine has"),
        (f"{{{TYPE}: m5.xlarge, kubernetes.io/arch: arm64}}", "never", "kubernetes.io/arch: arm64"),
        (f"{{{TYPE}: m5.gigantic}}", "never", "nothing is known of a machine `m5.gigantic`"),
        ("{pool: a}", "open", ""),
    ],
)
def test_without_pools_the_selector_says_which_machines(
    selector: str, status: str, reason: str
) -> None:
    """Contradictions are found, and a label that somebody else gives is left open."""
    found = verdict(one(f"{{node_selector: {selector}}}"))

    assert found[0] == status
    assert reason in " ".join(found[1])


def test_without_anything_only_what_no_machine_has_is_refused() -> None:
    """No EC2 machine has 9 GPUs… and 17 are absurd."""
    assert verdict(one("{cpu_limit: 2}"))[0] == "open"
    assert verdict(one(f"{{extra_resource_limits: {{nvidia.com/gpu: 17}}, {ANY}}}"))[0] == "never"


def test_how_nodes_are_made_counts() -> None:
    """Root volume and most pods come from the node class."""
    given = pool("p", takes("m5.4xlarge")) + (
        "---\nkind: EC2NodeClass\nmetadata: {name: p}\nspec:\n  kubelet: {maxPods: 10}\n"
        "  blockDeviceMappings: [{deviceName: /dev/xvda, ebs: {volumeSize: 50Gi}}]\n"
    )
    found = one("{cpu_guarantee: 0.1, extra_resource_guarantees: {ephemeral-storage: 5Gi}}", given)

    assert users(found) == {
        "m5.4xlarge": 4
    }  # 50 GiB, a tenth and one kept, hold 8; ten pods less six


def test_a_region_that_does_not_offer_a_machine() -> None:
    """What a region lacks no pool can start there."""
    status, reasons = verdict(one("{}", pool("p", takes("p4d.24xlarge")), region="eu-west-3"))

    assert status == "never"
    assert reasons == ("pool `p`: no machine that eu-west-3 offers meets its requirements",)


def test_a_provisioner_of_old() -> None:
    """Labels and requirements stand elsewhere there."""
    text = (
        "apiVersion: karpenter.sh/v1alpha5\nkind: Provisioner\nmetadata: {name: p}\nspec:\n"
        f"  labels: {{a: b}}\n  requirements: [{takes('m5.xlarge')}]\n"
    )

    assert users(one("{mem_limit: 6G, node_selector: {a: b}}", text)) == {"m5.xlarge": 2}


def test_a_requirement_that_makes_no_sense() -> None:
    """The API server refuses the whole pool, so it is left out, and that is said with its place."""
    found = one("{}", pool("p", takes("m5.xlarge") + ", {key: a, operator: Is, values: [b]}"))

    (problem,) = found.problems
    assert "the node pool `p` is left out: `Is` is no operator" in problem.message
    assert problem.file == "file-1.yaml"
