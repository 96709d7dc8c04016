const fixedHeaderBytes = 12
const version2 = 2

/** The parts of an RTP packet that decoding and recording need: https://www.rfc-editor.org/rfc/rfc3550#section-5.1 */
export interface RtpPacket {
  /** 16 bits. */
  readonly sequence: number
  /** 32 bits, at 48 kHz for Opus. */
  readonly timestamp: number
  /** The first contributing source, of 32 bits; null when the packet names none. */
  readonly csrc: number | null
  /** A view of the packet, without header extensions and padding. */
  readonly payload: Buffer
}

/** Parses an RTP packet; returns null when the bytes are none, or carry nothing. */
export function parseRtpPacket(bytes: Buffer): RtpPacket | null {
  const [first] = bytes
  if (first === undefined || bytes.length < fixedHeaderBytes || first >> 6 !== version2) return null
  const [hasPadding, hasExtension, sources] = [(first & 0x20) !== 0, (first & 0x10) !== 0, first & 0x0f]
  let start = fixedHeaderBytes + 4 * sources
  if (hasExtension) {
    if (bytes.length < start + 4) return null
    start += 4 + 4 * bytes.readUInt16BE(start + 2)
  }
  const end = bytes.length - (hasPadding ? (bytes.at(-1) ?? 0) : 0)
  if (end <= start) return null
  return {
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    csrc: sources > 0 ? bytes.readUInt32BE(fixedHeaderBytes) : null,
    payload: bytes.subarray(start, end)
  }
}

/** Returns how far a counter of so many bits has moved from an earlier to a later value, by the shorter way round. */
export function counterDistance(from: number, to: number, bits: 16 | 32): number {
  const range = 2 ** bits
  const forward = (((to - from) % range) + range) % range
  return forward < range / 2 ? forward : forward - range
}
