const polynomial = 0x04c11db7
/** Bytes of a page that hold the checksum itself; they count as zeros. */
const checksumStart = 22
const checksumEnd = 26

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ polynomial : crc << 1
  return crc
})

/** Computes the checksum that an Ogg page should contain: https://www.rfc-editor.org/rfc/rfc3533#section-6 */
export function oggCrc(page: Uint8Array): number {
  let crc = 0
  for (let index = 0; index < page.length; index++) {
    const byte = index >= checksumStart && index < checksumEnd ? 0 : (page[index] ?? 0)
    crc = (crc << 8) ^ (table[(crc >>> 24) ^ byte] ?? 0)
  }
  return crc >>> 0
}
