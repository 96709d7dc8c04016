import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    erasure: Erasure
  }
}

/** An erasure under way, or just done: `erasedAt` is null until it was carried out once. */
interface ErasureDocument {
  _id: string
  begunAt: Date
  erasedAt: Date | null
}

/** Erased last: until then everything else can still be found by it. */
const lastKeeper = 'account'
/** What was let in before the account went has written whatever it writes by then, and is erased too. */
const stragglersMs = 60_000

export type Erasure = ReturnType<typeof createErasure>

/**
 * Makes accounts go, with everything that is kept about their people. Each step may be repeated, and what was begun is written
 * down first: whatever ends in the middle is finished by `resume`.
 */
export function createErasure(app: FastifyInstance) {
  const erasures = app.db.collection<ErasureDocument>('erasures')
  const logger = app.log.child({ part: 'erasure' })

  async function eraseKept(userId: string): Promise<void> {
    const keepers = app.personalData.keepers()
    for (const [name, keeper] of keepers) if (name !== lastKeeper) await keeper.erase(userId)
    await keepers.get(lastKeeper)?.erase(userId)
  }

  /** Out of everything that is going on first, so that nothing new is written about them. */
  async function carryOut(userId: string): Promise<void> {
    await app.sessions.revokeAll(userId)
    await app.liveShows.forgetPerson(userId)
    await eraseKept(userId)
  }

  async function eraseNow(userId: string): Promise<void> {
    await carryOut(userId)
    await erasures.updateOne({ _id: userId, erasedAt: null }, { $set: { erasedAt: new Date() } })
  }

  async function erase(userId: string): Promise<void> {
    await erasures.updateOne(
      { _id: userId },
      { $setOnInsert: { begunAt: new Date(), erasedAt: null } },
      { upsert: true }
    )
    await eraseNow(userId).catch((error: unknown) => {
      logger.error({ err: error, userId }, 'an erasure is not finished yet')
      throw new CodedError(
        'UNAVAILABLE',
        'The account is being erased, which takes longer than usual; it goes on by itself.'
      )
    })
  }

  /** What was begun is finished; what was done a while ago is done once more and forgotten. */
  async function settle({ _id: userId, erasedAt }: ErasureDocument): Promise<void> {
    if (erasedAt === null) return await eraseNow(userId)
    if (erasedAt.getTime() > Date.now() - stragglersMs) return
    await carryOut(userId)
    await erasures.deleteOne({ _id: userId })
  }

  return {
    /**
     * Erases a person: their live show ends, they are out of all others and signed out everywhere, and nothing is kept about them.
     * Throws UNAVAILABLE when that takes longer; it goes on by itself.
     */
    erase,

    /** Finishes what was begun and not finished, and erases again what was written while an account went. */
    async resume(): Promise<void> {
      for await (const erasure of erasures.find()) {
        await settle(erasure).catch((error: unknown) =>
          logger.error({ err: error, userId: erasure._id }, 'an erasure is not finished yet')
        )
      }
    },

    /** Erases guests who are signed in nowhere any more: nobody can ever come back as one. */
    async eraseGoneGuests(): Promise<void> {
      for await (const guestIds of app.users.guestIds(new Date(Date.now() - stragglersMs))) {
        const here = await app.sessions.signedIn(guestIds)
        // One that fails is begun, so that it is finished later, and keeps nobody else here.
        for (const guestId of guestIds) if (!here.has(guestId)) await erase(guestId).catch(() => {})
      }
    }
  }
}

export default fp(
  async app => {
    app.decorate('erasure', createErasure(app))
  },
  { name: 'erasure', dependencies: ['mongodb', 'sessions', 'live-shows', 'personal-data', 'users'] }
)
