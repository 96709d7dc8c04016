import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { storeSettings } from '../store-settings.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { joinShow, goLive } from '../users.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { until } from './real-app.ts'

t.teardown(closeRtcPeers)

interface Line {
  level: number
  msg: string
  userId?: string
  showId?: string
  [field: string]: unknown
}

const info = 30

t.test('the log at level info has one line per step of a person in a show, and no texts of people', async t => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'ambient-journal-'))
  const env = {
    ...process.env,
    PORT: '0',
    MEDIA_PORT: '0',
    DATA_DIR,
    LIMIT_AUTH_PER_MINUTE: '100000',
    ...storeSettings(DATA_DIR)
  }
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../server.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  t.teardown(async () => {
    const closed = once(child, 'exit')
    child.kill('SIGKILL')
    await closed
    await rm(DATA_DIR, { recursive: true, force: true })
  })
  const lines: Line[] = []
  createInterface({ input: child.stderr }).on('line', line => lines.push(JSON.parse(line)))
  const [ready] = await once(createInterface({ input: child.stdout }), 'line')
  const url = /http:\S+/.exec(String(ready))?.[0] ?? ''

  const firstIndex = lines.length
  const { creator, client: host, showId } = await goLive(url, 'Secret title')
  const { user: speaker, client } = await joinShow(url, showId, 'Secret name')
  const { user: refused, client: other } = await joinShow(url, showId)
  const lineOf = async (msg: string, userId?: string): Promise<Line> => {
    const find = () =>
      lines.find(line => line.msg === msg && line.showId === showId && (userId === undefined || line.userId === userId))
    await until(() => find() !== undefined)
    return find()!
  }
  const { requestId } = await client.request('speak:request', { reason: 'Secret reason' })
  await host.request('speak:answer', { requestId, accept: true })
  const declined = await other.request('speak:request', {})
  await host.request('speak:answer', { requestId: declined.requestId, accept: false })
  const speakerPeer = await openSpeakerPeer(client)
  const producerId = await speakerPeer.produce()
  await client.request('mute:set', { userId: speaker.id, muted: true })
  await client.request('comment:send', { clientId: 'one', text: 'Secret text' })
  await client.requestError('show:announce', { text: 'Secret text' })
  await client.request('speak:stepDown', {})
  await client.request('show:leave', {})
  other.disconnect()
  await lineOf('left', refused.id)
  await creator.rest('POST', `/v1/shows/${showId}/end`)

  t.match(await lineOf('show started'), { level: info })
  const joined = await lineOf('joined', speaker.id)
  t.match(joined, { level: info, socketId: String, requestId: String, presenceId: String, tookMs: Number })
  t.equal(joined.socketId, client.socket.id)
  t.match(await lineOf('speak requested', speaker.id), { speakRequestId: requestId })
  t.match(await lineOf('speak request answered', speaker.id), {
    by: creator.id,
    accepted: true,
    speakRequestId: requestId,
    waitedMs: Number
  })
  t.match(await lineOf('speak request answered', refused.id), { by: creator.id, accepted: false, waitedMs: Number })
  t.match(await lineOf('on air', speaker.id), { producerId, grantedMs: Number })
  t.match(await lineOf('off air', speaker.id), { reason: 'stepDown', onAirMs: Number })
  t.match(await lineOf('left', speaker.id), { how: 'gone', presenceId: joined.presenceId, stayedMs: Number })
  t.match(await lineOf('show ended'), { reason: 'ended', lastedMs: Number })

  const roomLines = lines.slice(firstIndex).filter(line => line.showId === showId || line.userId !== undefined)
  const counts = Object.fromEntries(
    Object.entries(Object.groupBy(roomLines, ({ msg }) => msg)).map(([msg, lines]) => [msg, lines?.length])
  )
  t.strictSame(counts, {
    'show started': 1,
    joined: 3,
    'speak requested': 2,
    'speak request answered': 2,
    'on air': 1,
    'off air': 1,
    left: 2,
    'show ended': 1
  })
  for (const line of lines) {
    for (const [field, value] of Object.entries(line)) {
      if (field.endsWith('Ms')) t.ok(Number.isInteger(value) && Number(value) >= 0, `${line.msg} ${field}`)
    }
  }
  t.notMatch(JSON.stringify(lines), /Secret/, 'no text of a person is logged')
})
