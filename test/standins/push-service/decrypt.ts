import { webcrypto } from 'node:crypto'

const { subtle } = webcrypto
const curve = { name: 'ECDH', namedCurve: 'P-256' } as const
const recordOverheadBytes = 17

/** The keys of a browser: it makes them for one subscription, and gives the public ones away. */
export interface BrowserKeys {
  readonly p256dh: string
  readonly auth: string
  /** Decrypts a push message as a browser does: https://www.rfc-editor.org/rfc/rfc8291, with one record of RFC 8188. */
  decrypt(body: Buffer): Promise<string>
}

export async function createBrowserKeys(): Promise<BrowserKeys> {
  const pair = (await subtle.generateKey(curve, true, ['deriveBits'])) as webcrypto.CryptoKeyPair
  const ownPublic = Buffer.from(await subtle.exportKey('raw', pair.publicKey))
  const auth = webcrypto.getRandomValues(Buffer.alloc(16))

  async function keyFrom(salt: Buffer, serverPublic: Buffer): Promise<{ key: webcrypto.CryptoKey; nonce: Buffer }> {
    const server = await subtle.importKey('raw', serverPublic, curve, false, [])
    const shared = Buffer.from(await subtle.deriveBits({ name: 'ECDH', public: server }, pair.privateKey, 256))
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), ownPublic, serverPublic])
    const secret = await hkdf(shared, auth, info, 32)
    const key = await hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
    const nonce = await hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
    return { key: await subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']), nonce }
  }

  return {
    p256dh: ownPublic.toString('base64url'),
    auth: auth.toString('base64url'),
    async decrypt(body) {
      const salt = body.subarray(0, 16)
      const recordSize = body.readUInt32BE(16)
      const keyEnd = 21 + body.readUInt8(20)
      const record = body.subarray(keyEnd)
      if (record.length > recordSize || record.length < recordOverheadBytes) throw new Error('not one record')
      const { key, nonce } = await keyFrom(salt, body.subarray(21, keyEnd))
      const plain = Buffer.from(await subtle.decrypt({ name: 'AES-GCM', iv: nonce }, key, record))
      const end = plain.lastIndexOf(2)
      if (end < 0 || plain.subarray(end + 1).some(byte => byte !== 0)) throw new Error('no end of the last record')
      return plain.subarray(0, end).toString('utf8')
    }
  }
}

async function hkdf(secret: Buffer, salt: Buffer, info: Buffer, bytes: number): Promise<Buffer> {
  const key = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  return Buffer.from(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, bytes * 8))
}
