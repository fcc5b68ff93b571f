"""What the keys with a fixed form may hold, in words, and what was probably meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.regions import region_meant

if TYPE_CHECKING:
    from collections.abc import Callable


# Amazon Cognito "Creating a user pool domain": words a prefix may not hold.
RESERVED_IN_PREFIX: Final = ("aws", "amazon", "cognito")


@dataclass(frozen=True)
class Form:
    """The form of a text.

    Attributes:
        what: What the text should be, after "is not".
        allowed: What it may hold.
        correct: Turns a text into the one that was probably meant; may fail to.
    """

    what: str
    allowed: str
    correct: Callable[[str], str | None]


def slug(text: str, longest: int, first: str) -> str:
    """Return lower-case letters, digits and single hyphens; ``first`` in front of a digit."""
    plain = re.sub(r"[^a-z0-9]+", "-", _latin(text)).strip("-")
    if not plain[:1].isalpha():
        plain = f"{first}-{plain}"
    return plain[:longest].rstrip("-")


def deployment_name(text: str) -> str:
    """Return a deployment's name made of ``text``, without what AWS refuses in one."""
    name = slug(text, 100, "hub")
    while name.startswith("sg-"):
        name = name.removeprefix("sg-")
    return slug(name, 100, "hub") if len(name) > 1 else f"hub-{name}".rstrip("-")


def bucket_name(text: str) -> str | None:
    """Return the name of an S3 bucket made of ``text``."""
    name = re.sub(r"[^a-z0-9]+", "-", _latin(text).removeprefix("s3://")).strip("-")
    return name[:63].rstrip("-") or None


def variable_name(text: str) -> str:
    """Return the name of an environment variable made of ``text``."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_").upper()
    return name if name[:1].isalpha() else f"HUB_{name}".rstrip("_")


def _latin(text: str) -> str:
    """Return lower-case text without accents: ``Zürich`` becomes ``zurich``."""
    from unicodedata import normalize  # noqa: PLC0415 - only for a mistake

    return normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def domain_prefix(text: str) -> str:
    """Return the prefix of a Cognito login page made of ``text``, without reserved words."""
    host = _latin(text).removeprefix("https://").partition(".")[0]
    for word in RESERVED_IN_PREFIX:
        host = host.replace(word, "")
    return re.sub(r"[^a-z0-9]+", "-", host)[:63].strip("-") or "my-hub"


def _account(text: str) -> str | None:
    in_arn = re.fullmatch(r"arn:[^:]*:[^:]*:[^:]*:(\d{12})(?::.*)?", text, re.ASCII)
    digits = in_arn[1] if in_arn else re.sub(r"[\s.-]", "", text)
    return digits if re.fullmatch(r"\d{12}", digits, re.ASCII) else None


def _vpc_id(text: str) -> str | None:
    found = re.search(r"(?:vpc-)?([0-9a-f]{8}(?:[0-9a-f]{9})?)$", text.strip().lower())
    return f"vpc-{found[1]}" if found else None


def _pool(text: str) -> str | None:
    found = re.search(r"([a-z]{2}(?:-[a-z]+)+-\d_[0-9A-Za-z]+)/?\s*$", text)
    return found[1] if found else None


def _variable(text: str) -> str | None:
    name = re.sub(r"[^A-Za-z0-9]+", "_", text.strip().lstrip("$")).strip("_")
    return f"HUB_{name}".upper() if not name or name[0].isdigit() else name


def _mount(text: str) -> str | None:
    inside = re.sub(r"^[A-Za-z]:", "", text.strip()).replace("\\", "/")
    inside = inside.replace("~", "home/jovyan")
    parts = [re.sub(r"[^A-Za-z0-9._-]+", "-", part).strip("-") for part in inside.split("/")]
    return "/" + "/".join(part for part in parts if part not in ("", ".", ".."))


def _mig_profile(text: str) -> str | None:
    numbers = re.fullmatch(r"\s*(\d)\s*g?[\s.x-]*(\d{1,3})\s*(?:gb?)?\s*", text, re.IGNORECASE)
    return f"{numbers[1]}g.{numbers[2]}gb" if numbers else None


def _color(text: str) -> str | None:
    """Return the colour that a name or digits without their form mean."""
    word = text.strip().lower()
    digits = _COLORS.get(word) or re.sub(r"^(#|0x)", "", word)
    if re.fullmatch(r"[0-9a-f]{3}", digits):
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}" if re.fullmatch(r"[0-9a-f]{6}", digits) else None


# Those that people write without looking them up (CSS Color 4, named colours).
_COLORS: Final = {
    "black": "000000",
    "blue": "0000ff",
    "green": "008000",
    "grey": "808080",
    "gray": "808080",
    "navy": "000080",
    "orange": "ffa500",
    "purple": "800080",
    "red": "ff0000",
    "teal": "008080",
}
_COLOR: Final = Form("a colour", "`#` and six digits or letters a to f, in quotes", _color)
_MOUNT: Final = Form(
    "an absolute path", "`/` first, then letters, digits and `. _ - /`; no spaces", _mount
)
# By the last part of the key's path; only these have a form, which a test makes sure of.
FORMS: Final = {
    "name": Form(
        "a name for a deployment",
        "2 to 100 lower-case letters, digits and single hyphens; a letter first, no hyphen last",
        deployment_name,
    ),
    "region": Form("an AWS region", "area, direction and number as in `us-west-2`", region_meant),
    "account": Form("an AWS account id", "exactly 12 digits, in quotes", _account),
    "bucket": Form(
        "the name of an S3 bucket",
        "3 to 63 lower-case letters, digits and hyphens; no hyphen first or last",
        bucket_name,
    ),
    "domain_prefix": Form(
        "the prefix of a login page",
        "1 to 63 lower-case letters, digits and hyphens; no hyphen first or last",
        domain_prefix,
    ),
    "user_pool_id": Form(
        "the id of a user pool", "region, `_`, letters and digits as in `us-west-2_AbCd123`", _pool
    ),
    "env": Form(
        "the name of an environment variable",
        "letters, digits and `_`; no digit first",
        _variable,
    ),
    "vpc_id": Form("the id of a VPC", "`vpc-` and 8 or 17 digits and letters a to f", _vpc_id),
    "color": _COLOR,
    "color_dark": _COLOR,
    "mount": _MOUNT,
    "profile": Form("a MIG profile", "slices and memory as in `1g.24gb`", _mig_profile),
}
