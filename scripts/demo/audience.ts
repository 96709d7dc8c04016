import { setTimeout as sleep } from 'node:timers/promises'
import type { ShowRoom } from '../../client/index.ts'
import { speakOnStage, type DemoPerson } from './cast.ts'
import { joined } from './shows.ts'

const firstCommentMs = 2000
const commentEveryMs = 45_000
const visitEveryMs = 2000
const greetingMs = 2000

/** Comments in turn in a show, one soon and then one now and then, with a reaction each. */
export async function commentInTurn(people: readonly DemoPerson[], showId: string, texts: readonly string[]) {
  const rooms = people.map(({ ambient }) => ambient.joinShow(showId))
  await Promise.all(rooms.map(joined))
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
 * Never resolves.
 */
export async function visitNewShows(visitor: DemoPerson, ownIds: ReadonlySet<string>): Promise<void> {
  const { ambient } = visitor
  const visited = new Set<string>()
  for (;;) {
    const { items } = await ambient.shows.list({ status: 'live' }).catch(() => ({ items: [] }))
    for (const { id, creator } of items) {
      if (ownIds.has(creator.id) || visited.has(id)) continue
      visited.add(id)
      visit(visitor, ambient.joinShow(id)).catch((error: unknown) => {
        process.stderr.write(`A demo listener could not visit a show: ${String(error)}\n`)
      })
    }
    await sleep(visitEveryMs)
  }
}

async function visit(visitor: DemoPerson, room: ShowRoom): Promise<void> {
  speakOnStage(visitor, room)
  await joined(room)
  await sleep(greetingMs)
  await room.sendComment('Hello! I just found your show.').catch(() => {})
  await room.requestFloor('I would like to say hello')
}
