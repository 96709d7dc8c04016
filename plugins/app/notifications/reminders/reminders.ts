import type { Collection, Filter } from 'mongodb'
import { CodedError } from '../../../../contract/errors.ts'
import type { ShowReminder } from '../../../../contract/reminders.ts'
import type { Show } from '../../../../contract/shows.ts'
import { defaultSliceSize, deleteInSlices } from '../../documents/slices.ts'
import { exportedRecords } from '../../privacy/exported-records.ts'
import type { Shows } from '../../shows/shows.ts'

/** A person is reminded of a show. The id is of both. */
export interface ReminderDocument {
  _id: string
  showId: string
  userId: string
  createdAt: Date
}

export interface RemindersParts {
  reminders: Collection<ReminderDocument>
  shows: Pick<Shows, 'get' | 'getMany' | 'findUnfinished'>
}

/** Maximum number of reminders of one person. */
const maxPerPerson = 100

export type Reminders = Awaited<ReturnType<typeof createReminders>>

/** Planned shows of which people asked to be reminded. */
export async function createReminders({ reminders, shows }: RemindersParts) {
  await reminders.createIndex({ userId: 1, createdAt: 1 })
  await reminders.createIndex({ showId: 1, _id: 1 })

  /** Returns the reminders of a person for planned shows that they may see. */
  async function planned(userId: string, limit = maxPerPerson): Promise<{ reminder: ReminderDocument; show: Show }[]> {
    const found = await reminders.find({ userId }).sort({ createdAt: -1 }).limit(limit).toArray()
    const visible = await shows.getMany(
      found.map(({ showId }) => showId),
      userId
    )
    return found.flatMap(reminder => {
      const show = visible.get(reminder.showId)
      return show?.status === 'scheduled' ? [{ reminder, show }] : []
    })
  }

  /** Whether a person has more reminders than allowed: requests at the same time may all have found room. */
  async function isOverLimit(userId: string): Promise<boolean> {
    if ((await reminders.countDocuments({ userId })) <= maxPerPerson) return false
    return (await planned(userId, maxPerPerson + 1)).length > maxPerPerson
  }

  async function removeEndedAmong(slice: readonly ReminderDocument[]): Promise<void> {
    const showIds = [...new Set(slice.map(({ showId }) => showId))]
    if (showIds.length === 0) return
    const unfinished = await shows.findUnfinished(showIds)
    const ended = slice.filter(({ showId }) => !unfinished.has(showId)).map(({ _id }) => _id)
    if (ended.length > 0) await reminders.deleteMany({ _id: { $in: ended } })
  }

  return {
    /**
     * Adds a reminder. Safe to repeat. Throws NOT_FOUND, also for a private show that the person may not see, CONFLICT
     * for a show that has started, and when the person has too many reminders.
     */
    async add(userId: string, showId: string): Promise<void> {
      const { status } = await shows.get(showId, userId)
      if (status !== 'scheduled') throw new CodedError('CONFLICT', 'This show has started already.')
      const _id = `${showId}:${userId}`
      if ((await reminders.countDocuments({ userId, _id: { $ne: _id } })) >= maxPerPerson) {
        // Reminders of shows that are over make room.
        if ((await planned(userId)).length >= maxPerPerson) throw tooManyReminders()
      }
      const reminder = { showId, userId, createdAt: new Date() }
      const { upsertedCount } = await reminders.updateOne({ _id }, { $setOnInsert: reminder }, { upsert: true })
      if (upsertedCount === 0 || !(await isOverLimit(userId))) return
      await reminders.deleteOne({ _id })
      throw tooManyReminders()
    },

    /** Removes a reminder. Safe to repeat. */
    async remove(userId: string, showId: string): Promise<void> {
      await reminders.deleteOne({ _id: `${showId}:${userId}` })
    },

    has: async (userId: string, showId: string): Promise<boolean> =>
      (await reminders.findOne({ _id: `${showId}:${userId}` }, { projection: { _id: 1 } })) !== null,

    /** Returns the reminders of a person for planned shows, the next show first. */
    async list(userId: string): Promise<ShowReminder[]> {
      const found = (await planned(userId)).map(({ reminder, show: { title, startsAt } }) => ({
        ...{ showId: reminder.showId, title, startsAt },
        createdAt: reminder.createdAt.toISOString()
      }))
      return found.toSorted((a, b) => timeOf(a) - timeOf(b))
    },

    /** Returns some of the people who are to be reminded of a show, and where the next ones begin. */
    async people(
      showId: string,
      { limit, cursor }: { limit: number; cursor: string | null }
    ): Promise<{ userIds: string[]; nextCursor: string | null }> {
      const after: Filter<ReminderDocument> = cursor === null ? {} : { _id: { $gt: cursor } }
      const found = await reminders
        .find({ showId, ...after })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray()
      const last = found.at(-1)
      return {
        userIds: found.map(({ userId }) => userId),
        nextCursor: last && found.length === limit ? last._id : null
      }
    },

    /** Removes the reminders of shows that are over or gone. */
    async removeEnded(): Promise<void> {
      let slice: ReminderDocument[] = []
      for await (const reminder of reminders.find({}).batchSize(defaultSliceSize)) {
        if (slice.push(reminder) < defaultSliceSize) continue
        await removeEndedAmong(slice)
        slice = []
      }
      await removeEndedAmong(slice)
    },

    removeOfShow: async (showId: string): Promise<void> => await deleteInSlices(reminders, { showId }),

    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedRecords(reminders, { userId }, ({ showId, createdAt }) => ({
          showId,
          createdAt: createdAt.toISOString()
        })),
      erase: async (userId: string): Promise<void> => await deleteInSlices(reminders, { userId })
    }
  }
}

/** Returns the planned time of a show; those without one come last. */
function timeOf({ startsAt }: ShowReminder): number {
  return startsAt === null ? Number.MAX_SAFE_INTEGER : Date.parse(startsAt)
}

function tooManyReminders(): CodedError {
  return new CodedError('CONFLICT', `You have ${maxPerPerson} reminders already; remove one first.`)
}
