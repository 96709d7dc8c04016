import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { ProviderName } from '../../../contract/sign-in.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import { deleteInSlices } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'

/** The account of an identity at a provider. */
export interface IdentityDocument {
  /** `<provider>:<subject>`, so an identity has one account. */
  _id: string
  userId: string
  /** Whether the account was created for this identity: without it nobody could sign in to the account. */
  isFounder: boolean
  createdAt: Date
}

const keyOf = (provider: ProviderName, subject: string) => `${provider}:${subject}`

export type Identities = Awaited<ReturnType<typeof createIdentities>>

/** Maps identities at providers to accounts. */
export async function createIdentities(identities: Collection<IdentityDocument>) {
  await identities.createIndex({ userId: 1 })

  /** Returns the account of an identity. */
  async function find(provider: ProviderName, subject: string): Promise<string | undefined> {
    return (await identities.findOne({ _id: keyOf(provider, subject) }))?.userId
  }

  return {
    find,

    /** Gives an identity to an account. Returns false when another account has it. */
    async claim(provider: ProviderName, subject: string, userId: string, isFounder: boolean): Promise<boolean> {
      try {
        await identities.insertOne({ _id: keyOf(provider, subject), userId, isFounder, createdAt: new Date() })
        return true
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
        return (await find(provider, subject)) === userId
      }
    },

    /** Takes an identity from an account. Throws CONFLICT when it is the only way to sign in. */
    async release(provider: ProviderName, subject: string, userId: string): Promise<void> {
      const _id = keyOf(provider, subject)
      const all = await identities.find({ userId }).toArray()
      const isFounder = all.some(identity => identity._id === _id && identity.isFounder)
      if (isFounder && all.length === 1) {
        throw new CodedError('CONFLICT', "This is the only way you can sign in; it can't be unlinked.")
      }
      await identities.deleteOne({ _id, userId })
    },

    export: (userId: string): AsyncIterable<object> =>
      exportedRecords(identities, { userId }, ({ _id, createdAt }) => ({ identity: _id, createdAt })),

    async erase(userId: string): Promise<void> {
      await deleteInSlices(identities, { userId })
    }
  }
}
