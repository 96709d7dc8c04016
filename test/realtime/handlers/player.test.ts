import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { PlayerState } from '../../../contract/live.ts'
import { playerHandlers } from '../../../realtime/handlers/player.ts'
import type { AmbientSocket } from '../../../realtime/sockets/socket-data.ts'
import { standIn } from '../live/stand-in.ts'

/** A socket, and a store that answers about songs when the test says so. */
function createPlayer() {
  const checks: { songId: string; answer(): void }[] = []
  const handlers = playerHandlers({
    assertOwnsSong: async (_userId, songId) =>
      await new Promise<void>(resolve => checks.push({ songId, answer: resolve }))
  })
  const data = { identity: { userId: 'ann' }, membership: null, playerSongId: null as string | null }
  const socket = standIn<AmbientSocket>({ connected: true, data })
  return {
    data,
    checks,
    tell: async (songId: string, state: PlayerState) =>
      await handlers['player:state'](socket, { songId, state }, () => {})
  }
}

async function answerAll(checks: { answer(): void }[]): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await setImmediate()
    for (const { answer } of checks.splice(0)) answer()
  }
}

t.test('a pause of the song before does not end the next one', async t => {
  const { data, checks, tell } = createPlayer()
  const told = [tell('a', 'playing'), tell('b', 'playing'), tell('a', 'paused')]
  await answerAll(checks)
  await Promise.all(told)
  t.equal(data.playerSongId, 'b')
})

t.test('states take effect in their order, however long the checks take', async t => {
  const { data, checks, tell } = createPlayer()
  const told = [tell('a', 'playing'), tell('a', 'paused')]
  await answerAll(checks)
  await Promise.all(told)
  t.equal(data.playerSongId, null)
  const again = [tell('a', 'playing'), tell('b', 'playing')]
  await setImmediate()
  for (const { songId, answer } of checks.toReversed()) if (songId === 'b') answer()
  await answerAll(checks)
  await Promise.all(again)
  t.equal(data.playerSongId, 'b')
})
