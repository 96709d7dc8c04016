const polynomial = 0x04c11db7
/** Where the checksum itself stands in a page; it counts as zeros. */
const fieldStart = 22
const fieldEnd = 26

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ polynomial : crc << 1
  return crc
})

/** The checksum of an Ogg page, as it should stand in it: https://www.rfc-editor.org/rfc/rfc3533#section-6 */
export function oggCrc(page: Uint8Array): number {
  let crc = 0
  for (let at = 0; at < page.length; at++) {
    const byte = at >= fieldStart && at < fieldEnd ? 0 : (page[at] ?? 0)
    crc = (crc << 8) ^ (table[(crc >>> 24) ^ byte] ?? 0)
  }
  return crc >>> 0
}
