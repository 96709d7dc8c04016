#!/bin/sh
# Runs a MongoDB stand-in on a free port of 127.0.0.1 until it is killed. Prints its URL on one line of standard output.
# Builds the stand-in first when it has changed since the last build. Needs a JDK (17 or newer) and Maven.
set -eu
cd "$(dirname "$0")"

for tool in java mvn flock; do
  command -v "$tool" > /dev/null || { echo "$0: $tool is missing: install a JDK, Maven and util-linux" >&2; exit 1; }
done

mkdir -p target
(
  flock 9
  source=src/main/java/StandIn.java
  if [ ! -f target/classpath ] || [ pom.xml -nt target/classpath ] || [ "$source" -nt target/classpath ]; then
    mvn --quiet --batch-mode compile dependency:build-classpath -Dmdep.outputFile=target/classpath.new >&2
    mv target/classpath.new target/classpath
    touch target/classpath
  fi
) 9> target/lock

exec java -Xmx1g -cp "target/classes:$(cat target/classpath)" StandIn
