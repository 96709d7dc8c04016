#!/usr/bin/env bash
# mongo-java-server 1.47.0 (with its memory backend) answers findAndModify with `new: true` with a document in which
# later updates can be visible. Of six concurrent increments of one counter, several get the same number, although all
# six are counted. In MongoDB each gets its own, which is what counters are made with. With `new: false` the answers
# were right, so `previous + 1` is a counter in both.
#
# Increments a counter 1,800 times, six at once, with the Node.js driver mongodb 7.8.0, asking for the document after and
# before the change. Observed:
#   after: repeats, counted to 1800
#   before: unique, counted to 1800
# Needs a JDK (17 or newer), Maven and Node.js 20.19 or newer. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

mkdir -p src/main/java
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>probe</groupId>
  <artifactId>probe</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source>
    <maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>de.bwaldvogel</groupId>
      <artifactId>mongo-java-server</artifactId>
      <version>1.47.0</version>
    </dependency>
  </dependencies>
</project>
XML
cat > src/main/java/Probe.java <<'JAVA'
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

public final class Probe {
    public static void main(String[] args) throws InterruptedException {
        // The version that the driver demands at least.
        MongoVersion version = new MongoVersion() {
            @Override
            public List<Integer> getVersionArray() {
                return List.of(4, 4, 0);
            }

            @Override
            public int getWireVersion() {
                return 9;
            }
        };
        System.out.println("port " + new MongoServer(new MemoryBackend().version(version)).bind().getPort());
        Thread.currentThread().join();
    }
}
JAVA
mvn --quiet --batch-mode compile dependency:build-classpath -Dmdep.outputFile=classpath >&2
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent mongodb@7.8.0

cat > probe.mjs <<'JS'
import { MongoClient } from 'mongodb'

const client = await new MongoClient(process.argv[2]).connect()

/** Returns how many of the rounds gave a number twice, and how far the counter came. */
async function count(name, returnDocument) {
  const counters = client.db('probe').collection(name)
  await counters.insertOne({ _id: 1, n: 0 })
  let repeated = 0
  for (let round = 0; round < 300; round++) {
    const increment = () => counters.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument })
    const numbers = (await Promise.all(Array.from({ length: 6 }, increment))).map(({ n }) => n)
    if (new Set(numbers).size < numbers.length) repeated++
  }
  return `${repeated > 0 ? 'repeats' : 'unique'}, counted to ${(await counters.findOne({ _id: 1 })).n}`
}

console.log(`after: ${await count('after', 'after')}`)
console.log(`before: ${await count('before', 'before')}`)
await client.close()
JS

java -cp "target/classes:$(cat classpath)" Probe > server.log 2> server.err &
server=$!
for _ in $(seq 300); do
  grep -q '^port ' server.log && break
  kill -0 "$server"
  sleep 0.1
done
output=$(node probe.mjs "mongodb://127.0.0.1:$(sed -n 's/^port //p' server.log)/")
echo "$output"
[[ $output == $'after: repeats, counted to 1800\nbefore: unique, counted to 1800' ]]
