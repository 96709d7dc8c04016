import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../depth.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { Playback } from '../../../contract/playback.ts'
import type { OpenedPlayback, SongPlayback } from '../../../realtime/audio/song-playback.ts'
import { storeSongsOnAir } from '../../../realtime/audio/songs-on-air.ts'
import { createRoomWrites } from '../../../realtime/rooms/room-writes.ts'
import { standIn } from '../live/stand-in.ts'

const numRuns = runsOf(250, 1000)
t.setTimeout(30_000 + numRuns * 200)

const stopped: Playback = { status: 'stopped', item: null, positionMs: 0, at: 0, producerId: null }

function playing(songId: string): Playback {
  return { ...stopped, status: 'playing', item: standIn({ id: `item of ${songId}`, kind: 'song', songId }) }
}

/** The songs, the store and the player of one show. Everything that waits for something outside waits for `pause`. */
class World {
  readonly pause: (label: string) => Promise<void>
  /** Songs that the library finds. */
  readonly found = new Set(['a', 'b'])
  readonly deleted = new Set<string>()
  /** The songs that the store holds for the show. */
  onAir: string[] = []
  /** The song that is heard. */
  heard: string | null = null
  /** The calls, in order. */
  readonly steps: string[] = []
  isHome = true
  isStoreAway = false

  constructor(pause: (label: string) => Promise<void>) {
    this.pause = pause
  }

  /** The player without the store of what is on air. */
  readonly audio: SongPlayback = {
    open: async ({ item, positionMs }): Promise<OpenedPlayback | null> => {
      const songId = item?.songId
      if (songId === undefined) return null
      this.steps.push(`open ${songId}`)
      await this.pause('find song')
      const song = this.found.has(songId) ? standIn<OpenedPlayback['song']>({}) : null
      await this.pause('open song')
      return { songId, positionMs, song, ...(!song && { failure: new CodedError('NOT_FOUND', 'Deleted.') }) }
    },
    fits: () => true,
    play: async ({ item }, opened) => {
      await this.pause('play')
      this.heard = opened?.song ? (item?.songId ?? null) : null
      if (this.heard !== null) assert.ok(!this.deleted.has(this.heard), `${this.heard} is played and deleted`)
      return null
    },
    discard() {},
    prepare() {}
  }

  async store(songIds: string[]): Promise<boolean> {
    await this.pause('store songs')
    if (this.isStoreAway) throw new Error('the store is away')
    if (!this.isHome) return false
    this.onAir = songIds
    this.steps.push(`store ${songIds.join(' ')}`)
    await this.pause('songs stored')
    return true
  }

  /** Deletes a song as the songs' service does. */
  async delete(songId: string): Promise<void> {
    await this.pause('mark song')
    // A marked song cannot be marked again.
    if (!this.found.delete(songId)) return
    await this.pause('ask who plays')
    if (this.onAir.includes(songId)) this.found.add(songId)
    else {
      await this.pause('delete song')
      this.deleted.add(songId)
      assert.notEqual(this.heard, songId, `${songId} is deleted while it plays`)
    }
  }
}

function start(world: World, playback = stopped, isResumed = false) {
  const silent = () => {}
  const writes = createRoomWrites({ logger: { warn: silent, error: silent } as never, onLost: silent, minRetryMs: 1 })
  const audio = storeSongsOnAir(world.audio, {
    playback,
    isResumed,
    store: async songIds => await world.store(songIds),
    queueWrite: write => writes.add('songs', write)
  })
  /** Follows a playback as a room does, one after the other; what is queued for the store may wait. */
  async function play(playback: Playback): Promise<OpenedPlayback | null> {
    const opened = await audio.open(playback)
    if (opened?.failure === undefined) await audio.play(playback, opened)
    if (opened) audio.discard(opened)
    return opened
  }

  /** Follows a playback, and waits until everything is stored. */
  async function follow(playback: Playback): Promise<OpenedPlayback | null> {
    const opened = await play(playback)
    await writes.stored()
    return opened
  }
  return { play, follow, stored: async () => await writes.stored() }
}

const nothing = async () => {}

t.test('a song is stored as on air before it is looked for, and until another plays or it is stopped', async t => {
  const world = new World(nothing)
  const { follow } = start(world)
  await follow(playing('a'))
  t.same(world.steps, ['store a', 'open a'])
  await follow({ ...playing('a'), status: 'paused' })
  await follow(playing('a'))
  t.same(world.steps.splice(0), ['store a', 'open a', 'open a', 'open a'], 'known already')
  await follow(playing('b'))
  t.same(world.steps.splice(0), ['store a b', 'open b', 'store b'])
  await follow(stopped)
  t.same(world.steps.splice(0), ['store '])
  await follow(stopped)
  world.found.delete('b')
  t.match(await follow(playing('b')), { failure: { code: 'NOT_FOUND' } })
  t.same(world.onAir, [], 'a song that could not be opened')
})

t.test('a show that plays no songs stores nothing', async t => {
  const world = new World(nothing)
  const { follow, stored } = start(world)
  await follow({ ...stopped, status: 'playing', item: standIn({ id: 'item', kind: 'spotify', trackId: 'track' }) })
  await follow(stopped)
  await stored()
  t.same(world.steps, [])
})

t.test('a resumed show stores what it plays, in place of what an earlier home has stored', async t => {
  for (const [playback, onAir] of [
    [stopped, []],
    [{ ...playing('a'), status: 'paused' } as const, ['a']]
  ] as const) {
    const world = new World(nothing)
    world.onAir = ['b']
    await start(world, playback, true).stored()
    t.same(world.onAir, onAir)
  }
})

t.test('a song is not opened by a home that another one has replaced, nor without the store', async t => {
  const world = new World(nothing)
  const { follow } = start(world)
  world.isHome = false
  t.match(await follow(playing('a')), { song: null, failure: { code: 'UNAVAILABLE' } })
  world.isHome = true
  world.isStoreAway = true
  const refused = follow(playing('a'))
  await new Promise(resolve => setImmediate(resolve))
  world.isStoreAway = false
  t.match(await refused, { song: null, failure: { message: 'the store is away' } })
  t.same(
    world.steps.filter(step => step.startsWith('open')),
    []
  )
  t.match(await follow(playing('a')), { song: {} })
})

t.test('no song is deleted while it plays, whatever waits for what', async t => {
  const plan = fc.array(fc.constantFrom('a', 'b', null), { minLength: 1, maxLength: 5 })
  const deletions = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 })
  const property = fc.asyncProperty(fc.scheduler(), plan, deletions, async (scheduler, plan, deletions) => {
    const world = new World(async label => await scheduler.schedule(Promise.resolve(), label))
    const { play } = start(world)
    const playedAndDeleted = Promise.all([
      (async () => {
        for (const songId of plan) await play(songId === null ? stopped : playing(songId))
      })(),
      ...deletions.map(async songId => await world.delete(songId))
    ])
    await scheduler.waitFor(playedAndDeleted)
  })
  const { failed, seed, counterexamplePath, errorInstance } = await fc.check(property, { numRuns })
  if (failed) t.fail(`seed ${seed}, path ${counterexamplePath}: ${String(errorInstance)}`)
  else t.pass(`in ${numRuns} shows`)
})
