/** An IPv4 network: an address and a mask. */
export type Network = readonly [address: string, mask: string]

/** Networks that are nobody's on the internet: https://www.iana.org/assignments/iana-ipv4-special-registry */
const localNetworks: readonly Network[] = [
  ['10.0.0.0', '255.0.0.0'],
  ['172.16.0.0', '255.240.0.0'],
  ['192.168.0.0', '255.255.0.0'],
  ['169.254.0.0', '255.255.0.0'],
  ['100.64.0.0', '255.192.0.0'],
  ['127.0.0.0', '255.0.0.0'],
  // For documentation and test machines: https://www.rfc-editor.org/rfc/rfc5737
  ['192.0.2.0', '255.255.255.0']
]

export const nameConstraintsId = '2.5.29.30'

const sequence = 0x30
const permittedSubtrees = 0xa0
const dnsName = 0x82
const ipAddress = 0x87
const oneLongByte = 0x81

/**
 * Returns the extension of an authority that may certify addresses of local networks only, in DER. A phone that trusts
 * the authority is safe even if its key is stolen: it certifies no website.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10
 */
export function localNameConstraints(): Buffer<ArrayBuffer> {
  const networks = localNetworks.map(network =>
    encode(sequence, encode(ipAddress, Buffer.from(network.flatMap(bytesOf))))
  )
  // Without a permitted name all names would be.
  const names = encode(sequence, encode(dnsName, Buffer.from('local')))
  return encode(sequence, encode(permittedSubtrees, Buffer.concat([names, ...networks])))
}

/** Whether an address is in a local network. */
export function isLocal(address: string): boolean {
  const bytes = bytesOf(address)
  return localNetworks.some(([network, mask]) => {
    const maskBytes = bytesOf(mask)
    return bytesOf(network).every((byte, at) => byte === ((bytes[at] ?? 0) & (maskBytes[at] ?? 0)))
  })
}

const bytesOf = (address: string) => address.split('.').map(Number)

/** Encodes a value of up to 255 bytes. */
function encode(tag: number, content: Buffer): Buffer<ArrayBuffer> {
  const length = content.length < 128 ? [content.length] : [oneLongByte, content.length]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
