import type { UpdateFilter } from 'mongodb'
import { onlyRepeats } from '../../documents/only-repeats.ts'
import { deleteInSlices } from '../../documents/slices.ts'
import { exportedRecords } from '../../privacy/exported-records.ts'
import type { ChannelName, MessageDocument, MessageKind, QueueTables } from './documents.ts'

/** The messages about one event of a show. */
export interface MessagesAbout {
  showId: string
  creatorId: string
  kind: MessageKind
  /** Tells apart those that a show may have several times, since its planned time can change. */
  round?: number
}

/** A message that a node delivers until its time. */
export type ClaimedMessage = MessageDocument & { nextAt: Date }

export type MessageQueue = ReturnType<typeof createMessageQueue>

/** The queue of messages to people. A done message stays for some days, so that nobody gets it twice. */
export function createMessageQueue({ occasions, announcements, messages }: QueueTables, nowMs: () => number) {
  /** Changes a claimed message. Returns false when it was removed, or another node has claimed it. */
  async function change({ _id, nextAt }: ClaimedMessage, update: UpdateFilter<MessageDocument>): Promise<boolean> {
    return (await messages.updateOne({ _id, nextAt }, update)).matchedCount > 0
  }

  return {
    /** Adds the messages of an occasion to some people on one channel, except those that are there. */
    async add(
      { showId, creatorId, kind, round }: MessagesAbout,
      channel: ChannelName,
      userIds: readonly string[],
      expiresAt: Date
    ): Promise<void> {
      if (userIds.length === 0) return
      const now = new Date(nowMs())
      const documents = userIds.map((userId): MessageDocument => ({
        _id: `${showId}:${kind}${round ?? ''}:${channel}:${userId}`,
        ...{ userId, showId, creatorId, kind, channel, expiresAt },
        attempts: 0,
        sentTo: [],
        nextAt: now,
        createdAt: now
      }))
      await messages.insertMany(documents, { ordered: false }).catch((error: unknown) => {
        if (!onlyRepeats(error)) throw error
      })
    },

    /** Claims the message of a channel that has waited longest. Returns null when none waits. */
    async claim(channel: ChannelName, leaseMs: number): Promise<ClaimedMessage | null> {
      const now = nowMs()
      const found = await messages.findOneAndUpdate(
        { channel, nextAt: { $lte: new Date(now) } },
        { $set: { nextAt: new Date(now + leaseMs) }, $inc: { attempts: 1 } },
        { sort: { nextAt: 1 }, returnDocument: 'after' }
      )
      return found?.nextAt ? { ...found, nextAt: found.nextAt } : null
    },

    /** Keeps which addresses of the person have the message, before the next one gets it. */
    markSent: async (message: ClaimedMessage, sentTo: string[]): Promise<boolean> =>
      await change(message, { $set: { sentTo } }),

    /** Puts a claimed message back for another attempt. */
    putBack: async (message: ClaimedMessage, waitMs: number): Promise<boolean> =>
      await change(message, { $set: { nextAt: new Date(nowMs() + waitMs) } }),

    /** Keeps what became of a claimed message. */
    finish: async (message: ClaimedMessage, outcome: NonNullable<MessageDocument['outcome']>): Promise<boolean> =>
      await change(message, { $set: { outcome }, $unset: { nextAt: '' } }),

    /** Removes what is older than a time. */
    async removeBefore(before: Date): Promise<void> {
      await deleteInSlices(messages, { createdAt: { $lt: before } })
      await deleteInSlices(occasions, { createdAt: { $lt: before } })
      await deleteInSlices(announcements, { at: { $lt: before } })
    },

    /** Removes everything about a show. */
    async removeOfShow(showId: string): Promise<void> {
      await deleteInSlices(occasions, { showId })
      await deleteInSlices(messages, { showId })
    },

    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedRecords(messages, { userId }, ({ showId, kind, channel, outcome = null, createdAt }) => ({
          ...{ showId, kind, channel, outcome },
          createdAt: createdAt.toISOString()
        })),
      async erase(userId: string): Promise<void> {
        await announcements.deleteOne({ _id: userId })
        await deleteInSlices(messages, { userId })
      }
    }
  }
}
