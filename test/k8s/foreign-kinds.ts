/**
 * Fields of kinds that aren't Kubernetes' own, as far as they are used here, by API and path. All of what is rendered was checked once
 * against the definitions of Gateway API 1.3, the Prometheus operator 0.85, External Secrets 0.19, cert-manager 1.18 and KEDA 2.17.
 */
export const foreignKinds: Record<string, Record<string, string[]>> = {
  'projectcalico.org/v3/IPPool': {
    spec: ['cidr', 'blockSize', 'ipipMode', 'vxlanMode', 'natOutgoing', 'nodeSelector'],
  },
  'projectcalico.org/v3/BGPPeer': { spec: ['nodeSelector', 'peerIP', 'asNumber'] },
  // What it hands on to the HorizontalPodAutoscaler is Kubernetes' own.
  'keda.sh/v1alpha1/ScaledObject': {
    spec: ['scaleTargetRef', 'minReplicaCount', 'maxReplicaCount', 'advanced', 'triggers'],
    'spec.scaleTargetRef': ['name'],
    'spec.advanced': ['horizontalPodAutoscalerConfig'],
    'spec.advanced.horizontalPodAutoscalerConfig': ['name', 'behavior'],
    'spec.triggers': ['type', 'name', 'metricType', 'metadata', 'authenticationRef'],
    'spec.triggers.authenticationRef': ['name'],
    'spec.triggers.metadata': ['authModes', 'serverAddress', 'query', 'threshold', 'ignoreNullValues'],
  },
  'keda.sh/v1alpha1/TriggerAuthentication': {
    spec: ['secretTargetRef'],
    'spec.secretTargetRef': ['parameter', 'name', 'key'],
  },
  'monitoring.coreos.com/v1/PodMonitor': {
    spec: ['selector', 'podMetricsEndpoints'],
    'spec.selector': ['matchExpressions'],
    'spec.selector.matchExpressions': ['key', 'operator', 'values'],
    'spec.podMetricsEndpoints': ['port', 'path', 'interval', 'scrapeTimeout', 'honorLabels', 'relabelings'],
    'spec.podMetricsEndpoints.relabelings': ['action', 'targetLabel', 'replacement', 'sourceLabels', 'regex'],
  },
  'monitoring.coreos.com/v1/PrometheusRule': {
    spec: ['groups'],
    'spec.groups': ['name', 'interval', 'rules'],
    'spec.groups.rules': ['record', 'alert', 'expr', 'for', 'labels', 'annotations'],
  },
  'cert-manager.io/v1/Certificate': {
    spec: ['secretName', 'dnsNames', 'issuerRef'],
    'spec.issuerRef': ['name', 'kind'],
  },
  'gateway.networking.k8s.io/v1/Gateway': {
    spec: ['gatewayClassName', 'listeners'],
    'spec.listeners': ['name', 'hostname', 'port', 'protocol', 'tls'],
    'spec.listeners.tls': ['mode', 'certificateRefs'],
    'spec.listeners.tls.certificateRefs': ['kind', 'name'],
  },
  'gateway.networking.k8s.io/v1/HTTPRoute': {
    spec: ['parentRefs', 'hostnames', 'rules'],
    'spec.parentRefs': ['name', 'sectionName'],
    'spec.rules': ['timeouts', 'backendRefs'],
    'spec.rules.timeouts': ['request', 'backendRequest'],
    'spec.rules.backendRefs': ['name', 'port'],
  },
  'external-secrets.io/v1/ExternalSecret': {
    spec: ['refreshInterval', 'secretStoreRef', 'target', 'dataFrom'],
    'spec.secretStoreRef': ['kind', 'name'],
    'spec.target': ['name'],
    'spec.dataFrom': ['extract'],
    'spec.dataFrom.extract': ['key'],
  },
};
