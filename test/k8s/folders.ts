/** The product lines that there are overlays of. */
export const overlaidLines = ['push', 'iot'];

/** Each is rendered by kustomize as it is. */
export const renderedFolders = [
  ...overlaidLines.flatMap((line) => [`k8s/overlays/${line}`, `k8s/overlays/${line}/migrations`]),
  ...['test/k8s/options', 'test/k8s/outside', 'test/k8s/operator', 'test/k8s/apollo', 'k8s/cluster'],
  ...['k8s/cluster/calico', 'k8s/monitoring', 'k8s/examples', 'k8s/load'],
];
