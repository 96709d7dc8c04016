import { CodedError } from '../../../contract/errors.ts'
import type { Member } from '../../../contract/moderation.ts'
import type { PageQuery } from '../../../contract/paging.ts'
import type { PeopleHere } from '../../../contract/people-here.ts'
import type { Role } from '../../../contract/users.ts'
import { folded } from '../documents/search-words.ts'
import { slicesOf } from '../documents/slices.ts'
import type { Blocks } from '../people/blocks.ts'
import type { Users } from '../people/users.ts'
import { foreignCursor } from './cursor.ts'
import type { LiveShows } from './live-shows.ts'
import type { ShowGuard } from './show-guard.ts'

/** Time for which the list of one show serves all who ask for it: thousands may open it at once. */
const listTtlMs = 3000
/** Length of the part of a name that is in the sort key and the cursor. */
const nameLength = 20
/** Number of people whose choice one command reads. */
const sliceSize = 500

/** Hosts first, then the others on stage, then listeners. */
const ranks: Record<Role, number> = { creator: 0, cohost: 1, speaker: 2, listener: 3 }

/** Sort key: the rank, the name without case and accents, then the id. */
interface Place {
  rank: number
  name: string
  id: string
}

type Entry = Place & { member: Member }

interface List {
  entries: readonly Entry[]
  guestCount: number
}

export interface PeopleHereParts {
  showGuard: Pick<ShowGuard, 'authorize'>
  liveShows: Pick<LiveShows, 'members' | 'findPlace'>
  users: Pick<Users, 'unlistedAmong'>
  blocks: Pick<Blocks, 'findBetween'>
  nowMs: () => number
}

export type PeopleHereService = ReturnType<typeof createPeopleHere>

/** Tells the people in a live show who else is there. Each request reads the choice of those it lists. */
export function createPeopleHere({ showGuard, liveShows, users, blocks, nowMs }: PeopleHereParts) {
  const lists = new Map<string, { untilMs: number; list: Promise<List> }>()

  async function readList(showId: string, userId: string): Promise<List> {
    const members = await liveShows.members(showId, { kind: 'user', userId }, 'people:see')
    const people = members.filter(({ guest }) => !guest)
    const unlisted = await findUnlisted(people)
    return {
      entries: people
        .filter(({ id }) => !unlisted.has(id))
        .map(entryOf)
        .sort(compare),
      guestCount: members.length - people.length
    }
  }

  /** Returns those who do not want to be listed. Everybody sees hosts and the people on stage anyway. */
  async function findUnlisted(members: readonly Member[]): Promise<Set<string>> {
    const listenerIds = members.flatMap(({ id, role }) => (role === 'listener' ? [id] : []))
    const unlisted = new Set<string>()
    for (const slice of slicesOf(listenerIds, sliceSize)) {
      for (const userId of await users.unlistedAmong(slice)) unlisted.add(userId)
    }
    return unlisted
  }

  /** Returns the list of a show, which the first of those who ask reads. A list that cannot be read is not kept. */
  async function getList(showId: string, userId: string): Promise<List> {
    const now = nowMs()
    for (const [id, { untilMs }] of lists) if (untilMs <= now) lists.delete(id)
    const kept = lists.get(showId)
    if (kept) return await kept.list
    const list = readList(showId, userId)
    lists.set(showId, { untilMs: now + listTtlMs, list })
    list.catch(() => {
      if (lists.get(showId)?.list === list) lists.delete(showId)
    })
    return await list
  }

  /** Returns those whom the caller may see now. */
  async function visibleTo(callerId: string, entries: readonly Entry[]): Promise<Entry[]> {
    const [blocked, unlisted] = await Promise.all([
      blocks.findBetween(
        callerId,
        entries.map(({ id }) => id)
      ),
      findUnlisted(entries.map(({ member }) => member))
    ])
    return entries.filter(({ id, rank }) => !unlisted.has(id) && (rank < ranks.listener || !blocked.has(id)))
  }

  return {
    /**
     * Returns a page of the people in a live show, for those in it. Throws NOT_FOUND, NOT_IN_SHOW, SHOW_NOT_LIVE,
     * SHOW_ENDED, VALIDATION (invalid cursor), UNAVAILABLE.
     */
    async page(showId: string, callerId: string, { limit, cursor }: PageQuery): Promise<PeopleHere> {
      const after = cursor === undefined ? undefined : decode(cursor)
      const { status } = await showGuard.authorize('see', showId, callerId)
      const place = await liveShows.findPlace(showId, callerId)
      if (place === undefined && status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
      if (place === undefined) throw new CodedError('SHOW_NOT_LIVE', 'The show is not live.')
      if (place === 'outside') throw new CodedError('NOT_IN_SHOW', 'Join the show to see who is here.')

      const { entries, guestCount } = await getList(showId, callerId)
      const start = after === undefined ? 0 : entries.findIndex(entry => compare(entry, after) > 0)
      let rest = start < 0 ? [] : entries.slice(start)
      const shown: Entry[] = []
      // The cursor names somebody, so it names the last of those who are shown, and one more tells whether it goes on.
      while (rest.length > 0 && shown.length <= limit) {
        shown.push(...(await visibleTo(callerId, rest.slice(0, limit + 1))))
        rest = rest.slice(limit + 1)
      }
      const last = shown[limit - 1]
      return {
        items: shown
          .slice(0, limit)
          .map(({ member: { id, displayName, avatarUrl, role } }) => ({ id, displayName, avatarUrl, role })),
        nextCursor: shown.length > limit && last ? encode(last) : null,
        guestCount
      }
    }
  }
}

function entryOf(member: Member): Entry {
  const name = folded(member.displayName).slice(0, nameLength).toWellFormed()
  return { rank: ranks[member.role], name, id: member.id, member }
}

/** Compares by code units: an order that is the same on every server. */
function compare(a: Place, b: Place): number {
  if (a.rank !== b.rank) return a.rank - b.rank
  if (a.name !== b.name) return a.name < b.name ? -1 : 1
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

function encode({ rank, name, id }: Place): string {
  return Buffer.from(`${rank}:${id}:${name}`).toString('base64url')
}

function decode(cursor: string): Place {
  const [, rank, id, name] =
    /^([0-3]):([A-Za-z0-9_-]{1,64}):(.*)$/su.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (rank === undefined || id === undefined || name === undefined) throw foreignCursor()
  return { rank: Number(rank), id, name }
}
