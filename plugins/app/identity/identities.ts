import fp from 'fastify-plugin'
import type { Db } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { ProviderName } from '../../../contract/sign-in.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'

declare module 'fastify' {
  interface FastifyInstance {
    identities: Identities
  }
}

/** Which account somebody has whom a provider knows. */
interface IdentityDocument {
  /** `<provider>:<subject>`: an identity has one account. */
  _id: string
  userId: string
  /** The account was made for it: without it nobody could sign in there. */
  isFounder: boolean
  createdAt: Date
}

export type Identities = Awaited<ReturnType<typeof createIdentities>>

/** Whom the providers know. */
export async function createIdentities(db: Db) {
  const identities = db.collection<IdentityDocument>('identities')
  await identities.createIndex({ userId: 1 })
  const key = (provider: ProviderName, subject: string) => `${provider}:${subject}`

  return {
    /** The account of an identity, or null. */
    async find(provider: ProviderName, subject: string): Promise<string | null> {
      return (await identities.findOne({ _id: key(provider, subject) }))?.userId ?? null
    },

    /** Gives an identity to an account; true when it is that account's now. */
    async claim(provider: ProviderName, subject: string, userId: string, isFounder: boolean): Promise<boolean> {
      const _id = key(provider, subject)
      try {
        await identities.insertOne({ _id, userId, isFounder, createdAt: new Date() })
        return true
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
        return (await this.find(provider, subject)) === userId
      }
    },

    /** Takes an identity from an account. Throws CONFLICT when it is the only way to sign in. */
    async release(provider: ProviderName, subject: string, userId: string): Promise<void> {
      const _id = key(provider, subject)
      const all = await identities.find({ userId }).toArray()
      const founded = all.find(identity => identity._id === _id && identity.isFounder)
      if (founded && all.length === 1) {
        throw new CodedError('CONFLICT', "This is the only way you can sign in; it can't be unlinked.")
      }
      await identities.deleteOne({ _id, userId })
    },

    of: (userId: string) => identities.find({ userId }),
    forget: async (userId: string) => {
      await identities.deleteMany({ userId })
    }
  }
}

export default fp(
  async app => {
    const identities = await createIdentities(app.db)
    app.decorate('identities', identities)
    app.personalData.register('identities', {
      async *export(userId) {
        for await (const { _id, createdAt } of identities.of(userId)) yield { identity: _id, createdAt }
      },
      erase: async userId => await identities.forget(userId)
    })
  },
  { name: 'identities', dependencies: ['mongodb', 'personal-data'] }
)
