"""Parts of a profile in ``profiles.yaml``: its sizes and its images."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer

from jupyterhub_eks.config.amounts import Cpu, RangeOfMemory
from jupyterhub_eks.config.base import Section

Architecture = Literal["amd64", "arm64"]
MOST_DEVICES: Final = 16


class OptionConfig(Section):
    """A size of a profile that users can choose; what it leaves out is as the profile says."""

    description: str = Field(
        default="",
        max_length=100,
        description="A few words that users see behind the title.",
        examples=["for large tables"],
    )
    default: bool = Field(
        default=False, description="Preselected; without one, the first size of the profile is."
    )
    cpu: Cpu | None = Field(
        default=None, description="CPU cores; in place of the profile's.", examples=[2]
    )
    memory: RangeOfMemory | None = Field(
        default=None, description="Memory; in place of the profile's.", examples=["8G"]
    )
    gpu: int | None = Field(
        default=None,
        ge=0,
        le=MOST_DEVICES,
        description="NVIDIA GPUs, or slices of one (only 1); in place of the profile's.",
        examples=[1],
    )
    neuron: int | None = Field(
        default=None,
        ge=0,
        le=MOST_DEVICES,
        description="Trainium or Inferentia devices; in place of the profile's.",
        examples=[1],
    )
    pool: str | None = Field(
        default=None,
        description="Name of the pool that runs this size; in place of the profile's.",
        examples=["cpu"],
    )


class ImageConfig(Section):
    """A container image with the architectures that it is built for."""

    image: str = Field(
        description="Image reference, with a tag or digest.",
        examples=["quay.io/jupyter/scipy-notebook:2025-11-10"],
    )
    architectures: tuple[Architecture, ...] = Field(
        default=(),
        description="What it is built for: `amd64` (Intel, AMD), `arm64` (Graviton). A profile on "
        "machines of another one is refused; where nothing is said, Graviton is warned of.",
        examples=[["amd64"]],
    )

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> Any:
        """Give a reference without architectures back as the text that it was."""
        return handler(self) if self.architectures else self.image


def _image(value: object) -> object:
    if isinstance(value, str):
        return {"image": value}
    if isinstance(value, dict) and isinstance(value.get("architectures"), list):
        # Past this function a list of JSON is one of Python, which is no tuple.
        return {**value, "architectures": tuple(value["architectures"])}
    return value


Image = Annotated[ImageConfig, BeforeValidator(_image, json_schema_input_type=str | ImageConfig)]


class VolumeConfig(Section):
    """Something that is mounted into every server of a profile; one of the four kinds."""

    name: str = Field(
        description="Name of the volume: up to 50 lower-case letters, digits and hyphens.",
        examples=["data"],
    )
    mount: str = Field(
        pattern=r"^(/[A-Za-z0-9._-]+)+$",
        description="Folder where it appears, e.g. `/data`; neither home nor shared folder, nor "
        "above one of them.",
        examples=["/data"],
    )
    claim: str | None = Field(
        default=None,
        description="PersistentVolumeClaim in the hub's namespace; make it so that pods of many "
        "nodes may mount it.",
        examples=["datasets"],
    )
    secret: str | None = Field(
        default=None,
        description="Secret in the hub's namespace, a file for each of its keys.",
        examples=["database-login"],
    )
    config_map: str | None = Field(
        default=None,
        description="ConfigMap in the hub's namespace, a file for each of its keys.",
        examples=["course-settings"],
    )
    shared: str | None = Field(
        default=None,
        description="Folder of the shared folder, relative to it. Who may not write to the shared "
        "folder may not write here.",
        examples=["course-1"],
    )
    read_only: bool = Field(
        default=False, description="Nobody writes to it. Secrets and ConfigMaps are so always."
    )


# What `unlisted_image: true` takes: any image with a tag or a digest.
ANY_IMAGE: Final = (
    r"[a-z0-9][a-z0-9._:/-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})"
)


def _pattern(value: object) -> object:
    if isinstance(value, bool):
        return ANY_IMAGE if value else ""
    return value


ImagePattern = Annotated[str, BeforeValidator(_pattern, json_schema_input_type=bool | str)]
