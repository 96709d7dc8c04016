import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { NamedKey } from '../../../config/config.ts'

/** A secret at rest: which key sealed it, and base64url of nonce, ciphertext and tag. */
export interface Sealed {
  kid: string
  box: string
}

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

export type SealedBox = ReturnType<typeof createSealedBox>

/**
 * Keeps secrets of third parties unreadable at rest. What is sealed for one owner opens for that owner alone, so that
 * swapping two rows opens neither. The first key seals, all open.
 */
export function createSealedBox(keys: readonly NamedKey[]) {
  const derived = new Map(
    keys.map(({ kid, secret }) => [
      kid,
      Buffer.from(hkdfSync('sha256', secret, '', 'ambient third-party tokens', keyBytes))
    ])
  )
  const [current] = derived.keys()
  if (current === undefined) throw new Error('TOKEN_KEYS holds no key')

  function keyOf(kid: string): Buffer {
    const key = derived.get(kid)
    if (!key) throw new Error(`TOKEN_KEYS does not hold the key ${kid}`)
    return key
  }

  return {
    seal(secret: string, owner: string): Sealed {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, keyOf(current), nonce).setAAD(Buffer.from(owner))
      const box = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return { kid: current, box: box.toString('base64url') }
    },

    /** Throws when it was sealed for somebody else, by a key that is gone, or was touched. */
    open({ kid, box }: Sealed, owner: string): string {
      const bytes = Buffer.from(box, 'base64url')
      const decipher = createDecipheriv(algorithm, keyOf(kid), bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes
      })
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(-tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8')
    },

    /** Whether a newer key has taken over since. */
    isStale: ({ kid }: Sealed) => kid !== current
  }
}
