import { once } from 'node:events'
import { connect } from 'node:net'
import { BSON, type Collection, type Document } from 'mongodb'
import type { Outcome } from './run-case.ts'

/** A file of the BSON corpus. Texts are hexadecimal. Its `parseErrors` are about Extended JSON, not about the store. */
export interface CorpusFile {
  description: string
  valid?: Array<{ description: string; canonical_bson: string; degenerate_bson?: string }>
  decodeErrors?: Array<{ description: string; bson: string }>
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

/**
 * Inserts a document as the given bytes, which the driver cannot do. Returns the reply, or undefined if the store
 * closes the connection.
 */
async function insertBytes(
  url: string,
  { dbName, collectionName }: Collection,
  bytes: Buffer
): Promise<Document | undefined> {
  const body = BSON.serialize({ insert: collectionName, $db: dbName })
  const sequence = Buffer.concat([Buffer.from('documents\0'), bytes])
  const rest = [int32(0), int32(2013), int32(0), Buffer.of(0), body, Buffer.of(1), int32(sequence.length + 4), sequence]
  const message = Buffer.concat([int32(1), ...rest])
  const socket = connect(decodeURIComponent(new URL(url).host))
  socket.write(Buffer.concat([int32(message.length + 4), message]))
  let reply = Buffer.alloc(0)
  socket.on('data', data => {
    reply = Buffer.concat([reply, data])
    if (reply.length >= 4 && reply.length >= reply.readInt32LE()) socket.end()
  })
  await once(socket, 'close')
  return reply.length > 21 ? BSON.deserialize(reply.subarray(21)) : undefined
}

function errorIn(reply: Document): { code: number; errmsg: string } | undefined {
  return reply.ok === 1 ? reply.writeErrors?.[0] : { code: reply.code, errmsg: reply.errmsg }
}

/** Returns the bytes of the stored document, without the `_id` that the store has added in front. */
async function storedBytes(collection: Collection, hasOwnId: boolean): Promise<Buffer | undefined> {
  const [found] = await collection.find<Buffer>({}, { raw: true }).toArray()
  if (!found || hasOwnId) return found
  const { _id } = BSON.deserialize(found)
  const rest = Buffer.from(found).subarray(BSON.serialize({ _id }).length - 1, -1)
  return Buffer.concat([int32(rest.length + 5), rest, Buffer.of(0)])
}

/** A valid document must come back unchanged, also after an update of another field, or be refused. */
async function runValid(url: string, collection: Collection, bytes: Buffer): Promise<Outcome> {
  const reply = await insertBytes(url, collection, bytes)
  if (!reply) return { kind: 'wrong', reason: 'the store closed the connection' }
  const error = errorIn(reply)
  if (error) return { kind: error.code === 115 ? 'refused' : 'wrong', reason: error.errmsg }
  const hasOwnId = '_id' in BSON.deserialize(bytes)
  const inserted = await storedBytes(collection, hasOwnId)
  await collection.updateOne({}, { $set: { 'added by the test': 1 } })
  await collection.updateOne({}, { $unset: { 'added by the test': 1 } })
  const updated = await storedBytes(collection, hasOwnId)
  for (const [when, stored] of Object.entries({ inserted, updated })) {
    if (!stored || Buffer.compare(stored, bytes) !== 0) {
      return { kind: 'wrong', reason: `${when}, it is ${stored ? Buffer.from(stored).toString('hex') : 'missing'}` }
    }
  }
  return { kind: 'passed' }
}

/** Bytes that are no document must be refused by an error or by the end of the connection. */
async function runInvalid(url: string, collection: Collection, bytes: Buffer): Promise<Outcome> {
  const reply = await insertBytes(url, collection, bytes)
  return !reply || errorIn(reply) ? { kind: 'passed' } : { kind: 'wrong', reason: 'stored' }
}

/** Runs the cases of a file of the BSON corpus, each on an empty collection. */
export async function* runCorpus(
  url: string,
  collection: Collection,
  { valid = [], decodeErrors = [] }: CorpusFile
): AsyncGenerator<[description: string, outcome: Outcome]> {
  for (const { description, canonical_bson: canonical, degenerate_bson: degenerate } of valid) {
    for (const hex of degenerate === undefined ? [canonical] : [canonical, degenerate]) {
      await collection.deleteMany({})
      yield [description, await runValid(url, collection, Buffer.from(hex, 'hex'))]
    }
  }
  for (const { description, bson } of decodeErrors) {
    await collection.deleteMany({})
    yield [description, await runInvalid(url, collection, Buffer.from(bson, 'hex'))]
  }
}
