import type { FastifyBaseLogger } from 'fastify'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { PersonalData } from './personal-data.ts'

/** An erasure in progress or just finished: `erasedAt` is null until it was carried out once. */
export interface ErasureDocument {
  _id: string
  begunAt: Date
  erasedAt: Date | null
}

/** Removes a person from activity in progress, before their data is erased. Safe to repeat. */
export type ErasurePreparation = (userId: string) => Promise<void>

export interface ErasureParts {
  erasures: Collection<ErasureDocument>
  personalData: PersonalData
  logger: FastifyBaseLogger
}

/**
 * Requests admitted before the account was erased have finished writing after this time; their data is erased by a
 * second run.
 */
export const lateWritesMs = 60_000

export type Erasure = ReturnType<typeof createErasure>

/**
 * Erases accounts with everything stored about their people. Every step is safe to repeat, and an erasure is recorded
 * before it begins, so that `resume` can finish an interrupted one.
 */
export function createErasure({ erasures, personalData, logger }: ErasureParts) {
  const preparations: ErasurePreparation[] = []

  /** Preparations run first, so that nothing new is written about the person. */
  async function carryOut(userId: string): Promise<void> {
    for (const prepare of preparations) await prepare(userId)
    await personalData.erase(userId)
  }

  async function eraseNow(userId: string): Promise<void> {
    await carryOut(userId)
    await erasures.updateOne({ _id: userId, erasedAt: null }, { $set: { erasedAt: new Date() } })
  }

  /** Finishes an interrupted erasure. A finished one runs once more for late writes, and its record is deleted. */
  async function settle({ _id: userId, erasedAt }: ErasureDocument): Promise<void> {
    if (erasedAt === null) return await eraseNow(userId)
    if (erasedAt.getTime() > Date.now() - lateWritesMs) return
    await carryOut(userId)
    await erasures.deleteOne({ _id: userId })
  }

  return {
    /**
     * Registers a preparation. Preparations run in the order of registration, each after the one before has finished.
     */
    prepareBy(preparation: ErasurePreparation): void {
      preparations.push(preparation)
    },

    /**
     * Erases a person: ends their live show, removes them from all others, signs them out everywhere and deletes their
     * data. Throws UNAVAILABLE when that takes longer; it then continues in the background.
     */
    async erase(userId: string): Promise<void> {
      await erasures.updateOne(
        { _id: userId },
        { $setOnInsert: { begunAt: new Date(), erasedAt: null } },
        { upsert: true }
      )
      await eraseNow(userId).catch((error: unknown) => {
        logger.error({ err: error, userId }, 'erasure incomplete, retrying later')
        throw new CodedError(
          'UNAVAILABLE',
          'Erasing the account takes longer than usual. It continues by itself; there is nothing more to do.'
        )
      })
    },

    /**
     * Finishes interrupted erasures, and repeats recent ones to erase data that was written during the erasure.
     */
    async resume(): Promise<void> {
      for await (const erasure of erasures.find()) {
        await settle(erasure).catch((error: unknown) =>
          logger.error({ err: error, userId: erasure._id }, 'erasure incomplete, retrying later')
        )
      }
    }
  }
}
