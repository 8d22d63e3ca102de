#!/usr/bin/env bash
# For a lab: prints the routes by which a host outside the cluster reaches pod addresses, from the blocks that Calico gave to
# nodes. Run the lines as root there, and again when blocks have moved: only a router that speaks BGP follows by itself.
set -euo pipefail

kubectl get blockaffinities.crd.projectcalico.org \
  -o jsonpath='{range .items[?(@.spec.state=="confirmed")]}{.spec.cidr}{" "}{.spec.node}{"\n"}{end}' |
  while read -r block node; do
    address=$(kubectl get node "$node" -o jsonpath='{.status.addresses[?(@.type=="InternalIP")].address}' </dev/null)
    # A dual-stack node has two; pools here are IPv4.
    echo "ip route replace $block via ${address%% *}"
  done
