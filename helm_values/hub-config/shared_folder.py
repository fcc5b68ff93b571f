"""Let administrators write to the shared folder; part of the hub's configuration.

The folder is mounted read-only by ``singleuser.storage``, so that it stays closed to
everybody if this hook is replaced.
"""


def open_shared_folder(spawner):
    """Set how the shared folder is mounted, each time a server starts."""
    spawner.volume_mounts["shared"]["readOnly"] = not spawner.user.admin


c.KubeSpawner.pre_spawn_hook = open_shared_folder
