#!/bin/sh
# Runs Apache Kafka, one broker in KRaft mode, on 127.0.0.1 until it is killed. Prints the address of the broker on one
# line of standard output; it listens a few seconds later. Needs a JDK (17 or newer) and Maven, which keeps the download
# (54 MB) in its local repository.
#
#   start.sh                  a new broker in a temporary folder, on free ports
#   start.sh FOLDER           with the settings FOLDER/server.properties; its data stays in FOLDER
#   start.sh fetch            only downloads
set -eu
here=$(cd "$(dirname "$0")" && pwd)

for tool in java mvn flock node; do
  command -v "$tool" > /dev/null || { echo "$0: $tool is missing: install a JDK, Maven, Node.js and util-linux" >&2; exit 1; }
done

mkdir -p "$here/target"
(
  flock 9
  if [ ! -f "$here/target/classpath" ] || [ "$here/pom.xml" -nt "$here/target/classpath" ]; then
    echo 'fetching Apache Kafka 4.4.0 …' >&2
    mvn --quiet --batch-mode --file "$here/pom.xml" dependency:build-classpath \
      -Dmdep.outputFile="$here/target/classpath.new" >&2
    mv "$here/target/classpath.new" "$here/target/classpath"
    echo 'fetched' >&2
  fi
) 9> "$here/target/lock"
[ "${1-}" != fetch ] || exit 0

folder=${1-}
if [ -z "$folder" ]; then
  folder=$(mktemp -d)
  node --eval '
    const { createServer } = require("node:net")
    const servers = [createServer(), createServer()]
    let open = servers.length
    for (const server of servers) server.listen(0, "127.0.0.1", () => {
      if (--open > 0) return
      console.log(servers.map(server => server.address().port).join("\n"))
      for (const server of servers) server.close()
    })' > "$folder/ports"
  broker=$(sed -n 1p "$folder/ports")
  controller=$(sed -n 2p "$folder/ports")
  cat "$here/broker.properties" - > "$folder/server.properties" << SETTINGS
listeners=PLAINTEXT://127.0.0.1:$broker,CONTROLLER://127.0.0.1:$controller
controller.quorum.bootstrap.servers=127.0.0.1:$controller
log.dirs=$folder/log
SETTINGS
fi

classpath=$(cat "$here/target/classpath")
quiet=-Dorg.slf4j.simpleLogger.defaultLogLevel=error
if [ ! -f "$folder/log/meta.properties" ]; then
  # shellcheck disable=SC2086 # several words: the users of SCRAM
  java "$quiet" -cp "$classpath" kafka.tools.StorageTool format --standalone --cluster-id AAAAAAAAAAAAAAAAAAAAAQ \
    --config "$folder/server.properties" ${KAFKA_FORMAT_ARGS-} > "$folder/format.log" 2>&1 ||
    { cat "$folder/format.log" >&2; exit 1; }
fi
sed -n 's|^listeners=PLAINTEXT://\([^,]*\).*|\1|p' "$folder/server.properties"
exec java "$quiet" -Xmx256m -XX:+UseSerialGC -cp "$classpath" kafka.Kafka "$folder/server.properties"
