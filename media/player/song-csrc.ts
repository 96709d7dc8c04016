import { createHash } from 'node:crypto'

/**
 * Returns the contributing source (CSRC) that the packets of a song name: https://www.rfc-editor.org/rfc/rfc3550#section-5.1
 * All songs of a show are one RTP stream, and what the room says about it may arrive earlier or later than its packets.
 * So each packet says itself which song it is of: 32 bits of a hash, which another song shares once in 4 billion.
 */
export function songCsrc(songId: string): number {
  return createHash('sha256').update(songId).digest().readUInt32BE()
}
