"""Say of a value what its key takes: bounds, forms, amounts and choices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.forms import FORMS
from jupyterhub_eks.config.login_names import login_hint
from jupyterhub_eks.config.samples import line_key
from jupyterhub_eks.config.scalars import resolve
from jupyterhub_eks.config.units import number_without_unit
from jupyterhub_eks.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.forms import Form
    from jupyterhub_eks.config.subject import Subject


def explain_amount(subject: Subject, ctx: Mapping[str, str]) -> tuple[str, str]:
    """Explain what :mod:`jupyterhub_eks.config.amounts` says of an amount."""
    message = f"{subject.quoted if subject.text else f'`{subject.key}`'} {ctx['why']}"
    meant = resolve(ctx["meant"])
    if meant is not None and subject.takes(meant):
        return message, f"write {subject.line(meant)}"
    return message, f"write e.g. {subject.example()}"


def explain_limit(kind: str, subject: Subject, ctx: Mapping[str, Any]) -> tuple[str, str]:
    """Explain a value past a bound, or of another form than its key has."""
    form = FORMS.get(subject.key) if subject.is_field and _has_pattern(subject) else None
    if kind in _LIMITS:
        return _bound(kind, subject, ctx, form)
    if kind == "string_pattern_mismatch" and form:
        return _form(subject, form)
    return f"{subject.quoted} is not what this key takes", f"write e.g. {subject.example()}"


def _bound(
    kind: str, subject: Subject, ctx: Mapping[str, Any], form: Form | None
) -> tuple[str, str]:
    about = (subject.info.description or "") if subject.info else ""
    template, name = _LIMITS[kind]
    bound = ctx[name]
    are = "is" if bound == 1 else "are"
    message = f"{subject.quoted} is {template.format(f'{bound:g}', are=are)}"
    if word := _DIRECTIONS.get(name):
        return message, f"write {subject.line(bound)} or {word}. {about}"
    meant = form.correct(subject.text) if form else None
    if meant and subject.takes(meant):
        return message, f"write e.g. {subject.line(meant)}"
    return message, f"write e.g. {subject.example()}. {about}"


def _form(subject: Subject, form: Form) -> tuple[str, str]:
    if "$" in subject.text:
        message = f"{subject.quoted} is not {form.what}; variables are not filled in"
        return message, f"write the value itself, e.g. {subject.example()}"
    meant = form.correct(subject.text)
    good = subject.line(meant) if meant and subject.takes(meant) else subject.example()
    return f"{subject.quoted} is not {form.what}", f"write e.g. {good}; allowed: {form.allowed}"


def _has_pattern(subject: Subject) -> bool:
    metadata = subject.info.metadata if subject.info else ()
    return any(getattr(item, "pattern", None) for item in metadata)


_DIRECTIONS: Final = {"ge": "more", "le": "less"}
_LIMITS: Final = {
    "greater_than_equal": ("too small; the least is {}", "ge"),
    "greater_than": ("too small; it must be more than {}", "gt"),
    "less_than_equal": ("too large; the most is {}", "le"),
    "less_than": ("too large; it must be less than {}", "lt"),
    "too_short": ("too short; at least {} {are} needed", "min_length"),
    "too_long": ("too long; at most {} {are} allowed", "max_length"),
    "string_too_short": ("too short; at least {} characters", "min_length"),
    "string_too_long": ("too long; at most {} characters", "max_length"),
}


def _allowed(error: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the choices that pydantic quotes, e.g. ``'a', 'b' or 'c'`` or ``0, 1 or 7``."""
    ctx = error.get("ctx", {})
    text = str(ctx.get("expected", "") or ctx.get("expected_tags", ""))
    return tuple(re.findall(r"'([^']*)'", text)) or tuple(re.findall(r"\d+", text))


def explain_choice(subject: Subject, error: Mapping[str, Any]) -> tuple[str, str]:
    """Explain a value that is none of those that its key takes."""
    allowed = _allowed(error)
    message = f"{subject.quoted} is not one of {', '.join(allowed)}"
    if meant := login_hint(subject.path, subject.text, allowed):
        return message, meant
    line = line_key(subject.path)
    if allowed and all(choice.isdigit() for choice in allowed):
        number = number_without_unit(subject.key, subject.text)
        if number is None:
            return message, f"write one of them, e.g. {subject.example()}"
        nearest = min(allowed, key=lambda choice: abs(int(choice) - number))
        way = "write it without quotes:" if subject.text == nearest else "the nearest is"
        return message, f"{way} `{line}{nearest}`"
    if match := closest(subject.text, allowed):
        return message, f"did you mean `{line}{match}`?"
    return message, f"write one of them, e.g. {subject.example()}"
