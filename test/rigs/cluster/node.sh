#!/usr/bin/env bash
# A cluster of one node: store, API, controllers, scheduler, kubelet, proxy, policies, containers. It is the first process of
# network, mount and process namespaces of its own (cluster.ts): nothing of it is seen outside, and all of it ends with this.
set -euo pipefail
dir=$1 kubernetes=$2 policies=$3 here=$4 node=$5

mkdir -p "$dir"/{logs,kubelet,log,cni,sys,root,state,volumes}
mount -t tmpfs tmpfs /run
# Folders that volumes are: of volume.yaml, and those that docs/operations.md names.
mount --bind "$dir/volumes" /srv
mkdir -p /srv/volume-{1,2,3} /srv/longwire/push-{redis,mysql,kafka}
mount --bind "$dir/log" /var/log
# The kubelet and the policies' firewall would set these for the whole machine. They leave alone what has the value they want.
while read -r file value; do
  echo "$value" >"$dir/sys/${file//\//-}"
  mount --bind "$dir/sys/${file//\//-}" "/proc/sys/$file"
done <<'TUNABLES'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
TUNABLES

ip link set lo up
ip link add node0 type bridge && ip addr add "$node/24" dev node0 && ip link set node0 up
# Without a way to addresses of Services the API's server would not even try those that lead to more of the API.
ip route add 10.92.0.0/16 dev node0
echo 1 >/proc/sys/net/ipv4/ip_forward
# What goes from pod to pod has to pass the rules of Services and of policies.
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables

run() { "$@" >>"$dir/logs/$(basename "$1").log" 2>&1 & }
config=(--kubeconfig "$dir/kubeconfig")

# In memory: it goes with the cluster.
run etcd --data-dir /run/etcd --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --log-level warn
run "$kubernetes/kube-apiserver" --etcd-servers http://127.0.0.1:2379 --bind-address "$node" --advertise-address "$node" \
  --cert-dir "$dir/certs" --token-auth-file "$dir/tokens" --authorization-mode Node,RBAC --allow-privileged \
  --service-cluster-ip-range 10.92.0.0/16 --service-account-issuer https://longwire.test \
  --service-account-signing-key-file "$dir/account.key" --service-account-key-file "$dir/account.key" \
  --kubelet-preferred-address-types InternalIP --requestheader-client-ca-file "$dir/proxy.crt" \
  --proxy-client-cert-file "$dir/proxy.crt" --proxy-client-key-file "$dir/proxy.key" \
  --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
  --requestheader-extra-headers-prefix X-Remote-Extra-
until [ -s "$dir/certs/apiserver.crt" ]; do sleep 0.2; done
# The server's own certificate, by which pods know it.
run "$kubernetes/kube-controller-manager" "${config[@]}" --service-account-private-key-file "$dir/account.key" \
  --root-ca-file "$dir/certs/apiserver.crt" --leader-elect=false
run "$kubernetes/kube-scheduler" "${config[@]}" --leader-elect=false

cat >"$dir/cni/10-pods.conflist" <<JSON
{ "cniVersion": "1.0.0", "name": "pods", "plugins": [
  { "type": "bridge", "bridge": "pods0", "isGateway": true, "hairpinMode": true,
    "ipam": { "type": "host-local", "dataDir": "$dir/addresses", "ranges": [[{ "subnet": "10.91.0.0/16" }]],
      "routes": [{ "dst": "0.0.0.0/0" }] } },
  { "type": "portmap", "capabilities": { "portMappings": true } } ] }
JSON
cat >"$dir/containerd.toml" <<TOML
version = 2
root = "$dir/root"
state = "$dir/state"
oom_score = 0
[grpc]
  address = "$dir/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "longwire.test/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$dir/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      BinaryName = "$here/runc.sh"
TOML
export LONGWIRE_CONTROL_GROUP="/$(basename "$dir")"
run containerd --config "$dir/containerd.toml"

cat >"$dir/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: { anonymous: { enabled: true }, webhook: { enabled: false } }
authorization: { mode: AlwaysAllow }
containerRuntimeEndpoint: "unix://$dir/containerd.sock"
cgroupDriver: cgroupfs
failCgroupV1: false
# The machine's own groups stay as they are; containers have theirs below one of the cluster's (runc.sh).
cgroupsPerQOS: false
enforceNodeAllocatable: []
clusterDNS: ["10.92.0.10"]
clusterDomain: cluster.local
failSwapOn: false
oomScoreAdj: 0
maxOpenFiles: $(ulimit -Hn)
# The disk is the machine's: nothing is evicted for its sake.
evictionHard: { memory.available: 100Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1% }
imageGCHighThresholdPercent: 100
resolvConf: ""
podLogsDir: "$dir/log/pods"
volumePluginDir: "$dir/plugins"
YAML
until [ -S "$dir/containerd.sock" ] && ctr -a "$dir/containerd.sock" version >/dev/null 2>&1; do sleep 0.2; done
ctr -a "$dir/containerd.sock" -n k8s.io images import "$dir/pause.tar" >>"$dir/logs/images.log" 2>&1
run "$kubernetes/kubelet" "${config[@]}" --config "$dir/kubelet.yaml" --root-dir "$dir/kubelet" --hostname-override node-1 \
  --node-ip "$node"
run "$kubernetes/kube-proxy" "${config[@]}" --hostname-override node-1 --proxy-mode iptables --oom-score-adj 0 \
  --conntrack-max-per-core 0 --conntrack-tcp-timeout-established 0 --conntrack-tcp-timeout-close-wait 0
until kubectl "${config[@]}" get node node-1 >/dev/null 2>&1; do sleep 0.5; done
run "$policies/kube-router" "${config[@]}" --run-firewall --run-router=false --run-service-proxy=false --enable-ipv6=false \
  --hostname-override node-1 --service-cluster-ip-range 10.92.0.0/16 --iptables-sync-period 1m

# One that ends takes the others along.
wait -n
