import { createHmac, randomBytes } from 'node:crypto'
import type { Db } from 'mongodb'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'

/** The key of pseudonyms, in the collection `pseudonymKeys`. There is one, which all nodes share. */
interface PseudonymKeyDocument {
  _id: 'pseudonyms'
  /** 32 random bytes, base64. */
  key: string
}

const keyBytes = 32
/** Characters of a pseudonym: 132 bits. */
const pseudonymLength = 22

/** Returns the pseudonym of a person: a keyed hash of the user id, 22 characters of base64url. */
export type PseudonymOf = (userId: string) => string

/** Reads the key of pseudonyms, and creates it on the first start. */
export async function openPseudonyms(db: Db): Promise<PseudonymOf> {
  const keys = db.collection<PseudonymKeyDocument>('pseudonymKeys')
  const key = (await findKey()) ?? (await createKey())

  async function findKey(): Promise<Buffer | undefined> {
    const found = await keys.findOne({ _id: 'pseudonyms' })
    return found ? Buffer.from(found.key, 'base64') : undefined
  }

  async function createKey(): Promise<Buffer> {
    const created = randomBytes(keyBytes)
    try {
      await keys.insertOne({ _id: 'pseudonyms', key: created.toString('base64') })
      return created
    } catch (error) {
      // Another node was first.
      const found = isDuplicateKey(error) ? await findKey() : undefined
      if (!found) throw error
      return found
    }
  }

  return userId => createHmac('sha256', key).update(userId).digest('base64url').slice(0, pseudonymLength)
}

/** Returns a pseudonym that belongs to nobody: it replaces that of an erased person. */
export function unlinkedPseudonym(): string {
  return randomBytes(keyBytes).toString('base64url').slice(0, pseudonymLength)
}
