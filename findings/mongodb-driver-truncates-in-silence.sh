#!/usr/bin/env bash
# The Node.js driver mongodb 7.8.0 differs from MongoDB's driver specifications in two places where data changes without
# an error. Both are cases of the published test suites (gridfs/download.json, crud/create-null-ids.json), and open in
# the driver's issue tracker (NODE-6279, NODE-6468).
#
# - A GridFS file of 10 bytes whose last chunk is missing is downloaded as 8 bytes, and the stream ends as if it were
#   complete. The specification demands an error. A chunk that is missing in the middle is one (ChunkIsMissing).
# - insertOne({ _id: null }) sends another _id, an ObjectId. MongoDB stores an _id of null, and updates keep it.
#
# A small server of OP_MSG answers the driver, so no database is needed. Observed:
#   received 8 of 10 bytes, no error
#   sent _id: ObjectId
# Needs node (20.19 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent mongodb@7.8.0 bson@7.3.4

cat > probe.js <<'JS'
const { createServer } = require('node:net')
const { Long, serialize, deserialize } = require('bson')
const { MongoClient, GridFSBucket } = require('mongodb')

const hello = { ismaster: true, isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 21, ok: 1 }
const sizes = { maxBsonObjectSize: 16777216, maxMessageSizeBytes: 48000000, maxWriteBatchSize: 100000 }
const file = { _id: 1, filename: 'song', length: 10, chunkSize: 4, uploadDate: new Date(0) }
const chunks = [0, 1].map(n => ({ _id: n, files_id: 1, n, data: Buffer.alloc(4) }))
const cursor = (ns, firstBatch) => ({ cursor: { id: Long.ZERO, ns, firstBatch }, ok: 1 })

function answer(command) {
  if (command.find === 'fs.files') return cursor('db.fs.files', [file])
  if (command.find === 'fs.chunks') return cursor('db.fs.chunks', chunks)
  if (command.insert) console.log(`sent _id: ${command.documents[0]._id?._bsontype ?? command.documents[0]._id}`)
  return command.insert ? { n: 1, ok: 1 } : { ...hello, ...sizes }
}

function reply(message) {
  const isQuery = message.readInt32LE(12) === 2004
  const command = deserialize(message.subarray(isQuery ? message.indexOf(0, 20) + 9 : 21))
  const body = serialize(answer(command))
  const head = Buffer.alloc(isQuery ? 36 : 21)
  head.writeInt32LE(head.length + body.length, 0)
  head.writeInt32LE(message.readInt32LE(4), 8)
  head.writeInt32LE(isQuery ? 1 : 2013, 12)
  if (isQuery) head.writeInt32LE(1, 32)
  return Buffer.concat([head, body])
}

const server = createServer(socket => {
  let bytes = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', data => {
    bytes = Buffer.concat([bytes, data])
    while (bytes.length >= 4 && bytes.length >= bytes.readInt32LE(0)) {
      const length = bytes.readInt32LE(0)
      socket.write(reply(bytes.subarray(0, length)))
      bytes = bytes.subarray(length)
    }
  })
})

server.listen(0, '127.0.0.1', async () => {
  const client = new MongoClient(`mongodb://127.0.0.1:${server.address().port}/?directConnection=true`)
  const db = client.db('db')
  let received = 0
  try {
    for await (const part of new GridFSBucket(db).openDownloadStream(1)) received += part.length
    console.log(`received ${received} of ${file.length} bytes, no error`)
  } catch (error) {
    console.log(`received ${received} of ${file.length} bytes, then ${error.message}`)
  }
  await db.collection('things').insertOne({ _id: null })
  await client.close()
  server.close()
})
JS

observed=$(node probe.js)
echo "$observed"
[ "$observed" = "received 8 of 10 bytes, no error
sent _id: ObjectId" ]
