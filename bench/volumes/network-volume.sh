#!/usr/bin/env bash
# Mounts a network volume on one machine: GlusterFS, three servers with a copy each, in network namespaces of their own, and a
# client that reaches them over virtual Ethernet. Runs the command given and takes all of it away again. Needs root and
# glusterfs-server; the folder is on the disk that the volume's bricks are to be on.
#   bench/volumes/network-volume.sh FOLDER COPIES COMMAND…   (the volume is FOLDER/volume)
set -euo pipefail
folder=$(realpath "$1") copies=$2
shift 2
if [ "${LONGWIRE_VOLUME_APART:-}" = '' ]; then
  # Mounts, addresses and processes of its own: all of them end with the command.
  exec env LONGWIRE_VOLUME_APART=1 unshare --mount --net --pid --fork --kill-child --mount-proc "$0" "$folder" "$copies" "$@"
fi

mkdir -p "$folder"/{volume,run}
mount -t tmpfs tmpfs /run
# Both write their state where the distribution wants it.
mkdir -p /var/log/glusterfs /var/lib/glusterd
mount -t tmpfs tmpfs /var/log/glusterfs
mount -t tmpfs tmpfs /var/lib/glusterd
mkdir -p /run/gluster

ip link set lo up
ip link add bridge0 type bridge && ip addr add 10.93.0.1/24 dev bridge0 && ip link set bridge0 up
bricks=()
for n in $(seq "$copies"); do
  mkdir -p "$folder/brick$n" "$folder/run/index$n"
  cat >"$folder/run/brick$n.vol" <<VOL
volume posix
  type storage/posix
  option directory $folder/brick$n
end-volume
volume locks
  type features/locks
  subvolumes posix
end-volume
volume index
  type features/index
  option index-base $folder/run/index$n
  subvolumes locks
end-volume
volume threads
  type performance/io-threads
  subvolumes index
end-volume
volume brick
  type protocol/server
  option transport-type tcp
  option transport.socket.bind-address 10.93.0.1$n
  option transport.socket.listen-port 24100
  option auth.addr.threads.allow *
  subvolumes threads
end-volume
VOL
  unshare --net sleep infinity &
  holder=$!
  until [ "$(readlink "/proc/$holder/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
  ip link add "brick$n" type veth peer name eth0 netns "$holder"
  ip link set "brick$n" master bridge0 up
  nsenter -t "$holder" --net ip addr add "10.93.0.1$n/24" dev eth0
  nsenter -t "$holder" --net ip link set eth0 up
  nsenter -t "$holder" --net ip link set lo up
  nsenter -t "$holder" --net glusterfsd -N -f "$folder/run/brick$n.vol" -l "$folder/run/brick$n.log" &
  cat >>"$folder/run/client.vol" <<VOL
volume client$n
  type protocol/client
  option transport-type tcp
  option remote-host 10.93.0.1$n
  option remote-port 24100
  option remote-subvolume threads
end-volume
VOL
  bricks+=("client$n")
done
if [ "$copies" -gt 1 ]; then
  cat >>"$folder/run/client.vol" <<VOL
volume copies
  type cluster/replicate
  option afr-pending-xattr $(IFS=,; echo "${bricks[*]}")
  subvolumes ${bricks[*]}
end-volume
VOL
fi
cat >>"$folder/run/client.vol" <<VOL
volume written-behind
  type performance/write-behind
  subvolumes $([ "$copies" -gt 1 ] && echo copies || echo client1)
end-volume
VOL
glusterfs -f "$folder/run/client.vol" -l "$folder/run/client.log" "$folder/volume"
for _ in $(seq 100); do
  { mkdir "$folder/volume/tried" 2>/dev/null && break; } || sleep 0.1
done
rmdir "$folder/volume/tried"
"$@"
