"""Names of KubeSpawner's settings (7.0.0 with JupyterHub 5.5.0); any other has no effect."""

from __future__ import annotations

from typing import Final

# Settings that are mappings: an override is merged into them.
MAPPINGS: Final = frozenset(
    {
        "common_labels", "environment", "extra_annotations", "extra_container_config",
        "extra_labels", "extra_pod_config", "extra_resource_guarantees", "extra_resource_limits",
        "lifecycle_hooks", "node_selector", "storage_extra_annotations", "storage_extra_labels",
        "storage_selector", "user_namespace_annotations", "user_namespace_labels",
    }
)  # fmt: skip
SETTINGS: Final = MAPPINGS | frozenset(
    {
        "after_pod_created_hook", "allow_privilege_escalation", "args", "auth_state_hook",
        "automount_service_account_token", "cmd", "component_label", "consecutive_failure_limit",
        "container_security_context", "cpu_guarantee", "cpu_limit", "debug", "default_url",
        "delete_grace_period", "delete_pvc", "delete_stopped_pods", "disable_user_config",
        "dns_name_template", "enable_user_namespaces", "env_keep", "events_enabled",
        "extra_containers", "fs_gid", "gid", "group_overrides", "handle_legacy_names",
        "http_timeout", "image", "image_pull_policy", "image_pull_secrets", "init_containers",
        "ip", "mem_guarantee", "mem_limit", "modify_pod_hook", "namespace",
        "node_affinity_preferred", "node_affinity_required", "notebook_dir", "oauth_roles",
        "pod_affinity_preferred", "pod_affinity_required", "pod_anti_affinity_preferred",
        "pod_anti_affinity_required", "pod_connect_ip", "pod_name_template",
        "pod_security_context", "poll_interval", "poll_jitter", "port", "post_stop_hook",
        "pre_spawn_hook", "priority_class_name", "privileged", "progress_ready_hook",
        "pvc_name_template", "remember_pvc_name", "scheduler_name", "secret_mount_path",
        "secret_name_template", "server_token_scopes", "service_account", "services_enabled",
        "slug_scheme", "start_timeout", "storage_access_modes", "storage_capacity",
        "storage_class", "storage_pvc_ensure", "supplemental_gids", "tolerations", "uid",
        "volume_mounts", "volumes", "working_dir",
    }
)  # fmt: skip
# On these depends where a server can start.
PLACING: Final = frozenset(
    {
        "cpu_guarantee", "cpu_limit", "mem_guarantee", "mem_limit", "extra_resource_guarantees",
        "extra_resource_limits", "node_selector", "node_affinity_required", "tolerations",
        "extra_pod_config", "extra_container_config",
    }
)  # fmt: skip
