import { randomInt } from 'node:crypto'

const headerBytes = 12
const version2 = 0x80
const marker = 0x80

/** The RTP stream of a show's songs, for the life of the show: https://www.rfc-editor.org/rfc/rfc3550#section-5.1 */
export interface RtpStream {
  readonly ssrc: number
  /** Writes a packet that begins at this sample of the stream. `isAfterSilence`: no packet came directly before it. */
  packet(payload: Buffer, sample: number, isAfterSilence: boolean): Buffer
}

/** Sequence numbers and timestamps begin at random values and continue without a jump, across songs and routers. */
export function createRtpStream(payloadType: number): RtpStream {
  const ssrc = randomInt(1, 2 ** 32)
  const firstTimestamp = randomInt(2 ** 32)
  let sequence = randomInt(2 ** 16)

  return {
    ssrc,
    packet(payload, sample, isAfterSilence) {
      const packet = Buffer.allocUnsafe(headerBytes + payload.length)
      packet[0] = version2
      packet[1] = payloadType | (isAfterSilence ? marker : 0)
      packet.writeUInt16BE(sequence, 2)
      packet.writeUInt32BE((firstTimestamp + sample) % 2 ** 32, 4)
      packet.writeUInt32BE(ssrc, 8)
      payload.copy(packet, headerBytes)
      sequence = (sequence + 1) % 2 ** 16
      return packet
    }
  }
}
