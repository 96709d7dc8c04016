import { randomInt } from 'node:crypto'

const fixedHeaderBytes = 12
const csrcBytes = 4
const version2 = 0x80
const marker = 0x80

/** The RTP stream of a show's songs, for the life of the show: https://www.rfc-editor.org/rfc/rfc3550#section-5.1 */
export interface RtpStream {
  readonly ssrc: number
  /**
   * Writes a packet that begins at this sample of the stream. `isAfterSilence`: no packet came directly before it.
   * `csrc`: the contributing source, see `songCsrc`; null for silence.
   */
  packet(payload: Buffer, sample: number, isAfterSilence: boolean, csrc: number | null): Buffer
}

/** Sequence numbers and timestamps begin at random values and continue without a jump, across songs and routers. */
export function createRtpStream(payloadType: number): RtpStream {
  const ssrc = randomInt(1, 2 ** 32)
  const firstTimestamp = randomInt(2 ** 32)
  let sequence = randomInt(2 ** 16)

  return {
    ssrc,
    packet(payload, sample, isAfterSilence, csrc) {
      const headerBytes = fixedHeaderBytes + (csrc === null ? 0 : csrcBytes)
      const packet = Buffer.allocUnsafe(headerBytes + payload.length)
      packet[0] = version2 | (csrc === null ? 0 : 1)
      packet[1] = payloadType | (isAfterSilence ? marker : 0)
      packet.writeUInt16BE(sequence, 2)
      packet.writeUInt32BE((firstTimestamp + sample) % 2 ** 32, 4)
      packet.writeUInt32BE(ssrc, 8)
      if (csrc !== null) packet.writeUInt32BE(csrc, fixedHeaderBytes)
      payload.copy(packet, headerBytes)
      sequence = (sequence + 1) % 2 ** 16
      return packet
    }
  }
}
