"""What the proof accepts a scheduler places, and what it refuses none could."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.proof import prove

CPU_FAMILIES = ["m7i", "m7a", "c7i", "r7i", "t3", "m5"]
GPU_TYPES = ["g6.xlarge", "g6.12xlarge", "g5.2xlarge", "g6e.xlarge", "g4dn.metal"]
SIZES = ["large", "xlarge", "2xlarge", "8xlarge", "metal-24xl"]


@dataclass
class Node:
    """An empty node as a scheduler sees it, by its own reading of the data.

    The kubelet's reserve and what the add-ons run is subtracted from what EC2 states; of the
    product only the catalog is used.
    """

    cpu: Fraction
    memory: Fraction
    gpu: int
    pods: int
    placed: int = field(default=0)

    def place(self, cpu: Fraction, memory: Fraction, gpu: int) -> bool:
        """Bind a server if all it asks for is free."""
        free = self.cpu >= cpu and self.memory >= memory and self.gpu >= gpu and self.pods >= 1
        if free:
            self.cpu -= cpu
            self.memory -= memory
            self.gpu -= gpu
            self.pods -= 1
            self.placed += 1
        return free


def node(name: str, slices: int) -> Node:
    """Start one."""
    machine = catalog().find(name)
    assert machine is not None
    cores = machine.vcpu
    steps = [(1, 60), (1, 10), (2, 5)]
    reserved, left = Fraction(0), cores
    for width, milli in steps:
        reserved += min(width, left) * milli
        left = max(left - width, 0)
    reserved += Fraction(left * 5, 2)
    mib = machine.memory_mib - -(-machine.memory_mib * 75 // 1000)
    gpus = machine.gpu_count * slices
    daemon_pods = 7 if machine.gpu_name else 6
    return Node(
        cpu=Fraction(cores) - Fraction(int(reserved), 1000) - Fraction(190, 1000),
        memory=Fraction((mib - 255 - 11 * machine.pods - 100 - 150) * 2**20),
        gpu=gpus,
        pods=machine.pods - daemon_pods,
    )


@given(
    families=st.lists(st.sampled_from(CPU_FAMILIES), min_size=1, max_size=3, unique=True),
    sizes=st.lists(st.sampled_from(SIZES), min_size=1, max_size=3, unique=True),
    milli=st.integers(1, 200_000),
    mega=st.integers(256, 800_000),
)
def test_a_server_without_accelerators(
    families: list[str], sizes: list[str], milli: int, mega: int
) -> None:
    """On every machine of the pool exactly as many as the scheduler finds places for."""
    cores = milli / 1000
    pool = {"instances": families, "sizes": sizes}
    profile = {
        "cpu": {"guarantee": cores, "limit": cores},
        "memory": {"guarantee": f"{mega}M", "limit": f"{mega}M"},
    }
    _compare(pool, profile, 1, Fraction(milli, 1000), Fraction(mega * 10**6), 0)


@given(
    names=st.lists(st.sampled_from(GPU_TYPES), min_size=1, max_size=3, unique=True),
    slices=st.integers(1, 48),
    mega=st.integers(256, 100_000),
)
def test_a_slice_of_a_gpu(names: list[str], slices: int, mega: int) -> None:
    """Slices of every GPU of a machine, as long as its memory goes round."""
    sharing = {"sharing": "time-slicing", "slices": slices} if slices > 1 else {}
    pool = {"instances": names, "gpu": sharing}
    profile = {"gpu": 1, "memory": {"guarantee": f"{mega}M", "limit": f"{mega}M"}}
    _compare(pool, profile, slices, Fraction(0), Fraction(mega * 10**6), 1)


def _compare(
    pool: dict[str, object],
    profile: dict[str, object],
    slices: int,
    cpu: Fraction,
    memory: Fraction,
    gpu: int,
) -> None:
    profiles = ProfilesFile.model_validate(
        {"pools": {"p": pool}, "profiles": [{"name": "P", "pool": "p", "default": True, **profile}]}
    )
    deployment = Deployment(settings=DeploymentFile(region="us-west-2"), profiles=profiles)
    (verdict,) = prove(deployment, catalog())
    for fit in verdict.fits:
        if fit.obstacle == "region":
            continue
        empty = node(fit.machine.name, slices)
        while empty.place(cpu, memory, gpu):
            pass
        assert fit.users == empty.placed, fit.machine.name


SIZES_OF_SERVERS = st.fixed_dictionaries(
    {},
    optional={
        "cpu": st.integers(1, 100_000).map(lambda milli: f"{milli}m"),
        "memory": st.integers(256, 400_000).map(lambda mega: f"{mega}M"),
        "gpu": st.integers(0, 8),
        "pool": st.sampled_from(["p", "q"]),
    },
)


@given(
    base=SIZES_OF_SERVERS.map(lambda size: {"pool": "p", "cpu": "1m", **size}),
    sizes=st.lists(SIZES_OF_SERVERS, min_size=1, max_size=6),
)
def test_a_size_is_proved_as_a_profile_of_its_own(
    base: dict[str, object], sizes: list[dict[str, object]]
) -> None:
    """What a size leaves out is the profile's; pool, demand and machines are the same."""
    pools = {"p": {"instances": GPU_TYPES}, "q": {"instances": ["g6.48xlarge", "g5.xlarge"]}}
    options = {f"Size {index}": size for index, size in enumerate(sizes)}
    together = [{"name": "P", "default": True, **base, "options": options}]
    apart = [
        {"name": title, "default": not index, **base, **size}
        for index, (title, size) in enumerate(options.items())
    ]

    found = [prove(_deployment(pools, profiles), catalog()) for profiles in (together, apart)]

    assert [each.option for each in found[0]] == [each.profile for each in found[1]]
    for size, profile in zip(*found, strict=True):
        assert (size.pool, size.demand) == (profile.pool, profile.demand)
        assert (size.fits, size.candidates) == (profile.fits, profile.candidates)


def _deployment(pools: object, profiles: object) -> Deployment:
    file = ProfilesFile.model_validate({"pools": pools, "profiles": profiles})
    return Deployment(settings=DeploymentFile(region="us-west-2"), profiles=file)
