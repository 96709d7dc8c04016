/*
 * Puts a reply together out of documents that are bytes already, without decoding them. https://bsonspec.org/spec.html
 */

const types = { double: 0x01, string: 0x02, document: 0x03, array: 0x04, null: 0x0A, int32: 0x10, int64: 0x12 } as const

function element (type: number, name: string, ...payload: Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.of(type), Buffer.from(`${name}\0`), ...payload])
}

export function documentElement (name: string, bytes: Uint8Array): Buffer {
  return element(types.document, name, bytes)
}

export function nullElement (name: string): Buffer {
  return element(types.null, name)
}

export function int32Element (name: string, value: number): Buffer {
  const payload = Buffer.allocUnsafe(4)
  payload.writeInt32LE(value)
  return element(types.int32, name, payload)
}

export function int64Element (name: string, value: bigint): Buffer {
  const payload = Buffer.allocUnsafe(8)
  payload.writeBigInt64LE(value)
  return element(types.int64, name, payload)
}

export function doubleElement (name: string, value: number): Buffer {
  const payload = Buffer.allocUnsafe(8)
  payload.writeDoubleLE(value)
  return element(types.double, name, payload)
}

export function stringElement (name: string, value: string): Buffer {
  const text = Buffer.from(`${value}\0`)
  const length = Buffer.allocUnsafe(4)
  length.writeInt32LE(text.length)
  return element(types.string, name, length, text)
}

/** An array of documents, copied once. */
export function arrayElement (name: string, documents: readonly Uint8Array[]): Buffer {
  const keys = documents.map((_, n) => String(n))
  const head = Buffer.from(`${name}\0`)
  const size = documents.reduce((sum, bytes, n) => sum + bytes.byteLength + (keys[n]?.length ?? 0) + 2, 5)
  const target = Buffer.allocUnsafe(1 + head.length + size)
  target[0] = types.array
  head.copy(target, 1)
  let at = target.writeInt32LE(size, 1 + head.length)
  for (const [n, bytes] of documents.entries()) {
    at = target.writeUInt8(types.document, at)
    at += target.write(`${keys[n] ?? ''}\0`, at, 'latin1')
    target.set(bytes, at)
    at += bytes.byteLength
  }
  target[at] = 0
  return target
}

export function document (...elements: Uint8Array[]): Buffer {
  const size = elements.reduce((sum, each) => sum + each.byteLength, 5)
  const head = Buffer.allocUnsafe(4)
  head.writeInt32LE(size)
  return Buffer.concat([head, ...elements, Buffer.of(0)], size)
}

/** `ok: 1`, as MongoDB ends every reply that is no error. */
export const okElement: Buffer = doubleElement('ok', 1)
