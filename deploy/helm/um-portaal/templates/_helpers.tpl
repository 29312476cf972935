{{- define "um.labels" -}}
app.kubernetes.io/name: um-portaal
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "um.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.naam }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.naam }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "um.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
serviceAccountName: {{ .Release.Name }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "um.opgesloten" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Wat elk onderdeel weet: de gedeelde geheimen, en wat niet geheim is. */}}
{{- define "um.omgeving" -}}
envFrom:
  - secretRef: {name: {{ .Values.secrets.omgeving }}}
  - configMapRef: {name: {{ .Release.Name }}-instellingen}
{{- end }}

{{/* De uitgever van het certificaat van Redis, in elke pod die Redis gebruikt. */}}
{{- define "um.redisMap" -}}
{{- if .Values.secrets.redisTls }}
- {name: redis-tls, mountPath: /etc/um/redis, readOnly: true}
{{- end }}
{{- end }}
{{- define "um.redisVolume" -}}
{{- if .Values.secrets.redisTls }}
- name: redis-tls
  secret: {secretName: {{ .Values.secrets.redisTls }}}
{{- end }}
{{- end }}

{{/* Een webonderdeel naast nginx in dezelfde pod, op een socket. Gebruik: dict "naam" ... "wortel" $ */}}
{{- define "um.web" -}}
{{- $maat := index .wortel.Values.web .naam -}}
- name: {{ .naam }}
  image: {{ include "um.image" .wortel }}
  args: [{{ .naam }}]
  {{- include "um.omgeving" .wortel | nindent 2 }}
  {{- if has .naam (list "paginas" "balie") }}
    - secretRef: {name: {{ .wortel.Values.secrets.geheim }}}
  {{- end }}
  env:
    - {name: UM_BIND, value: "unix:/run/um-{{ .naam }}/socket"}
  {{- include "um.opgesloten" .wortel | nindent 2 }}
  resources:
    requests: {cpu: {{ $maat.cpu }}, memory: {{ $maat.geheugen }}}
    limits: {memory: {{ $maat.grens }}}
  startupProbe:
    exec: {command: [python, deploy/probe.py, live]}
    periodSeconds: 2
    failureThreshold: 60
  livenessProbe:
    exec: {command: [python, deploy/probe.py, live]}
    periodSeconds: 15
    timeoutSeconds: 5
    failureThreshold: 4
  readinessProbe:
    exec: {command: [python, deploy/probe.py, ready]}
    periodSeconds: 5
    timeoutSeconds: 5
    failureThreshold: 2
  lifecycle:
    # Eerst uit de verdeling, dan pas stoppen.
    preStop: {exec: {command: [sleep, "5"]}}
  volumeMounts:
    - {name: run-{{ .naam }}, mountPath: /run/um-{{ .naam }}}
    - {name: tmp, mountPath: /tmp}
  {{- include "um.redisMap" .wortel | nindent 4 }}
  {{- if eq .naam "paginas" }}
    - {name: uitwisseling, mountPath: /etc/um/uitwisseling, readOnly: true}
  {{- end }}
{{- end }}

{{- define "um.nginx" -}}
- name: nginx
  image: {{ .Values.nginx.image }}
  {{- include "um.opgesloten" . | nindent 2 }}
  resources:
    requests: {cpu: 50m, memory: 32Mi}
    limits: {memory: 256Mi}
  ports:
    - {name: https, containerPort: 8443}
  readinessProbe: {tcpSocket: {port: https}, periodSeconds: 5}
  livenessProbe: {tcpSocket: {port: https}, periodSeconds: 15}
  lifecycle:
    preStop: {exec: {command: [sh, -c, "sleep 5; nginx -s quit; sleep 25"]}}
{{- end }}
