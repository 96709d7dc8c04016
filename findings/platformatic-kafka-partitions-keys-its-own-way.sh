#!/usr/bin/env bash
# @platformatic/kafka 2.12.1 sends a key to another partition than Kafka's own client, where the number of partitions
# is no power of two.
#
# Clients that hash keys with murmur2 agree on `(hash & 0x7fffffff) % partitions`, so that records with the same key
# are in partitions with the same number, whoever wrote them: joins of topics and stores by key build on it. By default
# this client takes all 32 bits of the hash as an unsigned number. The two agree for 1, 2, 4, 8 … partitions, as tests
# and laptops have, and differ for a share of the keys at 3, 6, 10 or 12. The other way is there: `partitioner:
# compatibilityPartitioner`. Changing it later moves keys, so it belongs into the first version.
#
# Sends 40 keys to Apache Kafka 4.4.0 and counts those in the partition that its Java client would choose. Needs a JDK
# (17 or newer), Maven and Node.js 22 or newer. Exits with 1 when the output differs. Observed:
#   4 partitions: default 40, compatibilityPartitioner 40, kafkajs 40 of 40
#   6 partitions: default 27, compatibilityPartitioner 40, kafkajs 40 of 40
set -euo pipefail

folder=$(mktemp -d)
broker=
stop() {
  if [[ -n $broker ]]; then
    kill -9 "$broker" || true
    wait "$broker" || true
  fi 2> /dev/null
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"

cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>probe</groupId>
  <artifactId>probe</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>4.4.0</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.8.1</version>
      </plugin>
    </plugins>
  </build>
</project>
XML
mvn --quiet --batch-mode dependency:build-classpath -Dmdep.outputFile=classpath >&2
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent @platformatic/kafka@2.12.1 kafkajs@2.2.4

cat > Partitions.java <<'JAVA'
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

public class Partitions {
    public static void main(String[] args) {
        for (int n = 0; n < 40; n++) {
            byte[] key = ("key-" + n).getBytes(StandardCharsets.UTF_8);
            StringBuilder line = new StringBuilder();
            for (String partitions : args) {
                line.append(BuiltInPartitioner.partitionForKey(key, Integer.parseInt(partitions))).append(' ');
            }
            System.out.println(line.toString().trim());
        }
    }
}
JAVA
java -cp "$(cat classpath)" Partitions.java 4 6 > java.txt 2> java.err

read -r port controller < <(node --eval '
  const { createServer } = require("node:net")
  const servers = [createServer(), createServer()]
  let open = servers.length
  for (const server of servers) server.listen(0, "127.0.0.1", () => {
    if (--open > 0) return
    console.log(servers.map(server => server.address().port).join(" "))
    for (const server of servers) server.close()
  })')
cat > server.properties <<PROPERTIES
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:$controller
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$folder/log
offsets.topic.replication.factor=1
PROPERTIES
java -cp "$(cat classpath)" kafka.tools.StorageTool format --standalone --cluster-id AAAAAAAAAAAAAAAAAAAAAQ \
  --config server.properties > format.log 2>&1
java -Xmx256m -XX:+UseSerialGC -cp "$(cat classpath)" kafka.Kafka server.properties > broker.log 2>&1 &
broker=$!

cat > probe.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Admin, Producer, compatibilityPartitioner } from '@platformatic/kafka'
import kafkajs from 'kafkajs'

const address = process.argv[2]
const rows = readFileSync('java.txt', 'utf8').trim().split('\n').map(line => line.split(' ').map(Number))
const options = { clientId: 'probe', bootstrapBrokers: [address] }

async function untilReady() {
  for (let attempt = 0; attempt < 300; attempt++) {
    const admin = new Admin({ ...options, retries: 0 })
    try {
      await admin.listTopics()
      return
    } catch {
      await sleep(200)
    } finally {
      await admin.close()
    }
  }
  throw new Error('the broker does not answer')
}

/** Sends each key to a topic and returns the number of its partition. */
async function sendWith(producer, topic) {
  const partitions = []
  for (const n of rows.keys()) {
    const key = Buffer.from(`key-${n}`)
    const { offsets } = await producer.send({ messages: [{ topic, key, value: key }] })
    partitions.push(offsets[0].partition)
  }
  return partitions
}

await untilReady()
const admin = new Admin(options)
const plain = new Producer(options)
const compatible = new Producer({ ...options, partitioner: compatibilityPartitioner })
const client = new kafkajs.Kafka({ clientId: 'probe', brokers: [address], logLevel: kafkajs.logLevel.NOTHING })
const other = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
await other.connect()
for (const [column, count] of [4, 6].entries()) {
  const topic = `topic-${count}`
  await admin.createTopics({ topics: [topic], partitions: count, replicas: 1 })
  await sleep(1000)
  const equal = partitions => partitions.filter((partition, n) => partition === rows[n][column]).length
  const byDefault = equal(await sendWith(plain, topic))
  const byCompatible = equal(await sendWith(compatible, topic))
  const byKafkajs = []
  for (const n of rows.keys()) {
    const [{ partition }] = await other.send({ topic, messages: [{ key: `key-${n}`, value: '-' }] })
    byKafkajs.push(partition)
  }
  console.log(
    `${count} partitions: default ${byDefault}, compatibilityPartitioner ${byCompatible}, ` +
      `kafkajs ${equal(byKafkajs)} of ${rows.length}`
  )
}
await Promise.all([admin.close(), plain.close(), compatible.close(), other.disconnect()])
JS

observed=$(node --no-warnings probe.mjs "127.0.0.1:$port")
echo "$observed"
[ "$observed" = "4 partitions: default 40, compatibilityPartitioner 40, kafkajs 40 of 40
6 partitions: default 27, compatibilityPartitioner 40, kafkajs 40 of 40" ]
