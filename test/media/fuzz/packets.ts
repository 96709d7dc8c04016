import { createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** The SSRCs that RTCP speaks of: that of the sender, and that of a stream which it receives. */
export interface Ssrcs {
  sender: number
  media: number
}

/** The credentials of an ICE server, and the other side's fragment. */
export interface IceUser {
  usernameFragment: string
  password: string
}

/** Returns a header of RTP with an extension, a contributing source and padding. */
export function richRtp(ssrc: number, sequence: number, payloadBytes: number): Buffer {
  const extension = Buffer.from([0xbe, 0xde, 0, 2, 0x10, 0x8a, 0x42, 1, 2, 3, 0, 0])
  const padding = Buffer.from([0, 0, 0, 4])
  return Buffer.concat([rtpHeader(0xb1, ssrc, sequence), uint32(77), extension, Buffer.alloc(payloadBytes, 9), padding])
}

/** Returns a packet of RTP with the plain header of https://www.rfc-editor.org/rfc/rfc3550#section-5.1 */
export function plainRtp(ssrc: number, sequence: number, payloadBytes: number): Buffer {
  return Buffer.concat([rtpHeader(0x80, ssrc, sequence), Buffer.alloc(payloadBytes, 0xfc)])
}

function rtpHeader(firstByte: number, ssrc: number, sequence: number): Buffer {
  const header = Buffer.from([firstByte, 100, 0, 0])
  header.writeUInt16BE(sequence & 0xffff, 2)
  return Buffer.concat([header, uint32(960 * sequence), uint32(ssrc)])
}

/** Returns packets of RTCP of every kind that the worker reads, and one that is made of several. */
export function rtcpPackets({ sender, media }: Ssrcs): Buffer[] {
  const block = Buffer.concat([uint32(media), uint32(0x10000005), uint32(4000), uint32(7), uint32(0), uint32(0)])
  const name = Buffer.from([1, 5, ...Buffer.from('peer1'), 0])
  const report = rtcp(1, 201, [uint32(sender), block])
  const times = Buffer.concat(Array.from({ length: 5 }, (_, n) => uint32(n)))
  const senderReport = rtcp(1, 200, [uint32(sender), times, block])
  const description = rtcp(1, 202, [uint32(sender), name])
  const nack = rtcp(1, 205, [uint32(sender), uint32(media), Buffer.from([0, 3, 0xff, 0xff])])
  return [
    senderReport,
    report,
    description,
    rtcp(1, 203, [uint32(media), Buffer.from([3, 98, 121, 101])]),
    rtcp(1, 204, [uint32(sender), Buffer.from('name')]),
    nack,
    rtcp(15, 205, [uint32(sender), uint32(media), Buffer.from([0, 1, 0, 2, 0, 0, 1, 1, 0x20, 2, 4, 4])]),
    rtcp(3, 205, [uint32(sender), uint32(media), uint32(media), Buffer.from([0, 1, 0, 2])]),
    rtcp(1, 206, [uint32(sender), uint32(media)]),
    rtcp(2, 206, [uint32(sender), uint32(media), Buffer.from([0, 9, 0x80, 0xff])]),
    rtcp(4, 206, [uint32(sender), uint32(0), uint32(media), Buffer.from([1, 0, 0, 0])]),
    rtcp(15, 206, [uint32(sender), uint32(0), Buffer.from('REMB'), Buffer.from([1, 4, 0, 9]), uint32(media)]),
    rtcp(0, 207, [uint32(sender), Buffer.from([4, 0, 0, 2]), uint32(1), uint32(2)]),
    rtcp(0, 207, [uint32(sender), Buffer.from([5, 0, 0, 3]), uint32(media), uint32(1), uint32(2)]),
    Buffer.concat([senderReport, description, nack]),
    Buffer.concat([report, nack, report])
  ]
}

/** Returns a packet of RTCP: https://www.rfc-editor.org/rfc/rfc3550#section-6.4 */
function rtcp(count: number, type: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const header = Buffer.from([0x80 | count, type, 0, 0])
  header.writeUInt16BE(body.length / 4, 2)
  return Buffer.concat([header, body])
}

/** Returns the attributes of a binding request with which a client takes part in ICE, and chooses this path or not. */
export function bindingAttributes({ usernameFragment }: IceUser, nominates = true): Buffer {
  return Buffer.concat([
    attribute(0x0006, Buffer.from(`${usernameFragment}:fuzz`)),
    attribute(0x0024, uint32(0x6e0001ff)),
    attribute(0x802a, Buffer.alloc(8, 5)),
    ...(nominates ? [attribute(0x0025, Buffer.alloc(0))] : []),
    attribute(0x8022, Buffer.from('fuzz'))
  ])
}

/** Returns a binding request with integrity and fingerprint: https://www.rfc-editor.org/rfc/rfc8489#section-14.5 */
export function bindingRequest({ password }: IceUser, attributes: Buffer): Buffer {
  const withIntegrity = stun(attributes, 24)
  const integrity = createHmac('sha1', password).update(withIntegrity).digest()
  const sealed = Buffer.concat([attributes, attribute(0x0008, integrity)])
  const fingerprint = (crc32(stun(sealed, 8)) ^ 0x5354554e) >>> 0
  return stun(Buffer.concat([sealed, attribute(0x8028, uint32(fingerprint))]), 0)
}

/** Returns a message whose header counts bytes that follow its attributes. */
function stun(attributes: Buffer, bytesBehind: number): Buffer {
  const header = Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, ...Buffer.alloc(12, 6)])
  header.writeUInt16BE((attributes.length + bytesBehind) & 0xffff, 2)
  return Buffer.concat([header, attributes])
}

