import type { Replay, ReplayChapter, ReplayTrim } from '../../../contract/replays.ts'
import type { Person } from '../../../contract/users.ts'
import type { Users } from '../people/users.ts'
import { personIn } from '../shows/unknown-person.ts'
import { publishedSince, type MixedReplay } from './document.ts'
import type { AccessibleReplay, ReplayAccess } from './replay-access.ts'
import { durationOf, placeOf, showTimeOf, stretchesOf } from './timeline/stretches.ts'
import type { ReplayCut } from './timeline/kept-times.ts'

export const mediaTypes = { opus: 'audio/ogg', mp3: 'audio/mpeg' } as const

/** Returns the path of a file of a replay, with a ticket where one is needed. */
export function filePath(showId: string, file: string, ticket?: string): string {
  return `/v1/shows/${showId}/replay/${file}${ticket === undefined ? '' : `?ticket=${encodeURIComponent(ticket)}`}`
}

export type ReplayViews = ReturnType<typeof createReplayViews>

/** Turns stored replays into the form that clients see. */
export function createReplayViews(users: Pick<Users, 'people'>, access: Pick<ReplayAccess, 'isOpen' | 'ticketFor'>) {
  return {
    async toReplay({ replay, show, isCreator }: AccessibleReplay): Promise<Replay> {
      const { mixed, takenDown, version, state } = replay
      const speakerIds = mixed?.speakers.map(({ userId }) => userId) ?? []
      const people = await users.people([replay.creatorId, ...speakerIds])
      const ticket = mixed && !access.isOpen(replay, show) ? access.ticketFor(replay, mixed) : undefined
      const durationMs = durationOf(mixed?.stretches ?? [])
      return {
        showId: replay._id,
        title: show.title,
        ...(show.coverUrl !== undefined && { coverUrl: show.coverUrl }),
        creator: shown(personIn(people, replay.creatorId)),
        status: state === 'ready' || state === 'failed' ? state : 'processing',
        publishedAt: publishedSince(replay)?.toISOString() ?? null,
        takenDown: takenDown ? { reason: takenDown.reason, at: takenDown.at.toISOString() } : null,
        version,
        durationMs,
        untrimmedMs: isCreator && mixed ? untrimmedMs(mixed) : durationMs,
        trim: isCreator && mixed ? trimOf(mixed, replay.cut) : { startMs: 0, endMs: 0 },
        audio: (mixed?.audio ?? []).map(({ format, sizeBytes }) => ({
          format,
          url: filePath(replay._id, `audio.${format}`, ticket),
          sizeBytes
        })),
        peaks: mixed?.peaks ?? [],
        stretches: mixed?.stretches ?? [],
        items: mixed?.items ?? [],
        chapters: mixed ? namedChapters(mixed, people) : [],
        speakers: (mixed?.speakers ?? []).map(({ userId, ...speaker }) => ({
          person: shown(personIn(people, userId)),
          ...speaker
        })),
        captionsUrl: mixed && replay.hasCaptions ? filePath(replay._id, 'captions.vtt', ticket) : null
      }
    }
  }
}

/** Returns the chapters of a replay with the present names of people. */
export function namedChapters({ chapters }: MixedReplay, people: ReadonlyMap<string, Person>): ReplayChapter[] {
  return chapters.map(({ atMs, title, userId }) => ({
    atMs,
    title: title ?? personIn(people, userId ?? '').displayName
  }))
}

/** Returns the duration of a replay without its cut, ms. */
export function untrimmedMs({ kept }: Pick<MixedReplay, 'kept'>): number {
  return durationOf(stretchesOf(kept))
}

/** Returns how much a cut takes off a replay. */
export function trimOf({ kept }: Pick<MixedReplay, 'kept'>, { from, to }: ReplayCut): ReplayTrim {
  const whole = stretchesOf(kept)
  return {
    startMs: from === null ? 0 : placeOf(whole, from),
    endMs: to === null ? 0 : durationOf(whole) - placeOf(whole, to)
  }
}

/**
 * Returns the cut of a trim. It is stored as server time: what was cut off stays so when another part of the replay
 * becomes longer or shorter.
 */
export function cutOf({ kept }: Pick<MixedReplay, 'kept'>, { startMs, endMs }: ReplayTrim): ReplayCut {
  const whole = stretchesOf(kept)
  return {
    from: startMs === 0 ? null : showTimeOf(whole, startMs),
    to: endMs === 0 ? null : showTimeOf(whole, durationOf(whole) - endMs)
  }
}

function shown({ id, displayName, avatarUrl }: Person): Person {
  return { id, displayName, avatarUrl }
}
