import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'
import { onlyRepeats } from '../../documents/only-repeats.ts'
import { defaultSliceSize } from '../../documents/slices.ts'
import type { ChangedShow } from '../../shows/changed-shows.ts'
import type { Shows } from '../../shows/shows.ts'
import type { WebhookDeliveryDocument, WebhookDocument, WebhookTables } from './documents.ts'
import { bodyOf, messageIdOf, occasionsOf } from './occasions.ts'

export interface ShowWatcherParts extends WebhookTables {
  shows: Pick<Shows, 'changedSince'>
  publicUrl(): string
  nowMs(): number
}

/** Age after which an event is not delivered any more, ms. */
const maxAgeMs = 3_600_000
/** Shows are read again for this time: their times come from the clocks of several nodes. */
const overlapMs = 60_000

/** Finds what happened with shows, and writes a message for each webhook of their creators. Safe on several nodes. */
export function createShowWatcher(parts: ShowWatcherParts) {
  const { webhooks, deliveries, plannedTimes, shows, publicUrl, nowMs } = parts
  /** Messages that are in the queue, as far as this node knows, by id, with their time. */
  const known = new Map<string, number>()
  /** Shows of the last overlap whose messages are in the queue, by id and status, with the time of their change. */
  const done = new Map<string, number>()
  let lastChangeMs = 0

  const keyOf = ({ _id, status }: ChangedShow): string => `${_id} ${status}`

  /** Keeps the planned time of a show. Returns when it was first seen; all nodes agree on that. */
  async function keepPlannedTime({ _id, startsAt, updatedAt }: ChangedShow): Promise<Date | undefined> {
    if (startsAt === null) return undefined
    try {
      await plannedTimes.updateOne(
        { _id, startsAt: { $ne: startsAt } },
        { $set: { startsAt, seenAt: updatedAt } },
        { upsert: true }
      )
    } catch (error) {
      // It is known.
      if (!isDuplicateKey(error)) throw error
    }
    return (await plannedTimes.findOne({ _id }))?.seenAt
  }

  async function messagesAbout(
    show: ChangedShow,
    owned: readonly WebhookDocument[],
    since: Date
  ): Promise<WebhookDeliveryDocument[]> {
    const plannedAt = show.status === 'scheduled' ? await keepPlannedTime(show) : undefined
    const now = new Date(nowMs())
    return occasionsOf(show, plannedAt, since).flatMap(occasion =>
      owned
        .filter(({ events, enabledAt }) => events.includes(occasion.event) && occasion.at >= enabledAt)
        .map(({ _id, userId }) => ({
          _id: messageIdOf(_id, show._id, occasion),
          ...{ webhookId: _id, userId, event: occasion.event, showId: show._id },
          body: bodyOf(show, occasion, publicUrl()),
          ...{ attempts: 0, nextAt: now, status: 'waiting' as const, answer: null, error: null, createdAt: now }
        }))
    )
  }

  async function addMessages(slice: readonly ChangedShow[], since: Date): Promise<void> {
    const userIds = [...new Set(slice.map(({ creatorId }) => creatorId))]
    const found = await webhooks.find({ userId: { $in: userIds }, isEnabled: true }).toArray()
    const byOwner = Map.groupBy(found, ({ userId }) => userId)
    const messages: WebhookDeliveryDocument[] = []
    for (const show of slice) messages.push(...(await messagesAbout(show, byOwner.get(show.creatorId) ?? [], since)))
    const added = messages.filter(({ _id }) => !known.has(_id))
    if (added.length > 0) {
      await deliveries.insertMany(added, { ordered: false }).catch((error: unknown) => {
        if (!onlyRepeats(error)) throw error
      })
    }
    for (const { _id } of added) known.set(_id, nowMs())
    for (const show of slice) done.set(keyOf(show), show.updatedAt.getTime())
  }

  function forgetOld(): void {
    for (const [id, atMs] of known) if (atMs < nowMs() - 2 * maxAgeMs) known.delete(id)
    for (const [key, atMs] of done) if (atMs < lastChangeMs - overlapMs) done.delete(key)
  }

  return {
    /** Puts messages about what happened into the queue. Safe to repeat. */
    async find(): Promise<void> {
      const since = new Date(nowMs() - maxAgeMs)
      const from = new Date(Math.max(since.getTime(), lastChangeMs - overlapMs))
      let slice: ChangedShow[] = []
      let lastMs = lastChangeMs
      for await (const show of shows.changedSince(from)) {
        lastMs = Math.max(lastMs, show.updatedAt.getTime())
        if (done.get(keyOf(show)) === show.updatedAt.getTime()) continue
        if (slice.push(show) < defaultSliceSize) continue
        await addMessages(slice, since)
        slice = []
      }
      if (slice.length > 0) await addMessages(slice, since)
      // Only now: a failed round is repeated from where it began.
      lastChangeMs = Math.min(lastMs, nowMs())
      forgetOld()
    }
  }
}
