{{/* The version that runs: of the values, or of the chart. */}}
{{- define "longwire.version" -}}
{{- .Values.images.tag | default .Chart.AppVersion -}}
{{- end }}

{{/* An image of the line, by digest where the values have one. Takes the root, the program and its digest. */}}
{{- define "longwire.image" -}}
{{- $root := index . 0 -}}
{{- $image := printf "%s/%s-%s" $root.Values.images.registry $root.Values.line (index . 1) -}}
{{- with index . 2 }}{{ printf "%s@%s" $image . }}{{ else }}{{ printf "%s:%s" $image (include "longwire.version" $root) }}{{ end -}}
{{- end }}

{{/* What every role is told: the values' `config`, and what follows from the line's name. */}}
{{- define "longwire.config" -}}
{{- $ofLine := dict "LONGWIRE_TOPIC_PREFIX" .Values.line "LONGWIRE_KEY_PREFIX" .Values.line -}}
{{- toYaml (merge (deepCopy .Values.config) $ofLine) -}}
{{- end }}

{{/* With a hash of what is in it: pods roll when it changes, and those of the version before keep theirs. */}}
{{- define "longwire.configName" -}}
longwire-config-{{ include "longwire.config" . | sha256sum | trunc 10 }}
{{- end }}

{{/* The blocks that a policy opens: those of the values, or the addresses themselves. */}}
{{- define "longwire.blocks" -}}
{{- if .blocks -}}
{{- range .blocks }}
- ipBlock: { cidr: {{ . | quote }} }
{{- end }}
{{- else -}}
{{- if or .hostName (not .addresses) }}{{ fail "each store needs addresses, or the blocks that its host name leads into" }}{{ end -}}
{{- range .addresses }}
- ipBlock: { cidr: {{ printf "%s/32" . | quote }} }
{{- end }}
{{- end }}
{{- end }}

{{/* A Service that leads out of the cluster. Takes root, name, port, portName and addresses. */}}
{{- define "longwire.serviceOutside" }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    app.kubernetes.io/part-of: longwire-{{ .root.Values.line }}
spec:
  ports:
    - { name: {{ .portName }}, port: {{ .port }}, targetPort: {{ .port }} }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: {{ .name }}-outside
  namespace: {{ .root.Release.Namespace }}
  labels:
    app.kubernetes.io/part-of: longwire-{{ .root.Values.line }}
    kubernetes.io/service-name: {{ .name }}
    endpointslice.kubernetes.io/managed-by: longwire
addressType: IPv4
ports:
  - { name: {{ .portName }}, protocol: TCP, port: {{ .port }} }
endpoints:
  {{- range .addresses }}
  - addresses: [{{ . | quote }}]
  {{- end }}
{{- end }}
