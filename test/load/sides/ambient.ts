import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareSongs } from '../../e2e/test-songs.ts'
import type { ShowClient } from '../../users.ts'
import { goLive, grantFloor, joinShow, signIn } from '../../users.ts'
import { opusReceiveCapabilities, opusSendParameters } from '../../media/rtc-peer.ts'
import { startServer } from '../../server-process.ts'
import { cpuTimeMicros, cpuTimeOfTree, pinToCore, treeOf } from '../cpu-time.ts'
import { countDrained } from '../peer-program.ts'
import { childrenOf } from '../process-cost.ts'
import { startWebRtcPeers, type WebRtcPeers } from '../webrtc-peers.ts'
import { inBatches, loadCore, serverCore, type MeasuredRoom } from './side.ts'

const unlimited = '1000000'

export interface AmbientOptions {
  speakers: number
  listeners: number
  /** Source of a song as ffmpeg takes it. */
  song?: string
  /** Settings other than the defaults. */
  settings?: Readonly<Record<string, string>>
}

/** Connects a transport of a member's client. */
async function connectTransport(client: ShowClient, peers: WebRtcPeers, direction: 'send' | 'recv') {
  const transport = await client.request('media:createTransport', { direction })
  const { dtlsParameters } = peers
  await client.request('media:connectTransport', { transportId: transport.id, dtlsParameters })
  return { transportId: transport.id, peer: await peers.connect(transport) }
}

/** Speaks on stage. Returns the peer and what listeners consume. */
async function startProducer(client: ShowClient, peers: WebRtcPeers, ssrc: number) {
  const { transportId, peer } = await connectTransport(client, peers, 'send')
  const { codecs, ...parameters } = opusSendParameters(ssrc)
  // The web client sends no packets in pauses.
  const withDtx = codecs.map(codec => ({ ...codec, parameters: { usedtx: 1 } }))
  const rtpParameters = { ...parameters, codecs: withDtx }
  const { producerId } = await client.request('media:produce', { transportId, kind: 'audio', rtpParameters })
  return { peer, producerId }
}

async function consume(client: ShowClient, producerId: string): Promise<void> {
  const { consumerId } = await client.request('media:consume', { producerId, rtpCapabilities: opusReceiveCapabilities })
  await client.request('media:resumeConsumer', { consumerId })
}

/** Consumes the producer of the song as soon as it plays. */
function followSong(client: ShowClient): void {
  const heard = new Set<string>()
  client.socket.on('room:event', ({ event }) => {
    const producerId = event.type === 'playback:changed' ? event.playback.producerId : null
    if (producerId === null || heard.has(producerId)) return
    heard.add(producerId)
    consume(client, producerId).catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
  })
}

/** Starts Ambient with a live show, with the defaults of production and one worker. */
export async function openAmbientRoom({ speakers, listeners, song, settings }: AmbientOptions): Promise<MeasuredRoom> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-livekit-'))
  const server = await startServer(
    { MEDIA_WORKERS: '1', MEDIA_LISTENERS_PER_WORKER: unlimited, LOG_LEVEL: 'info', ...settings },
    { logFile: join(folder, 'ambient-log') }
  )
  process.once('exit', () => server.kill('SIGKILL'))
  for (const pid of await treeOf(server.pid)) await pinToCore(pid, serverCore)
  const [workerPid] = await childrenOf(server.pid, 'mediasoup-worker')
  if (workerPid === undefined) throw new Error('the server has no worker')
  const peers = await startWebRtcPeers(loadCore)
  const { showId, creator, client: host } = await goLive(server.url)
  if (song !== undefined) await prepareSongs(server.url, creator, showId, [song])
  const speaking: Awaited<ReturnType<typeof startProducer>>[] = []
  for (let n = 0; n < speakers; n++) {
    const client = n === 0 ? host : (await joinShow(server.url, showId, `Speaker ${n}`)).client
    if (n > 0) await grantFloor(host, client)
    speaking.push(await startProducer(client, peers, n + 1))
  }
  const producerIds = speaking.map(({ producerId }) => producerId)
  await inBatches(listeners, async n => {
    const user = await signIn(server.url, `Listener ${n}`)
    const client = await user.connect()
    await client.join(showId)
    followSong(client)
    await connectTransport(client, peers, 'recv')
    for (const producerId of producerIds) await consume(client, producerId)
  })

  return {
    async speak(talks) {
      for (const [n, talk] of talks.entries()) await peers.speak(speaking[n]?.peer ?? -1, n + 1, talk)
    },
    async silence() {
      for (const { peer } of speaking) await peers.silence(peer)
    },
    ...(song !== undefined && {
      async playSong() {
        await host.request('playback:play', {})
      },
      async pauseSong() {
        await host.request('playback:pause', {})
      }
    }),
    async usage() {
      const { sent, packets } = await countDrained(peers)
      const [cpuMicros, workerMicros] = [await cpuTimeOfTree(server.pid), await cpuTimeMicros(workerPid)]
      return { cpuMicros, workerMicros, sent, delivered: packets }
    },
    async close() {
      peers.end()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
