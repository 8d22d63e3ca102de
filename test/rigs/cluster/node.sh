#!/usr/bin/env bash
# A cluster of one node: store, API, controllers, scheduler, kubelet, proxy, engine, names. It is the first process of network,
# mount and process namespaces of its own (cluster.ts): nothing of it is seen outside, and all of it ends with this.
set -euo pipefail
dir=$1 bin=$2 node=$3

mkdir -p "$dir"/{logs,kubelet,log,hosts,sys}
mount -t tmpfs tmpfs /run
mount --bind "$dir/log" /var/log
# The kubelet would set these for the whole machine. It leaves alone what has the value it wants.
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
ip link add pods0 type bridge && ip addr add 10.91.0.1/16 dev pods0 && ip link set pods0 up
echo 1 >/proc/sys/net/ipv4/ip_forward
# What goes from pod to pod by a Service's address has to come back through the node that rewrote it.
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables

run() { "$@" >>"$dir/logs/$(basename "$1").log" 2>&1 & }
config=(--kubeconfig "$dir/kubeconfig")

run etcd --data-dir "$dir/etcd" --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --log-level warn
run "$bin/kube-apiserver" --etcd-servers http://127.0.0.1:2379 --bind-address "$node" --advertise-address "$node" \
  --cert-dir "$dir/certs" --token-auth-file "$dir/tokens" --authorization-mode AlwaysAllow \
  --service-cluster-ip-range 10.92.0.0/16 --service-account-issuer https://longwire.test \
  --service-account-signing-key-file "$dir/account.key" --service-account-key-file "$dir/account.key" \
  --kubelet-preferred-address-types InternalIP
run "$bin/kube-controller-manager" "${config[@]}" --service-account-private-key-file "$dir/account.key" --leader-elect=false
run "$bin/kube-scheduler" "${config[@]}" --leader-elect=false
run dockerd --data-root "$dir/docker" --exec-root /run/docker-exec -p /run/docker.pid -H "unix://$dir/docker.sock" \
  --bridge pods0 --iptables=false --ip-masq=false --userland-proxy=false

# Names of Services, which a cluster's DNS answers elsewhere.
run dnsmasq --keep-in-foreground --no-resolv --no-hosts --hostsdir "$dir/hosts" --local=/cluster.local/ \
  --listen-address "$node" --bind-interfaces --user=root --pid-file
(
  while :; do
    kubectl "${config[@]}" get services -A --watch --no-headers \
      -o custom-columns=A:.metadata.namespace,B:.metadata.name,C:.spec.clusterIP |
      while read -r namespace name address; do
        case $address in
          10.*) echo "$address $name.$namespace.svc.cluster.local" >"$dir/hosts/$namespace.$name" ;;
        esac
      done || true
    sleep 1
  done
) >>"$dir/logs/names.log" 2>&1 &

cat >"$dir/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: { anonymous: { enabled: true }, webhook: { enabled: false } }
authorization: { mode: AlwaysAllow }
cgroupDriver: cgroupfs
# The machine's own groups stay as they are; containers have theirs below the engine's.
cgroupsPerQOS: false
enforceNodeAllocatable: []
clusterDNS: ["$node"]
clusterDomain: cluster.local
failSwapOn: false
# The disk is the machine's: nothing is evicted for its sake.
evictionHard: { memory.available: 100Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1% }
imageGCHighThresholdPercent: 100
resolvConf: /dev/null
YAML
until docker -H "unix://$dir/docker.sock" version >/dev/null 2>&1; do sleep 0.2; done
tar -C "$bin" -c pause | docker -H "unix://$dir/docker.sock" import -c 'ENTRYPOINT ["/pause"]' - longwire/pause:1 >/dev/null
run "$bin/kubelet" "${config[@]}" --config "$dir/kubelet.yaml" --root-dir "$dir/kubelet" --hostname-override node-1 \
  --node-ip "$node" --docker-endpoint "unix://$dir/docker.sock" --pod-infra-container-image longwire/pause:1 \
  --volume-plugin-dir "$dir/plugins" --network-plugin ''
run "$bin/kube-proxy" "${config[@]}" --hostname-override node-1 --proxy-mode iptables --oom-score-adj 0 \
  --conntrack-max-per-core 0 --conntrack-tcp-timeout-established 0 --conntrack-tcp-timeout-close-wait 0

# One that ends takes the others along.
wait -n
