"""The ``storage`` section: home folders and the shared folder on EFS."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section


class HomeConfig(Section):
    """Personal folders, one per user, invisible to the others."""

    mount: str = Field(
        default="/home/jovyan",
        pattern=r"^/[A-Za-z0-9._/-]+$",
        description="Absolute path of the personal folder in the notebook.",
    )


class SharedConfig(Section):
    """The folder that every user sees."""

    mount: str = Field(
        default="/home/shared",
        pattern=r"^/[A-Za-z0-9._/-]+$",
        description="Absolute path of the shared folder in the notebook.",
    )
    write: Literal["everyone", "admins", "nobody"] = Field(
        default="everyone",
        description="Who may write; for the rest the folder is mounted read-only.",
    )


class StorageConfig(Section):
    """EFS file system, its two access points, life cycle and backups."""

    home: HomeConfig = Field(default_factory=HomeConfig, description="Personal folders.")
    shared: SharedConfig = Field(default_factory=SharedConfig, description="Shared folder.")
    backup_days: int = Field(
        default=35,
        ge=0,
        le=3650,
        description="Days that a daily AWS Backup recovery point is kept; 0 makes no backup.",
    )
    infrequent_access_days: Literal[0, 1, 7, 14, 30, 60, 90, 180, 270, 365] = Field(
        default=90,
        description="Days without access after which a file moves to the cheaper storage class; "
        "0 never moves one.",
    )
    kms_key_arn: str | None = Field(
        default=None,
        description="Customer KMS key of the file system. Without it AWS's own EFS key is used. "
        "Changing it would replace the file system.",
        examples=["arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )
    keep_on_destroy: bool = Field(
        default=True,
        description="`jhub destroy` keeps file system and backups, and the next deploy adopts "
        "them. Files on the embedded AWS are never kept unless `--keep-data` is given.",
    )
