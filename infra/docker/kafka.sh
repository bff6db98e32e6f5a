#!/usr/bin/env bash
# Starts the broker from what the prepare job handed out; formats an empty data folder first, with the users in it.
set -euo pipefail
kafka=${KAFKA_HOME:-/opt/kafka}
given=${HANDED_OUT:-/run/mandate}
data=${KAFKA_DATA:-/var/lib/kafka/data}

if [ ! -e "$data/meta.properties" ]; then
  credentials=()
  while IFS= read -r credential; do credentials+=(--add-scram "$credential"); done < "$given/scram.txt"
  # It prints every user's stored keys.
  "$kafka/bin/kafka-storage.sh" format --standalone --cluster-id "$(cat "$given/cluster-id")" \
    --config "$given/server.properties" "${credentials[@]}" > /dev/null
fi
exec "$kafka/bin/kafka-server-start.sh" "$given/server.properties"
