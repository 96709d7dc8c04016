import { createHash } from 'node:crypto'
import type { WebhookEvent, WebhookMessage } from '../../../../contract/webhooks.ts'
import type { ChangedShow } from '../../shows/changed-shows.ts'

/** Something that happened with a show. */
export interface WebhookOccasion {
  event: WebhookEvent
  at: Date
}

/** Returns what happened with a show since a time, in order. `plannedAt`: when its planned time was first seen. */
export function occasionsOf(show: ChangedShow, plannedAt: Date | undefined, since: Date): WebhookOccasion[] {
  const { status, startedAt, endedAt } = show
  const all: WebhookOccasion[] = []
  if (status === 'scheduled' && plannedAt) all.push({ event: 'show.scheduled', at: plannedAt })
  if (status !== 'scheduled' && startedAt) all.push({ event: 'show.started', at: startedAt })
  if (status === 'ended' && endedAt) all.push({ event: 'show.ended', at: endedAt })
  return all.filter(({ at }) => at >= since)
}

/** Returns the id of a message: the same on each node. */
export function messageIdOf(webhookId: string, showId: string, { event, at }: WebhookOccasion): string {
  const text = `${webhookId}:${event}:${showId}:${at.getTime()}`
  return `msg_${createHash('sha256').update(text).digest('base64url').slice(0, 32)}`
}

/** Returns the content of a message. */
export function bodyOf(show: ChangedShow, { event, at }: WebhookOccasion, publicUrl: string): string {
  const { _id, title, visibility, status, startsAt, startedAt, endedAt } = show
  const message: WebhookMessage = {
    type: event,
    timestamp: at.toISOString(),
    data: {
      show: {
        ...{ id: _id, title, visibility, status },
        startsAt: startsAt?.toISOString() ?? null,
        startedAt: startedAt?.toISOString() ?? null,
        endedAt: endedAt?.toISOString() ?? null,
        url: `${publicUrl}/shows/${_id}`
      }
    }
  }
  return JSON.stringify(message)
}
