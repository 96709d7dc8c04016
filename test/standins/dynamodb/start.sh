#!/bin/sh
#   start.sh [--built]
# Runs DynamoDB Local, which Amazon publishes for tests, in memory on a free port of 127.0.0.1 until it is killed. Prints
# its address on one line of standard output when it answers: http://127.0.0.1:PORT. It accepts any keys. Needs a JDK (17
# or newer) and Maven, which keeps the download (50 MB) in its local repository. With --built it exits with 3 when the
# download is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${XDG_CACHE_HOME:-$HOME/.cache}/ambient-ci/dynamodb-local-3.3.1

if [ "${1:-}" = --built ]; then
  [ -f "$home/classpath" ] || exit 3
fi

for tool in java flock node; do
  command -v "$tool" > /dev/null || { echo "$0: $tool is missing: install a JDK, Node.js and util-linux" >&2; exit 1; }
done

mkdir -p "$home"
(
  flock 9
  if [ ! -f "$home/classpath" ]; then
    command -v mvn > /dev/null || { echo "$0: mvn is missing: install Maven" >&2; exit 1; }
    echo 'fetching DynamoDB Local …' >&2
    mvn --quiet --batch-mode --file "$here/pom.xml" dependency:build-classpath \
      -Dmdep.outputFile="$home/classpath.new" >&2
    mv "$home/classpath.new" "$home/classpath"
  fi
) 9> "$home/lock"

port=$(node -e '
  const server = require("net").createServer().listen(0, "127.0.0.1", () => {
    console.log(server.address().port)
    server.close()
  })
')

# Prints the address when the server answers. Gives up when the server has exited.
node -e '
  const [server, address] = process.argv.slice(1)
  const probe = () => fetch(address).then(() => console.log(address), () => {
    process.kill(Number(server), 0)
    setTimeout(probe, 50)
  })
  probe()
' "$$" "http://127.0.0.1:$port" &

exec java -Xmx256m -XX:+UseSerialGC -cp "$(cat "$home/classpath")" \
  "$here/Start.java" -inMemory -disableTelemetry -port "$port" >&2
