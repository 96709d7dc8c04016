/*
 * MongoDB's wire protocol: OP_MSG, and OP_QUERY, which drivers use for their first message.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */

/** Maximum length of a message, MongoDB's. */
export const maxMessageBytes = 48_000_000
const headerBytes = 16

const opcodes = { reply: 1, query: 2004, message: 2013 } as const
const flags = { checksumPresent: 1, moreToCome: 2 } as const
/** The lower half of the flag bits: a receiver must refuse a message with one that it does not know. */
const requiredFlags = 0xffff

/** The client violated the protocol. Nothing more can be read from its connection. */
export class ProtocolError extends Error {}

/** A message with a command. */
export interface IncomingMessage {
  requestId: number
  /** Whether it is an OP_QUERY, which is answered with OP_REPLY. */
  isLegacy: boolean
  body: Buffer
  /** Documents beside the body, by the name of the field to which they belong. */
  sequences: Map<string, Buffer[]>
  /** Whether the client expects no reply. */
  isSilent: boolean
}

function take(bytes: Buffer, from: number, length: number): Buffer {
  if (length < 0 || from + length > bytes.length) {
    throw new ProtocolError('a length exceeds the message')
  }
  return bytes.subarray(from, from + length)
}

function takeDocument(bytes: Buffer, from: number): Buffer {
  const length = take(bytes, from, 4).readInt32LE()
  if (length < 5) throw new ProtocolError('a document is too short')
  return take(bytes, from, length)
}

function takeText(bytes: Buffer, from: number): string {
  const end = bytes.indexOf(0, from)
  if (end === -1) throw new ProtocolError('a string is not terminated')
  return bytes.toString('utf8', from, end)
}

function readSequence(section: Buffer, sequences: Map<string, Buffer[]>): void {
  const name = takeText(section, 4)
  const documents: Buffer[] = []
  for (let at = 4 + Buffer.byteLength(name) + 1; at < section.length; at += documents.at(-1)?.length ?? Infinity) {
    documents.push(takeDocument(section, at))
  }
  if (sequences.has(name)) throw new ProtocolError('two sequences with the same name')
  sequences.set(name, documents)
}

function readMessage(requestId: number, bytes: Buffer): IncomingMessage {
  const flagBits = take(bytes, 0, 4).readUInt32LE()
  if ((flagBits & requiredFlags & ~(flags.checksumPresent | flags.moreToCome)) !== 0) {
    throw new ProtocolError('unknown flags')
  }
  const end = bytes.length - ((flagBits & flags.checksumPresent) === 0 ? 0 : 4)
  const sections = take(bytes, 0, Math.max(end, 0))
  const sequences = new Map<string, Buffer[]>()
  let body: Buffer | undefined
  for (let at = 4; at < sections.length;) {
    const kind = sections[at++]
    const section = kind === 0 ? takeDocument(sections, at) : take(sections, at, take(sections, at, 4).readInt32LE())
    if (kind === 1 && section.length > 4) readSequence(section, sequences)
    else if (kind === 0 && !body) body = section
    else throw new ProtocolError('unknown kind of section')
    at += section.length
  }
  if (!body) throw new ProtocolError('a message without a body')
  return { requestId, isLegacy: false, body, sequences, isSilent: (flagBits & flags.moreToCome) !== 0 }
}

function readQuery(requestId: number, bytes: Buffer): IncomingMessage {
  const collection = takeText(bytes, 4)
  if (!collection.endsWith('.$cmd')) throw new ProtocolError('OP_QUERY is for hello only')
  const body = takeDocument(bytes, 4 + Buffer.byteLength(collection) + 1 + 8)
  return { requestId, isLegacy: true, body, sequences: new Map(), isSilent: false }
}

/**
 * Returns the length of the message that begins with these bytes, or undefined before the length has arrived. Throws
 * ProtocolError.
 */
export function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined
  const length = bytes.readInt32LE()
  if (length < headerBytes || length > maxMessageBytes) throw new ProtocolError(`a message cannot have ${length} bytes`)
  return length
}

/** Reads one complete message. Throws ProtocolError if it is malformed. */
export function readIncoming(bytes: Buffer): IncomingMessage {
  const requestId = bytes.readInt32LE(4)
  const opcode = bytes.readInt32LE(12)
  const rest = bytes.subarray(headerBytes)
  if (opcode === opcodes.message) return readMessage(requestId, rest)
  if (opcode === opcodes.query) return readQuery(requestId, rest)
  throw new ProtocolError(`unsupported opcode ${opcode}`)
}

/** Returns the bytes before the document of a reply. */
export function replyHead(to: Pick<IncomingMessage, 'requestId' | 'isLegacy'>, document: Uint8Array): Buffer {
  const head = Buffer.alloc(headerBytes + (to.isLegacy ? 20 : 5))
  head.writeInt32LE(head.length + document.byteLength, 0)
  head.writeInt32LE(to.requestId, 8)
  head.writeInt32LE(to.isLegacy ? opcodes.reply : opcodes.message, 12)
  // The head of OP_REPLY ends with the number of documents; that of OP_MSG with zero flags and the kind of the section,
  // zero.
  if (to.isLegacy) head.writeInt32LE(1, head.length - 4)
  return head
}
