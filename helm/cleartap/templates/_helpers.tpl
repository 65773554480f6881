{{/* The start of every name; 40 leaves room for the longest ending in a DNS label of 63. */}}
{{- define "cleartap.name" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "cleartap.sniffer" -}}{{ include "cleartap.name" . }}-ebpf-sniffer{{- end }}
{{- define "cleartap.reconstructor" -}}{{ include "cleartap.name" . }}-reconstructor{{- end }}

{{/* The name under which sniffers reach the reconstructor and which its certificate must have. */}}
{{- define "cleartap.reconstructorHost" -}}
{{ include "cleartap.reconstructor" . }}.{{ .Release.Namespace }}.svc
{{- end }}

{{/* Each pod claims its own name below this one: link.node stands for the star. */}}
{{- define "cleartap.snifferHost" -}}*.sniffer.cleartap{{- end }}

{{- define "cleartap.snifferSecret" -}}
{{- .Values.link.snifferSecret | default (printf "%s-link" (include "cleartap.sniffer" .)) -}}
{{- end }}
{{- define "cleartap.reconstructorSecret" -}}
{{- .Values.link.reconstructorSecret | default (printf "%s-link" (include "cleartap.reconstructor" .)) -}}
{{- end }}

{{- define "cleartap.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* What never changes about a side's pods. Call with (list $ "ebpf-sniffer"). */}}
{{- define "cleartap.selector" -}}
app.kubernetes.io/name: cleartap
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "cleartap.labels" -}}
{{ include "cleartap.selector" . }}
{{- with index . 0 }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}
{{- end }}

{{/* What the pods of both sides have. Call with (list $ values-of-the-side). */}}
{{- define "cleartap.podSettings" -}}
{{- $ := index . 0 -}}
{{- $side := index . 1 -}}
automountServiceAccountToken: false # neither side asks anything of the Kubernetes API
enableServiceLinks: false
{{- $secrets := $.Values.imagePullSecrets }}
{{- if $.Values.imageRegistryUsername }}
{{- $secrets = append $secrets (dict "name" (printf "%s-pull" (include "cleartap.name" $))) }}
{{- end }}
{{- with $secrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $side.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- range $key := list "nodeSelector" "affinity" "tolerations" }}
{{- with get $side $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* Pods start anew when their settings change. Call with (list settings values-of-the-side). */}}
{{- define "cleartap.podAnnotations" -}}
checksum/config: {{ index . 0 | sha256sum }}
{{- with (index . 1).podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The probes of both sides. */}}
{{- define "cleartap.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: metrics}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: metrics}
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  httpGet: {path: /readyz, port: metrics}
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}
