import { setTimeout as sleep } from 'node:timers/promises'
import type { ShowRoom } from '../../client/index.ts'
import { speakOnStage, type DemoPerson } from './cast.ts'
import { joined } from './shows.ts'

const firstCommentMs = 2000
const commentEveryMs = 45_000
const visitEveryMs = 2000
const greetingMs = 2000
/** A show may refuse or lose a visitor while it starts. */
const maxVisits = 3

/** Comments in turn in a show, one soon and then one now and then, with a reaction each, until a room closes. */
export async function commentInTurn(people: readonly DemoPerson[], showId: string, texts: readonly string[]) {
  const rooms = people.map(({ ambient }) => ambient.joinShow(showId))
  try {
    await Promise.all(rooms.map(joined))
  } catch {
    return
  }
  for (let turn = 0; ; turn++) {
    await sleep(turn < texts.length ? firstCommentMs * (turn + 1) : commentEveryMs)
    const room = rooms[turn % rooms.length]
    const text = texts[turn % texts.length]
    if (room === undefined || text === undefined || room.view.connection === 'closed') return
    await room.sendComment(text).catch(() => {})
    await room.react('👏').catch(() => {})
  }
}

/**
 * Visits every live show of somebody else, with a greeting and a request to speak, and talks when it is accepted.
 * Visits again when a greeting fails. Never resolves.
 */
export async function visitNewShows(visitor: DemoPerson, ownIds: ReadonlySet<string>): Promise<void> {
  const { ambient } = visitor
  const visits = new Map<string, number>()
  const present = new Set<string>()
  for (;;) {
    const { items } = await ambient.shows.list({ status: 'live' }).catch(() => ({ items: [] }))
    for (const { id, creator } of items) {
      const count = visits.get(id) ?? 0
      if (ownIds.has(creator.id) || present.has(id) || count >= maxVisits) continue
      visits.set(id, count + 1)
      present.add(id)
      const room = ambient.joinShow(id)
      visit(visitor, room).catch(async (error: unknown) => {
        process.stderr.write(`A demo listener could not visit a show: ${String(error)}\n`)
        await room.leave()
        present.delete(id)
      })
    }
    await sleep(visitEveryMs)
  }
}

async function visit(visitor: DemoPerson, room: ShowRoom): Promise<void> {
  speakOnStage(visitor, room)
  await joined(room)
  await sleep(greetingMs)
  // The connection may have been lost in between.
  await joined(room)
  await room.sendComment('Hello! I just found your show.')
  await room.requestFloor('I would like to say hello').catch((error: unknown) => {
    process.stderr.write(`A demo listener could not ask to speak: ${String(error)}\n`)
  })
}
