#!/bin/sh
# KAFKA_LOG_DIRS becomes log.dirs, and so on; a single broker that is its own controller is formatted at its first start.
set -eu
env | sed -n 's/^KAFKA_\([A-Z0-9_]*\)=\(.*\)$/\1=\2/p' | grep -v -E '^(HEAP_)?OPTS=' |
  awk -F= '{ key = tolower($1); gsub(/_/, ".", key); sub(/^[^=]*=/, ""); print key "=" $0 }' > /tmp/server.properties
if [ ! -f "$KAFKA_LOG_DIRS/meta.properties" ]; then
  mkdir -p "$KAFKA_LOG_DIRS"
  # What formatting writes. It would cost another start of the JVM.
  id=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')
  printf 'version=1\ncluster.id=%s\nnode.id=%s\n' "$id" "$KAFKA_NODE_ID" > "$KAFKA_LOG_DIRS/meta.properties"
fi
exec java -Xmx512m -Xms256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
  -Dlog4j.configuration=file:/opt/kafka/log4j.properties -cp '/opt/kafka/libs/*' kafka.Kafka /tmp/server.properties
