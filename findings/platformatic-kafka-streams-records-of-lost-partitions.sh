#!/usr/bin/env bash
# The stream of a consumer of @platformatic/kafka 2.12.1 goes on giving messages of partitions that the consumer has
# lost to another member of its group, and lets it commit them.
#
# Kafka's own client drops what it has fetched of a partition when it is revoked. Here a consumer that is slow at one
# message is given, when it is done, all messages that were fetched before, although another consumer has handled and
# committed those of its partition meanwhile. So they are handled twice with nobody having failed, which is rare
# elsewhere. Committing them is not refused either, as the member belongs to the group: the offset of the group goes
# backward, and whoever gets the partition next handles them again. Compare the partition of each message with
# `consumer.assignments` before handling it.
#
# Two consumers read two partitions of Apache Kafka 4.4.0. Needs a JDK (17 or newer), Maven and Node.js 22 or newer.
# Exits with 1 when the output differs. Observed:
#   B committed its partition up to 3
#   A owns that partition: no
#   A is given messages of it: yes
#   A commits the first of them: accepted, the offset of the group goes back
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
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
PROPERTIES
java -cp "$(cat classpath)" kafka.tools.StorageTool format --standalone --cluster-id AAAAAAAAAAAAAAAAAAAAAQ \
  --config server.properties > format.log 2>&1
java -Xmx256m -XX:+UseSerialGC -cp "$(cat classpath)" kafka.Kafka server.properties > broker.log 2>&1 &
broker=$!

cat > probe.mjs <<'JS'
import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer } from '@platformatic/kafka'
import kafkajs from 'kafkajs'

const [topic, groupId] = ['topic', 'group']
const address = process.argv[2]
const client = new kafkajs.Kafka({ clientId: 'probe', brokers: [address], logLevel: kafkajs.logLevel.NOTHING })
const admin = client.admin()
for (let attempt = 0; ; attempt++) {
  try {
    await admin.connect()
    break
  } catch (error) {
    if (attempt === 100) throw error
    await sleep(200)
  }
}
await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true })
const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
await producer.connect()
const messages = [0, 1].flatMap(partition => [1, 2, 3].map(n => ({ partition, value: `message ${n}` })))
await producer.send({ topic, messages })
await producer.disconnect()

async function committed(partition) {
  const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] })
  return Number(partitions.find(entry => entry.partition === partition)?.offset)
}

async function open(clientId) {
  const consumer = new Consumer({ groupId, clientId, bootstrapBrokers: [address], retries: 30, retryDelay: 500 })
  const options = { topics: [topic], mode: 'committed', fallbackMode: 'earliest', autocommit: false, maxWaitTime: 100 }
  const stream = await consumer.consume(options)
  return { consumer, next: stream[Symbol.asyncIterator]() }
}

const partitionsOf = ({ assignments }) => assignments.flatMap(({ partitions }) => partitions)

const a = await open('A')
await a.next.next()
// A is at work on its first message while all others wait in its stream. B joins meanwhile, and takes a partition.
await sleep(1000)
const b = await open('B')
let partition
for (let count = 0; count < 3; count++) {
  const { value: message } = await b.next.next()
  partition = message.partition
  await message.commit()
}
console.log(`B committed its partition up to ${await committed(partition)}`)
for (let wait = 0; partitionsOf(a.consumer).includes(partition) && wait < 100; wait++) await sleep(100)
console.log(`A owns that partition: ${partitionsOf(a.consumer).includes(partition) ? 'yes' : 'no'}`)

let foreign
for (let count = 0; count < 5 && !foreign; count++) {
  const next = await Promise.race([a.next.next(), sleep(10_000, { value: undefined })])
  if (!next.value) break
  if (next.value.partition === partition) foreign = next.value
}
console.log(`A is given messages of it: ${foreign ? 'yes' : 'no'}`)
if (foreign) {
  const answer = await foreign.commit().then(
    () => 'accepted',
    () => 'refused'
  )
  const isBack = (await committed(partition)) < 3
  console.log(`A commits the first of them: ${answer}, the offset of the group ${isBack ? 'goes back' : 'stays'}`)
}
process.exit()
JS

observed=$(node --no-warnings probe.mjs "127.0.0.1:$port")
echo "$observed"
[ "$observed" = "B committed its partition up to 3
A owns that partition: no
A is given messages of it: yes
A commits the first of them: accepted, the offset of the group goes back" ]
