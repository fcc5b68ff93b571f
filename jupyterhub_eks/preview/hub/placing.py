"""The files that the chart puts into the pods of hub and servers, put into the state."""

from __future__ import annotations

import base64
import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import yaml

from jupyterhub_eks.preview.hub.chart import value_at

if TYPE_CHECKING:
    from collections.abc import Mapping

HUB_FILES: Final = "hub-files"
SERVER_FILES: Final = "server-files"


def place_files(values: Mapping[str, Any], state: Path) -> dict[str, Any]:
    """Write the files, and return the values with the hub's own led to where they are.

    Every text below ``hub`` that is the path of such a file, or of the folder that it lies in,
    is replaced: paths of templates, a logo.

    Raises:
        OSError: The state cannot be written.
        ValueError: A file of the values is not one that can be written.
    """
    hub_files = value_at(values, "hub.extraFiles") or {}
    places: dict[str, str] = {}
    for file in hub_files.values():
        mounted = PurePosixPath(file["mountPath"])
        if ".." in mounted.parts:
            raise ValueError(f"{mounted} has .. in it")
        place = state / HUB_FILES / mounted.relative_to("/")
        _write(place, file)
        places[str(mounted)] = str(place)
        places[str(mounted.parent)] = str(place.parent)
    for key, file in (value_at(values, "singleuser.extraFiles") or {}).items():
        _write(state / SERVER_FILES / key, file)
    hub = values.get("hub") or {}
    led = {key: _led(value, places) for key, value in hub.items() if key != "extraFiles"}
    return {**values, "hub": led | {"extraFiles": hub_files}}


def content(file: Mapping[str, Any]) -> bytes:
    """Return what is in a file of the chart's ``extraFiles``.

    Raises:
        ValueError: It is data in a form that only the chart can write.
    """
    if (text := file.get("stringData")) is not None:
        return str(text).encode()
    if (coded := file.get("binaryData")) is not None:
        return base64.b64decode(coded)
    data = file.get("data")
    suffix = PurePosixPath(file["mountPath"]).suffix
    if suffix in (".yaml", ".yml"):
        return str(yaml.safe_dump(data)).encode()
    if suffix == ".json":
        return json.dumps(data).encode()
    raise ValueError(f"{file['mountPath']}: give the text of such a file as stringData")


def _write(place: Path, file: Mapping[str, Any]) -> None:
    place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    place.write_bytes(content(file))
    # Servers of other users read them too.
    place.chmod(file.get("mode") or 0o644)


def _led(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return places.get(value.rstrip("/"), value) if value.startswith("/") else value
    if isinstance(value, dict):
        return {key: _led(each, places) for key, each in value.items()}
    if isinstance(value, list):
        return [_led(each, places) for each in value]
    return value
