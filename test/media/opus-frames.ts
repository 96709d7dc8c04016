/** Returns the frames of an Opus packet: https://www.rfc-editor.org/rfc/rfc6716#section-3.2 */
export function opusFrames(packet: Buffer): Buffer[] {
  const code = packet.readUInt8(0) & 0x03
  if (code === 0) return [packet.subarray(1)]
  if (code === 1) return equalFrames(packet.subarray(1), 2)
  const { sizes, rest } = code === 2 ? readSizes(packet.subarray(1), 1) : readCountAndSizes(packet.subarray(1))
  if (sizes === null) return equalFrames(rest.bytes, rest.count)
  const frames: Buffer[] = []
  let at = 0
  for (const size of sizes) frames.push(rest.bytes.subarray(at, (at += size)))
  return [...frames, rest.bytes.subarray(at)]
}

interface Sizes {
  /** Sizes of all frames but the last one; null when all have the same. */
  readonly sizes: readonly number[] | null
  readonly rest: { readonly bytes: Buffer; readonly count: number }
}

function equalFrames(bytes: Buffer, count: number): Buffer[] {
  const size = bytes.length / count
  if (!Number.isInteger(size)) throw new Error(`${bytes.length} bytes are not ${count} frames of the same size`)
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * size, (n + 1) * size))
}

/** Reads the sizes of so many frames, which take a byte or two each. */
function readSizes(bytes: Buffer, count: number): Sizes {
  const sizes: number[] = []
  let at = 0
  for (let n = 0; n < count; n++) {
    const first = bytes.readUInt8(at++)
    sizes.push(first < 252 ? first : first + 4 * bytes.readUInt8(at++))
  }
  return { sizes, rest: { bytes: bytes.subarray(at), count: count + 1 } }
}

/** Reads the number of frames, and their sizes when they differ. Our packets have no padding. */
function readCountAndSizes(bytes: Buffer): Sizes {
  const head = bytes.readUInt8(0)
  const count = head & 0x3f
  if ((head & 0x40) !== 0) throw new Error('the packet has padding')
  if ((head & 0x80) === 0) return { sizes: null, rest: { bytes: bytes.subarray(1), count } }
  return readSizes(bytes.subarray(1), count - 1)
}
