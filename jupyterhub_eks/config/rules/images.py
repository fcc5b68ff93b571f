"""Rules for ``images`` of a profile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyterhub_eks.config.backtracking import can_stall
from jupyterhub_eks.config.characters import is_unseen
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.instances import architecture

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profile_parts import ImageConfig
    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.config.variants import Variant

_IMAGE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9._:/-]*?)(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
# The page is made of the pattern without escaping, and the hub compares it as it stands.
_ODD_IN_A_PAGE = re.compile(r"[\"<>&]|\{[{%#]")
_NAMES = {"amd64": "Intel or AMD (amd64)", "arm64": "Graviton (arm64)"}


def image_rules(
    path: Path, sizes: Sequence[Variant], pools: Mapping[str, PoolConfig]
) -> Iterator[Finding]:
    """Yield findings about the images of a profile, and the machines that they run on."""
    profile = sizes[0].profile
    images = profile.images
    yield from _unlisted(path, profile)
    for title, image in images.items():
        if is_unseen(title):
            yield Finding(
                path=(*path, "images", title),
                message="an image without a title",
                hint="write e.g. `SciPy:` in front of it",
                at_key=True,
            )
        yield from reference_findings((*path, "images", title), image.image)
    for variant in sizes if images else ():
        pool = pools.get(variant.profile.pool)
        for title, image in images.items():
            also = ((*path, *variant.path("pool")), ("pools", variant.profile.pool))
            yield from _architecture((*path, "images", title), image, pool, also)


def _unlisted(path: Path, profile: ProfileConfig) -> Iterator[Finding]:
    pattern, where = profile.unlisted_image, (*path, "unlisted_image")
    if not pattern:
        return
    if not profile.images:
        yield Finding(
            path=where,
            message="no image of `images` would start for those who enter none",
            hint="add `images`; the first is preselected",
            also=((*path, "images"),),
        )
    try:
        re.compile(pattern)
        stalls = can_stall(pattern)
    # A pattern may also nest too deep, or repeat too often, for Python to read it.
    except (re.error, RecursionError, OverflowError) as error:
        yield Finding(
            path=where,
            message=f"`{pattern[:60]}` is not a regular expression: {error}",
            hint="write e.g. `unlisted_image: quay[.]io/jupyter/.+:.+`, or `true` for any image",
        )
        stalls = False
    if stalls:
        yield Finding(
            path=where,
            message=f"`{pattern[:60]}` takes the letters of some images in so many ways that to "
            "say no can stop the hub for minutes",
            hint="write e.g. `unlisted_image: quay[.]io/jupyter/.+:.+`, with no repeat within "
            "another",
        )
    if odd := _ODD_IN_A_PAGE.search(pattern):
        yield Finding(
            path=where,
            message=f"`{odd[0]}` in a pattern would break the server page",
            hint="leave it out; an image reference has none",
        )


def _architecture(
    path: Path, image: ImageConfig, pool: PoolConfig | None, also: tuple[Path, ...]
) -> Iterator[Finding]:
    if pool is None:
        return
    own = pool.architecture
    needed = {own} if own else {architecture(name) for name in pool.instances}
    if len(needed) != 1:
        return  # of several, the pool is wrong
    (arch,) = needed
    if not image.architectures and arch == "arm64":
        yield Finding(
            path=path,
            message=f"the machines of the pool are Graviton (arm64), and `{image.image}` does not "
            "say that it runs on them",
            hint=f"if it does, write `{{image: {image.image}, architectures: [amd64, arm64]}}`",
            also=also,
            severity="warning",
        )
    elif image.architectures and arch not in image.architectures:
        yield Finding(
            path=path,
            message=f"`{image.image}` is built for {', '.join(image.architectures)}, and the "
            f"machines of the pool are {_NAMES.get(arch, arch)}",
            hint="choose a pool with such machines, or another image",
            also=also,
        )


def reference_findings(path: Path, image: str) -> Iterator[Finding]:
    """Yield findings about the reference of an image at ``path``."""
    match = _IMAGE.fullmatch(image)
    if not match:
        yield Finding(
            path=path,
            message=f"`{image}` is not an image reference",
            hint="write e.g. `quay.io/jupyter/scipy-notebook:2025-11-10`",
        )
    elif not (match["tag"] or match["digest"]):
        yield Finding(
            path=path,
            message=f"`{image}` has no tag, so it could change under running users",
            hint=f"write e.g. `{image}:2025-11-10`",
        )
    elif match["tag"] == "latest" and not match["digest"]:
        yield Finding(
            path=path,
            message=f"`{image}` can change under running users",
            hint="write a fixed tag, e.g. a date",
            severity="warning",
        )
