"""CPU and memory of a server, in every notation of Kubernetes, read once into numbers.

What is wrong with an amount is raised as pydantic's error ``amount``, whose context says why
and what was probably meant; :mod:`jupyterhub_eks.config.explain` makes a sentence of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.quantities import kubernetes, written_memory
from jupyterhub_eks.config.units import cores_meant, quantity

if TYPE_CHECKING:
    from fractions import Fraction

_Number = TypeVar("_Number", int, float)

# No machine of EC2 has more that pods may have (u7in-32tb.224xlarge: 896 and 32 TiB).
MOST_CORES: Final = 1024
MOST_MEMORY: Final = 32 << 40
# Less than this and JupyterLab itself is killed while it starts; as a number without a unit,
# it is one that was forgotten.
LEAST_MEMORY: Final = 256 * 10**6
_LONGEST_AS_GIGABYTES: Final = 1024
_BELOW_ONE: Final = frozenset("num")
# Half of a range that is not given; filled in before anybody sees it.
_THE_OTHER: Final[Any] = None


def _once(read: Callable[[Any], _Number]) -> Callable[[object], _Number]:
    """Return a function that reads each way to write an amount once; profiles are alike."""
    known = lru_cache(maxsize=4096, typed=True)(read)

    @wraps(read)
    def reading(value: object) -> _Number:
        return known(value) if isinstance(value, Hashable) else read(value)

    return reading


@_once
def cores(value: object) -> float:
    """Return a number of cores (``2``, ``"1.5"``, ``500m``), rounded up to thousandths.

    Raises:
        PydanticCustomError: It is none, or not one that a server can have.
    """
    amount = kubernetes(value)
    if amount is None:
        raise _refused("is not a number of cores", cores_meant(str(value)))
    thousandths = -(-amount * 1000 // 1)
    if amount > MOST_CORES:
        meant = f"{amount}m" if amount.denominator == 1 else None
        why = f"is more than any machine has ({MOST_CORES} cores)"
        raise _refused(why, meant if amount <= MOST_CORES * 1000 else None)
    _above_zero(amount, f"{float(-thousandths / 1000):g}")
    return float(thousandths / 1000)


@_once
def memory(value: object) -> int:
    """Return an amount of memory (``8G``, ``8Gi``, ``512Mi``, ``8e9``) in bytes.

    Raises:
        PydanticCustomError: It is none, or not one that a server can have.
    """
    is_large_k = isinstance(value, str) and value.endswith("K")
    amount = kubernetes(f"{str(value)[:-1]}k" if is_large_k else value)
    if amount is None:
        fixed = quantity(value) if isinstance(value, str) else None
        why = "has a unit that is not known" if fixed else "is not an amount of memory"
        raise _refused(why, fixed)
    if isinstance(value, str) and value[-1:] in _BELOW_ONE:
        meant = f"{value[:-1]}M" if value.endswith("m") else None
        raise _refused("counts parts of a byte", meant)
    _above_zero(amount, f"{value}".removeprefix("-"))
    if amount < LEAST_MEMORY and _is_plain(value):
        unit = "G" if amount <= _LONGEST_AS_GIGABYTES else "M"
        raise _refused("has no unit", f"{float(amount):g}{unit}")
    if amount > MOST_MEMORY:
        raise _refused(f"is more than any machine has ({written_memory(MOST_MEMORY)})")
    return int(-(-amount // 1))


def _is_plain(value: object) -> bool:
    """Whether an amount is written without a unit and without a power of ten."""
    return not isinstance(value, str) or (value[-1:].isdigit() and "e" not in value.lower())


def _above_zero(amount: Fraction, positive: str) -> None:
    if amount < 0:
        raise _refused("is less than nothing", positive)
    if amount == 0:
        raise _refused("is nothing; a server needs some, or the key left out")


def _refused(why: str, meant: str | None = None) -> PydanticCustomError:
    return PydanticCustomError("amount", "{why}", {"why": why, "meant": meant or ""})


def _range(read: Callable[[object], float], value: object) -> object:
    """Return a range as a mapping of both halves: a single amount is both of them."""
    if isinstance(value, Section):
        return value
    if not isinstance(value, dict):
        read(value)
        return {"guarantee": value, "limit": value}
    if not value:
        raise _refused("says neither `guarantee` nor `limit`")
    given = [key for key in ("guarantee", "limit") if value.get(key) is not None]
    if len(given) != 1:
        return value
    try:
        read(value[given[0]])
    except PydanticCustomError:
        return value  # found again where it stands
    return dict.fromkeys(("guarantee", "limit"), value[given[0]]) | value


def _cpu_range(value: object) -> object:
    return _range(cores, value)


def _memory_range(value: object) -> object:
    return _range(memory, value)


_CORES_TEXT: Final = r"^\d*\.?\d+m?$"
_MEMORY_TEXT: Final = r"^\d*\.?\d+([eE]\d+|[kKMGT]|[KMGT]i)?$"
_CoresText = Annotated[str, Field(pattern=_CORES_TEXT)]
_MemoryText = Annotated[str, Field(pattern=_MEMORY_TEXT)]
Cores = Annotated[float, BeforeValidator(cores, json_schema_input_type=float | _CoresText)]
Memory = Annotated[
    int,
    BeforeValidator(memory, json_schema_input_type=float | _MemoryText),
    PlainSerializer(written_memory, return_type=str),
]


class CpuRange(Section):
    """CPU of a server, in cores: `2`, `"1.5"` or `500m`."""

    guarantee: Cores = Field(
        default=_THE_OTHER,
        description="Cores reserved for the user; without it, as many as `limit`.",
        examples=[1],
    )
    limit: Cores = Field(
        default=_THE_OTHER,
        description="Most cores the user can take; without it, as many as `guarantee`.",
        examples=[2],
    )


class MemoryRange(Section):
    """Memory of a server, with unit (`G` decimal, `Gi` binary)."""

    guarantee: Memory = Field(
        default=_THE_OTHER,
        description="Memory reserved for the user, e.g. `8G`; without it, as much as `limit`.",
        examples=["8G"],
    )
    limit: Memory = Field(
        default=_THE_OTHER,
        description="Memory above which the server is killed, e.g. `8G`; without it, as much as "
        "`guarantee`.",
        examples=["8G"],
    )


Cpu = Annotated[
    CpuRange, BeforeValidator(_cpu_range, json_schema_input_type=float | _CoresText | CpuRange)
]
RangeOfMemory = Annotated[
    MemoryRange,
    BeforeValidator(_memory_range, json_schema_input_type=float | _MemoryText | MemoryRange),
]
