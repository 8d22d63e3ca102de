#!/usr/bin/env bash
# runc as containerd calls it. A process without CAP_SYS_RESOURCE, as in most sandboxes, may neither give that on, nor lower the
# score by which the kernel picks whom to end, nor raise the bound of open files: what asks for any of it would not start.
# Control groups are the machine's: a container's is put below that of its cluster, with which it is removed.
set -euo pipefail

# The file that says what is to be run: of a bundle for a container, of its own for a command in one that runs.
file= previous=
for word; do
  case $previous in
    --bundle) file=$word/config.json ;;
    --process) file=$word ;;
  esac
  previous=$word
done

if [ -f "$file" ]; then
  most=$(ulimit -Hn)
  [ "$most" != unlimited ] || most=1048576
  fitted=$(jq -c --argjson most "$most" --arg group "$LONGWIRE_CONTROL_GROUP" '
    def fitted:
      (if .oomScoreAdj then .oomScoreAdj = ([.oomScoreAdj, 0] | max) else . end)
      | (if .capabilities then .capabilities |= map_values((. // []) - ["CAP_SYS_RESOURCE"]) else . end)
      | (.rlimits // []) as $limits
      | .rlimits = ($limits | map(if .type == "RLIMIT_NOFILE"
          then .hard = ([.hard, $most] | min) | .soft = ([.soft, $most] | min) else . end));
    if has("process") then .process |= fitted | .linux.cgroupsPath |= $group + . else fitted end' "$file")
  printf '%s' "$fitted" >"$file"
fi
exec /usr/sbin/runc "$@"
