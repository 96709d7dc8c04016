const headerBytes = 12

/** One RTP packet, as far as a decoder needs it. */
export interface RtpPacket {
  readonly timestamp: number
  readonly payload: Uint8Array
}

/**
 * Reads an RTP packet; undefined when it is none or has no payload: https://www.rfc-editor.org/rfc/rfc3550#section-5.1
 */
export function parseRtp(packet: Buffer): RtpPacket | undefined {
  const [first] = packet
  if (first === undefined || packet.length < headerBytes || first >> 6 !== 2) return undefined
  let start = headerBytes + 4 * (first & 0x0f)
  if (first & 0x10) {
    if (packet.length < start + 4) return undefined
    start += 4 + 4 * packet.readUInt16BE(start + 2)
  }
  const padding = first & 0x20 ? (packet.at(-1) ?? 0) : 0
  const payload = packet.subarray(start, packet.length - padding)
  return payload.length === 0 ? undefined : { timestamp: packet.readUInt32BE(4), payload }
}
