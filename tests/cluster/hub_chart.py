"""A chart in the place of JupyterHub's: its Secret, its two Deployments, its kept values.

It keeps what is in the cluster, as JupyterHub's chart says that it does, so that a run can be
followed to its end where that chart cannot be fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.releases import catalog
from tests.support.charts import pack

if TYPE_CHECKING:
    from pathlib import Path

_SECRET = """\
{{- $there := dig "data" dict (lookup "v1" "Secret" .Release.Namespace "hub" | default dict) }}
apiVersion: v1
kind: Secret
metadata:
  name: hub
  labels: {app: jupyterhub, component: hub}
data:
  values.yaml: {{ .Values | toYaml | b64enc | quote }}
  {{- range list "JupyterHub.cookie_secret" "CryptKeeper.keys" "ConfigurableHTTPProxy.auth_token" }}
  {{- $key := printf "hub.config.%s" . }}
  {{ $key }}: {{ get $there $key | default (randAlphaNum 64 | b64enc) | quote }}
  {{- end }}
  {{- range $name, $_ := .Values.hub.services }}
  {{- $key := printf "hub.services.%s.apiToken" $name }}
  {{ $key }}: {{ get $there $key | default (randAlphaNum 64 | b64enc) | quote }}
  {{- end }}
"""
_DEPLOYMENTS = """\
{{- range list "hub" "proxy" }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ . }}
spec:
  strategy: {type: Recreate}
  selector:
    matchLabels: {app: jupyterhub, component: {{ . }}}
  template:
    metadata:
      labels: {app: jupyterhub, component: {{ . }}}
    spec:
      containers:
        - name: {{ . }}
          image: {{ . }}
          env:
            {{- range $name, $value := $.Values.hub.extraEnv }}
            - {name: {{ $name }}, valueFrom: {{ $value.valueFrom | toJson }}}
            {{- end }}
          securityContext:
            allowPrivilegeEscalation: false
            runAsNonRoot: true
            seccompProfile: {type: RuntimeDefault}
            capabilities: {drop: [ALL]}
{{- end }}
"""


def pack_hub(folder: Path) -> Path:
    """Write the chart as an archive into a folder."""
    files = {"templates/secret.yaml": _SECRET, "templates/deployments.yaml": _DEPLOYMENTS}
    return pack(folder, catalog.JUPYTERHUB, files)
