import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { NamedKey } from '../../../config/config.ts'

/** An encrypted secret: the id of its key, and base64url of nonce, ciphertext and tag. */
export interface Sealed {
  kid: string
  box: string
}

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

export type SealedBox = ReturnType<typeof createSealedBox>

/** The purpose of a box, and the setting that holds its keys. Each purpose has its own derived keys. */
export interface SealedBoxUse {
  purpose: string
  setting: string
}

const thirdPartyTokens: SealedBoxUse = { purpose: 'ambient third-party tokens', setting: 'TOKEN_KEYS' }

/**
 * Encrypts secrets: those of third parties at rest, unless another use is given. A secret sealed for one owner opens
 * for that owner only, so two swapped rows open for neither. The first key seals; all keys open.
 */
export function createSealedBox(keys: readonly NamedKey[], { purpose, setting }: SealedBoxUse = thirdPartyTokens) {
  const derived = new Map(
    keys.map(({ kid, secret }) => [kid, Buffer.from(hkdfSync('sha256', secret, '', purpose, keyBytes))])
  )
  const [current] = derived.keys()
  if (current === undefined) throw new Error(`${setting} holds no key`)

  function getKey(kid: string): Buffer {
    const key = derived.get(kid)
    if (!key) throw new Error(`${setting} does not hold the key ${kid}`)
    return key
  }

  return {
    seal(secret: string, owner: string): Sealed {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, getKey(current), nonce).setAAD(Buffer.from(owner))
      const box = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return { kid: current, box: box.toString('base64url') }
    },

    /** Throws when it was sealed for another owner or by a missing key, or was changed. */
    open({ kid, box }: Sealed, owner: string): string {
      const bytes = Buffer.from(box, 'base64url')
      const decipher = createDecipheriv(algorithm, getKey(kid), bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes
      })
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(-tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8')
    },

    /** Tells whether an older key than the first one sealed it. */
    isStale: ({ kid }: Sealed) => kid !== current
  }
}
