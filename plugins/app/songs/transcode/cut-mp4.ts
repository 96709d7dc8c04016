import { open } from 'node:fs/promises'

/** Bytes before the content of a box: its size, its type, and its size again where 32 bits are not enough. */
const headBytes = 16
const minBoxBytes = 8
/** Recorders write two boxes for each fragment, of 0.2 s or more. */
const maxBoxes = 150_000
/** Boxes that may stand beside others in a file. Where another one begins, the file is damaged. */
const types = new Set([
  ...['ftyp', 'styp', 'moov', 'moof', 'mdat', 'sidx', 'ssix', 'prft', 'emsg', 'mfra', 'meta', 'pdin'],
  ...['free', 'skip', 'wide', 'uuid', 'udta']
])

/**
 * Returns whether a file is fragmented MP4 that ends inside a box, and is whole before it. Recorders write fragments so
 * that a crash loses the last one only: all before it can be played. See ISO/IEC 14496-12, sections 4.2 and 8.8.
 */
export async function isCutFragmentedMp4(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { size: sizeBytes } = await file.stat()
    const head = Buffer.alloc(headBytes)
    let isFragmented = false
    let start = 0
    for (let count = 0; count < maxBoxes && start < sizeBytes; count++) {
      head.fill(0)
      const { bytesRead } = await file.read(head, 0, headBytes, start)
      if (bytesRead < minBoxBytes) return isFragmented
      const type = head.toString('latin1', 4, 8)
      const size = boxSizeOf(head)
      if (size === null || !types.has(type)) return false
      isFragmented ||= type === 'moof'
      start += size
    }
    return isFragmented && start > sizeBytes
  } finally {
    await file.close()
  }
}

/** Returns the size of a box, bytes; null for one that goes on to the end of its file, and for one that is none. */
function boxSizeOf(head: Buffer): number | null {
  const size = head.readUInt32BE(0)
  const bytes = size === 1 ? Number(head.readBigUInt64BE(8)) : size
  return bytes >= minBoxBytes ? bytes : null
}