function attribute(type: number, value: Buffer): Buffer {
  return Buffer.concat([uint16(type), uint16(value.length), value, Buffer.alloc(-value.length & 3)])
}

/** Returns the first packets of DTLS 1.2: a client's hello in one piece and in two, an alert, and data. */
export function dtlsPackets(): Buffer[] {
  const extensions = Buffer.concat([
    extension(14, Buffer.from([0, 4, 0, 1, 0, 7, 0])),
    extension(10, Buffer.from([0, 4, 0, 23, 0, 29])),
    extension(11, Buffer.from([1, 0])),
    extension(13, Buffer.from([0, 4, 4, 3, 8, 4])),
    extension(23, Buffer.alloc(0))
  ])
  const suites = Buffer.from([0xc0, 0x2b, 0xc0, 0x2f, 0xcc, 0xa9])
  const hello = Buffer.concat([
    Buffer.from([0xfe, 0xfd]),
    Buffer.alloc(32, 3),
    Buffer.from([0, 0]),
    uint16(suites.length),
    suites,
    Buffer.from([1, 0]),
    uint16(extensions.length),
    extensions
  ])
  const fragment = (from: number, to: number) =>
    Buffer.concat([
      Buffer.from([1]),
      uint24(hello.length),
      uint16(0),
      uint24(from),
      uint24(to - from),
      hello.subarray(from, to)
    ])
  return [
    dtlsRecord(22, 0, fragment(0, hello.length)),
    Buffer.concat([dtlsRecord(22, 0, fragment(0, 40)), dtlsRecord(22, 1, fragment(40, hello.length))]),
    dtlsRecord(20, 2, Buffer.from([1])),
    dtlsRecord(21, 3, Buffer.from([1, 90])),
    dtlsRecord(23, 4, Buffer.alloc(20, 1))
  ]
}

function dtlsRecord(type: number, sequence: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, 0xfe, 0xfd, 0, 0, 0, 0]), uint32(sequence), uint16(content.length), content])
}

/** Returns an extension of TLS. */
function extension(type: number, value: Buffer): Buffer {
  return Buffer.concat([uint16(type), uint16(value.length), value])
}

function uint16(value: number): Buffer {
  return Buffer.from([(value >> 8) & 0xff, value & 0xff])
}

function uint24(value: number): Buffer {
  return Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
