import { maxPerCommand, type PeopleGroup, type PresenceStore } from './presence-store.ts'

/** Place of a person's connection. `showId` is that of a public show. */
export interface Place {
  readonly songId: string | null
  readonly showId: string | null
  /** Whether the person listens in that show, and does not run it. */
  readonly isListener: boolean
}

/** One connection of a person. */
export interface Seat {
  move(place: Place): void
  /** Call it once. */
  end(): void
}

type Group = PeopleGroup | `show:${string}`

const nowhere: Place = { songId: null, showId: null, isListener: false }

/** The people who are connected to this node. Changes reach the store in groups, when they are flushed. */
export interface NodePresence {
  connect(userId: string): Seat
  /** Number of people connected to this node, or who play a song through it. */
  count(group: PeopleGroup): number
  /** Songs that people of this node play. */
  songIds(): string[]
  /** Lets the next flush send everybody again. */
  refresh(): void
  /** Sends what has changed. After a failure the next flush sends everybody. Rejects with the failure. */
  flush(): Promise<void>
  /** Removes everybody of this node from the store. */
  end(): Promise<void>
}

export function createNodePresence(store: PresenceStore): NodePresence {
  /** Number of connections by person. */
  const groups = new Map<Group, Map<string, number>>()
  const changed = new Map<Group, Set<string>>()
  let mustRefresh = false

  function mark(group: Group, userId: string): void {
    const users = changed.get(group) ?? new Set<string>()
    changed.set(group, users.add(userId))
  }

  function add(group: Group | null, userId: string): void {
    if (group === null) return
    const counts = groups.get(group) ?? new Map<string, number>()
    groups.set(group, counts)
    const count = counts.get(userId) ?? 0
    counts.set(userId, count + 1)
    if (count === 0) mark(group, userId)
  }

  function remove(group: Group | null, userId: string): void {
    const counts = group !== null && groups.get(group)
    if (group === null || !counts) return
    const left = (counts.get(userId) ?? 1) - 1
    if (left > 0) {
      counts.set(userId, left)
      return
    }
    counts.delete(userId)
    if (counts.size === 0) groups.delete(group)
    mark(group, userId)
  }

  async function send(group: Group, userIds: readonly string[], isPresent: boolean): Promise<void> {
    for (let start = 0; start < userIds.length; start += maxPerCommand) {
      const some = userIds.slice(start, start + maxPerCommand)
      const showId = showOf(group)
      if (showId !== null) await (isPresent ? store.enter(showId, some) : store.leave(showId, some))
      else if (isPeopleGroup(group)) await (isPresent ? store.add(group, some) : store.remove(group, some))
    }
  }

  /** Leaving goes first, so that a person who changed from one show to another is in the new one. */
  async function sendAll(changes: ReadonlyMap<Group, ReadonlySet<string>>): Promise<void> {
    for (const isPresent of [false, true]) {
      for (const [group, userIds] of changes) {
        const some = [...userIds].filter(userId => (groups.get(group)?.has(userId) ?? false) === isPresent)
        await send(group, some, isPresent)
      }
    }
  }

  async function flush(): Promise<void> {
    if (mustRefresh) for (const [group, counts] of groups) for (const userId of counts.keys()) mark(group, userId)
    mustRefresh = false
    const changes = new Map(changed)
    changed.clear()
    try {
      await sendAll(changes)
    } catch (error) {
      // Those who left meanwhile expire.
      mustRefresh = true
      throw error
    }
  }

  return {
    connect(userId) {
      let place = nowhere
      add('users', userId)

      function move(next: Place): void {
        if (isSame(place, next)) return
        const [before, after] = [groupsOf(place), groupsOf(next)]
        for (const [index, group] of after.entries()) {
          if (group === before[index]) continue
          add(group, userId)
          remove(before[index] ?? null, userId)
        }
        place = next
      }

      return {
        move,
        end() {
          move(nowhere)
          remove('users', userId)
        }
      }
    },
    count: group => groups.get(group)?.size ?? 0,
    songIds: () => [...groups.keys()].flatMap(group => (group.startsWith('song:') ? group.slice('song:'.length) : [])),
    refresh() {
      mustRefresh = true
    },
    flush,
    async end() {
      for (const [group, counts] of groups) for (const userId of counts.keys()) mark(group, userId)
      groups.clear()
      await flush()
    }
  }
}

function isSame(one: Place, other: Place): boolean {
  return one.songId === other.songId && one.showId === other.showId && one.isListener === other.isListener
}

/** The groups of a place, always in the same order. */
function groupsOf({ songId, showId, isListener }: Place): (Group | null)[] {
  return [
    songId === null ? null : `song:${songId}`,
    showId === null ? null : `show:${showId}`,
    showId !== null && isListener ? 'listeners' : null
  ]
}

function showOf(group: Group): string | null {
  return group.startsWith('show:') ? group.slice('show:'.length) : null
}

function isPeopleGroup(group: Group): group is PeopleGroup {
  return !group.startsWith('show:')
}
