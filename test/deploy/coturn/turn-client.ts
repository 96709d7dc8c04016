import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/*
 * The part of TURN that turnutils_uclient does not show: https://www.rfc-editor.org/rfc/rfc8656
 */

const methods = { allocate: 0x0003, refresh: 0x0004 }
const attributes = {
  username: 0x0006,
  integrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  realm: 0x0014,
  nonce: 0x0015,
  transport: 0x0019
}
const magicCookie = 0x2112a442
const headerBytes = 20
const integrityBytes = 24

type Attributes = Map<number, Buffer>

export interface Answer {
  /** Code of the error; null for a success. */
  error: number | null
  lifetimeSeconds: number | null
}

/** One path to a relay: at most one allocation. */
export interface TurnClient {
  request(method: keyof typeof methods, lifetimeSeconds: number): Promise<Answer>
  close(): void
}

export async function openTurnClient(
  port: number,
  { username = '', credential = '' }: { username?: string; credential?: string }
): Promise<TurnClient> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  let realm: Buffer = Buffer.alloc(0)
  let nonce: Buffer = Buffer.alloc(0)

  async function exchange(type: number, sent: Attributes): Promise<Attributes> {
    socket.send(message(type, sent, realm.length > 0 ? keyOf(username, realm, credential) : null), port, '127.0.0.1')
    const [answer]: Buffer[] = await once(socket, 'message')
    return attributesOf(answer ?? Buffer.alloc(0))
  }

  async function request(method: keyof typeof methods, lifetimeSeconds: number): Promise<Answer> {
    const lifetime = Buffer.alloc(4)
    lifetime.writeUInt32BE(lifetimeSeconds)
    const sent: Attributes = new Map([[attributes.lifetime, lifetime]])
    if (method === 'allocate') sent.set(attributes.transport, Buffer.from([17, 0, 0, 0]))
    if (realm.length > 0) {
      sent.set(attributes.username, Buffer.from(username)).set(attributes.realm, realm).set(attributes.nonce, nonce)
    }
    const answer = await exchange(methods[method], sent)
    const failure = answer.get(attributes.errorCode)
    const error = failure ? (failure[2] ?? 0) * 100 + (failure[3] ?? 0) : null
    const isFirst = realm.length === 0
    realm = answer.get(attributes.realm) ?? realm
    nonce = answer.get(attributes.nonce) ?? nonce
    // The first answer names realm and nonce.
    if (error === 401 && isFirst) return await request(method, lifetimeSeconds)
    return { error, lifetimeSeconds: answer.get(attributes.lifetime)?.readUInt32BE() ?? null }
  }

  return { request, close: () => socket.close() }
}

function keyOf(username: string, realm: Buffer, credential: string): Buffer {
  return createHash('md5').update(`${username}:${realm.toString()}:${credential}`).digest()
}

function message(type: number, sent: Attributes, key: Buffer | null): Buffer {
  const body = Buffer.concat([...sent].map(([name, value]) => attribute(name, value)))
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(type, 0)
  header.writeUInt16BE(body.length + (key ? integrityBytes : 0), 2)
  header.writeUInt32BE(magicCookie, 4)
  randomBytes(12).copy(header, 8)
  const text = Buffer.concat([header, body])
  if (!key) return text
  return Buffer.concat([text, attribute(attributes.integrity, createHmac('sha1', key).update(text).digest())])
}

function attribute(name: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt16BE(name, 0)
  header.writeUInt16BE(value.length, 2)
  return Buffer.concat([header, value, Buffer.alloc(padding(value.length))])
}

function attributesOf(answer: Buffer): Attributes {
  const found: Attributes = new Map()
  for (let at = headerBytes; at + 4 <= answer.length;) {
    const length = answer.readUInt16BE(at + 2)
    found.set(answer.readUInt16BE(at), answer.subarray(at + 4, at + 4 + length))
    at += 4 + length + padding(length)
  }
  return found
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4
}
