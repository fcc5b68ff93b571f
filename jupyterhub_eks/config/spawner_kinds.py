"""What each setting of KubeSpawner takes (7.0.0 with JupyterHub 5.5.0), by its traits.

``slug_scheme``, a choice of two words, is not among them. Code is left out where a setting takes
something else, too: YAML cannot hold it.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Form = Literal[
    "text", "flag", "whole", "number", "bytes", "list", "texts", "mappings", "mapping", "code",
    "any",
]  # fmt: skip


class Kind(NamedTuple):
    """What a setting takes.

    Attributes:
        forms: One of these.
        null: Whether it may be null.
    """

    forms: tuple[Form, ...]
    null: bool = False


_NAMES: Final[dict[Kind, str]] = {
    Kind(("text",)): """
        component_label default_url dns_name_template image ip k8s_api_host k8s_api_ssl_ca_cert
        namespace notebook_dir options_form options_from_form pod_connect_ip pod_name_template
        priority_class_name profile_form_template pvc_name_template secret_mount_path
        secret_name_template user_namespace_template
    """,
    Kind(("text",), null=True): """
        hub_connect_ip hub_connect_url image_pull_policy scheduler_name service_account
        storage_capacity storage_class working_dir
    """,
    Kind(("flag",)): """
        debug delete_pvc delete_stopped_pods disable_user_config enable_user_namespaces
        events_enabled handle_legacy_names privileged remember_pvc_name services_enabled
        ssl_alt_names_include_local storage_pvc_ensure
    """,
    Kind(("flag",), null=True): """
        allow_privilege_escalation automount_service_account_token k8s_api_verify_ssl
    """,
    Kind(("whole",)): """
        consecutive_failure_limit delete_grace_period http_timeout hub_connect_port
        k8s_api_request_retry_timeout k8s_api_request_timeout k8s_api_threadpool_workers
        poll_interval port start_timeout
    """,
    Kind(("whole",), null=True): "fs_gid gid uid",
    Kind(("number",)): "poll_jitter",
    Kind(("number",), null=True): "cpu_guarantee cpu_limit",
    Kind(("bytes",), null=True): "mem_guarantee mem_limit",
    Kind(("list",)): """
        additional_profile_form_template_paths env_keep oauth_client_allowed_scopes oauth_roles
        storage_access_modes supplemental_gids
    """,
    Kind(("texts",)): "args server_token_scopes ssl_alt_names",
    Kind(("mappings",)): "profile_list",
    Kind(("text", "texts"), null=True): "cmd",
    Kind(("list", "text")): "image_pull_secrets",
    Kind(("list", "mapping")): """
        extra_containers init_containers node_affinity_preferred node_affinity_required
        pod_affinity_preferred pod_affinity_required pod_anti_affinity_preferred
        pod_anti_affinity_required tolerations volume_mounts volumes
    """,
    Kind(("mapping",)): """
        common_labels container_security_context environment extra_annotations
        extra_container_config extra_labels extra_pod_config extra_resource_guarantees
        extra_resource_limits group_overrides lifecycle_hooks node_selector pod_security_context
        storage_extra_annotations storage_extra_labels storage_selector
        user_namespace_annotations user_namespace_labels
    """,
    Kind(("mapping",), null=True): "apply_user_options",
    Kind(("code",), null=True): "after_pod_created_hook get_pod_url modify_pod_hook",
    Kind(("any",), null=True): """
        auth_state_hook post_stop_hook pre_spawn_hook progress_ready_hook
    """,
}
KINDS: Final[dict[str, Kind]] = {
    name: kind for kind, names in _NAMES.items() for name in names.split()
}
