"""What to write where a value has the wrong type: always a value that the key takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, get_origin

from jupyterhub_eks.config.document import ListNode, MapNode, Scalar
from jupyterhub_eks.config.forms import FORMS
from jupyterhub_eks.config.login_names import login_meant
from jupyterhub_eks.config.lookup import AUTH_MODELS, model_at, unwrap
from jupyterhub_eks.config.placeholders import PLACEHOLDER
from jupyterhub_eks.config.samples import bounds, section_around
from jupyterhub_eks.config.units import number_without_unit
from jupyterhub_eks.versions import DEFAULT_KUBERNETES, KUBERNETES_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.config.subject import Subject

_YES: Final = {
    **dict.fromkeys(("yes", "y", "on", "true", "1"), True),
    **dict.fromkeys(("no", "n", "off", "false", "0"), False),
}
_UNITS: Final = {"_gib": "GiB", "_days": "days", "_hours": "hours", "_minutes": "minutes"}
# Text with a form that no number has, also in quotes.
_CHECKED_BY_RULES: Final = frozenset(
    {
        "certificate_arn",
        "cidr",
        "domain",
        "domains",
        "hosted_zone",
        "images",
        "instance_types",
        "instances",
        "issuer",
        "kms_key_arn",
        "private_subnet_ids",
        "public_access_cidrs",
        "public_subnet_ids",
        "secondary_cidr",
        "sizes",
    }
)
_EVERYWHERE: Final = "0.0.0.0/0"


def explain_type(kind: str, subject: Subject) -> tuple[str, str] | None:
    """Return message and hint for pydantic's error type ``kind``; ``None`` if it is no type."""
    handler = _HANDLERS.get(kind)
    return handler(subject) if handler else None


def _truth(subject: Subject) -> tuple[str, str]:
    meant = _YES.get(subject.text.lower())
    message = f"{subject.quoted} is not true or false"
    if meant is None:
        return message, f"write {subject.line(True)} or {subject.line(False)}"
    return message, f"write {subject.line(meant)}"


def _number(subject: Subject) -> tuple[str, str]:
    whole = subject.info is None or "float" not in str(subject.info.annotation)
    what = "a whole number" if whole else "a number"
    unit = next((name for end, name in _UNITS.items() if subject.key.endswith(end)), "")
    message = f"{subject.quoted} is not {what}" + (f" of {unit}" if unit else "")
    least, most = bounds(subject.info)
    if least is not None and most is not None:
        what += f" from {least:g} to {most:g}"
    meant = number_without_unit(subject.key, subject.text)
    if meant is None:
        return message, f"write {what}, e.g. {subject.example()}"
    if (isinstance(meant, int) or not whole) and subject.takes(meant):
        return message, f"write it without unit or quotes: {subject.line(meant)}"
    meant = round(meant) if whole else meant
    near = _within(meant, least, most)
    return message, f"write {what}, e.g. {subject.line(near)}"


def _within(number: float, least: float | None, most: float | None) -> float:
    number = number if least is None else max(number, least)
    return number if most is None else min(number, most)


def _text(subject: Subject) -> tuple[str, str]:
    node = subject.node
    if isinstance(node, (ListNode, MapNode)):
        return _single_text(subject, node)
    if not isinstance(node, Scalar) or node.value is None:
        return f"`{subject.key}` has an empty value", f"write e.g. {subject.example()}"
    if subject.key == "account":
        return _account(subject, node.text)
    message = f"{subject.quoted} is {subject.kind}; it must be text"
    return message, _in_quotes(subject, node.text)


def _in_quotes(subject: Subject, text: str) -> str:
    """Return the hint for a number or truth value in the place of a text."""
    known = [entry.minor for entry in KUBERNETES_VERSIONS]
    if subject.path == ("cluster", "version") and text not in known:
        # As text, too, it would be refused in the next round.
        line = subject.line(DEFAULT_KUBERNETES)
        return f"write {line}, in quotes; supported: {', '.join(known)}"
    if subject.field in _CHECKED_BY_RULES or not subject.takes(text):
        return f"write e.g. {_corrected(subject, text) or subject.example()}"
    return f"write {subject.line(text)}, in quotes"


def _single_text(subject: Subject, node: ListNode | MapNode) -> tuple[str, str]:
    message = f"`{subject.key}` is {subject.kind}; it takes one text"
    only = node.items[0] if isinstance(node, ListNode) and len(node.items) == 1 else None
    if subject.field == "images":
        only = None
    if isinstance(only, Scalar) and isinstance(only.value, str) and subject.takes(only.value):
        return message, f"write {subject.line(only.value)}"
    return message, f"write e.g. {subject.example()}"


def _account(subject: Subject, text: str) -> tuple[str, str]:
    message = f"{subject.quoted} is a number; an account id is text, as it may begin with 0"
    # One to three zeros may have been lost; with fewer digits it is no account id.
    if re.fullmatch(r"\d{9,12}", text, re.ASCII):
        return message, f"write {subject.line(text.zfill(12))}, in quotes"
    return message, f"write the 12 digits of the account in quotes, e.g. {subject.example()}"


def _corrected(subject: Subject, text: str) -> str:
    form = FORMS.get(subject.key)
    meant = form.correct(text) if form else None
    return subject.line(meant) if meant and subject.takes(meant) else ""


def _list(subject: Subject) -> tuple[str, str]:
    message = f"`{subject.key}` must be a list, not {subject.kind}"
    node = subject.node
    if not isinstance(node, Scalar) or node.value is None:
        return message.replace("not empty", "not left empty"), f"write e.g. {subject.example()}"
    items = [part for part in re.split(r"[,\s]+", node.text) if part]
    if _EVERYWHERE in items:  # it would be refused next
        items = [f"{PLACEHOLDER}/32"]
        return message, f"write {subject.line(items)} with your own network"
    if items and subject.takes(items):
        return message, f"write {subject.line(items)}"
    return message, f"write e.g. {subject.example()}"


def _mapping(subject: Subject) -> tuple[str, str]:
    text = subject.text
    around = _section_around(subject)
    hint = f"write {subject.line(around)}" if around else f"write e.g. {subject.example()}"
    shown = subject.quoted if text else f"`{subject.key}`"
    is_free = subject.info is None or get_origin(unwrap(subject.info.annotation)) is dict
    what = "a mapping of names to values" if is_free else "a section with keys of its own"
    kind = "" if text else f", not {subject.kind.replace('empty', 'left empty')}"
    return f"{shown} must be {what}{kind}", hint


def _section_around(subject: Subject) -> dict[str, Any] | None:
    """Return the section in which a single value probably belongs."""
    node = subject.node
    if not isinstance(node, Scalar) or node.value is None:
        return None
    if subject.path == ("auth",):
        known = node.text.lower()
        return {"type": known} if known in AUTH_MODELS else login_meant(node.text) or None
    model = model_at(subject.path, subject.auth_type)
    return section_around(model, node.value) if model else None


_HANDLERS: Final[dict[str, Callable[[Subject], tuple[str, str]]]] = {
    **dict.fromkeys(("bool_type", "bool_parsing"), _truth),
    **dict.fromkeys(
        (
            "int_type",
            "int_parsing",
            "int_parsing_size",
            "int_from_float",
            "float_type",
            "float_parsing",
            "finite_number",
        ),
        _number,
    ),
    "string_type": _text,
    **dict.fromkeys(("tuple_type", "list_type"), _list),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), _mapping),
}
