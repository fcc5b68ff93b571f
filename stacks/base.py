"""What all stacks share: provider, versions, backend, tags, names, outputs.

Construct ids are API: Terraform addresses are made of them, so changing one
replaces a user's resource. They stand directly below the stack, which keeps the
address equal to the id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import LocalBackend, S3Backend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags

from jupyterhub_eks.naming import DEPLOYMENT_TAG, resource_name, state_bucket_name
from jupyterhub_eks.versions import AWS_PROVIDER_RANGE, TERRAFORM_MINIMUM
from stacks.partitions import partition_of

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.deployment import DeploymentFile

PROVIDER_SOURCE = "hashicorp/aws"


class BaseStack(TerraformStack):
    """A stack of one deployment, with everything but resources.

    Args:
        scope: The cdktf app.
        stack: Name of the stack, also of its folder and state file.
        settings: Contents of ``jhub.yaml``.
        uses_aws: Whether it has AWS resources; else their provider need not be started.
    """

    def __init__(
        self, scope: Construct, stack: str, *, settings: DeploymentFile, uses_aws: bool = True
    ) -> None:
        super().__init__(scope, stack)
        self.deployment = settings.name
        self.aws_region = settings.region
        self.partition = partition_of(settings.region)
        self.deployment_tags = {**settings.tags, DEPLOYMENT_TAG: settings.name}
        self._add_backend(stack, settings)
        minimum = ".".join(str(part) for part in TERRAFORM_MINIMUM)
        self.add_override("terraform.required_version", f">= {minimum}")
        if uses_aws:
            self._add_provider(settings)
            self.require_aws_provider(AWS_PROVIDER_RANGE)

    def require_aws_provider(self, version_range: str) -> None:
        """Emit ``version_range`` in place of the single version the binding was made from."""
        self.add_override("terraform.required_providers.aws.source", PROVIDER_SOURCE)
        self.add_override("terraform.required_providers.aws.version", version_range)

    def name_of(self, suffix: str, kind: str) -> str:
        """Return the AWS name ``<deployment>-<suffix>`` within the limit of ``kind``."""
        return resource_name(self.deployment, suffix, kind)

    def named(self, suffix: str, **more: str) -> dict[str, str]:
        """Return a ``Name`` tag, for consoles, and further tags of this one resource."""
        return {"Name": f"{self.deployment}-{suffix}", **more}

    def add_output(self, name: str, value: str | list[str], description: str) -> None:
        """Declare a Terraform output that people and scripts may rely on."""
        TerraformOutput(self, name, value=value, description=description)

    def _add_provider(self, settings: DeploymentFile) -> None:
        AwsProvider(
            self,
            "Aws",
            region=settings.region,
            allowed_account_ids=[settings.account] if settings.account else None,
            default_tags=[AwsProviderDefaultTags(tags=self.deployment_tags)],
        )

    def _add_backend(self, stack: str, settings: DeploymentFile) -> None:
        if settings.state.backend == "local":
            # Relative to the stack's folder, so that the output can be moved.
            LocalBackend(self, path=f"../../state/{stack}.tfstate")
            return
        bucket = settings.state.bucket or state_bucket_name(
            settings.name, settings.account or "", settings.region
        )
        S3Backend(
            self,
            bucket=bucket,
            key=f"{settings.name}/{stack}.tfstate",
            region=settings.region,
            encrypt=True,
        )
        # Locking without a DynamoDB table; the class of cdktf 0.21 has no argument for it.
        self.add_override("terraform.backend.s3.use_lockfile", True)
