import { startRtcPeer, type RtcPeer, type ServerTransport } from '../media/rtc-peer.ts'
import { fillNames, findMismatch, readPattern, type Names } from './pattern.ts'
import { openRawSocket, type RawSocket } from './raw-socket.ts'

/** The packets of a peer that produces. */
const packet = { intervalMs: 20, bytes: 80 }

/** A user of the page: the socket, and the WebRTC peers by direction, which the page leaves to a library. */
export interface Actor {
  socket: RawSocket
  peers: Map<string, RtcPeer>
  sent: string[]
}

/** The users of a page by name, and the values that the page refers to by name. */
export interface Scene {
  readonly url: string
  readonly names: Names
  readonly actors: Map<string, Actor>
}

/** The lines of a `frames` block. An indented line continues the line before. */
function linesOf(text: string): string[] {
  return text
    .replaceAll(/\n\s+/g, '')
    .split('\n')
    .filter(line => line !== '')
}

/** Plays a `frames` block. Throws at the first line that does not match what the server does. */
export async function playFrames(text: string, scene: Scene): Promise<void> {
  for (const line of linesOf(text)) {
    const [, name = '', sign, rest = ''] = /^(\w+) +(opens|closes|→|←) *(.*)$/.exec(line) ?? []
    try {
      if (sign === 'opens') await open(name, rest, scene)
      else await step(actorOf(scene, name), sign, rest, scene, name)
    } catch (error) {
      throw new Error(`${line}\n${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

function actorOf({ actors }: Scene, name: string): Actor {
  const actor = actors.get(name)
  if (!actor) throw new Error(`${name} has no open socket.`)
  return actor
}

async function open(name: string, path: string, { url, names, actors }: Scene): Promise<void> {
  actors.get(name)?.socket.close()
  actors.set(name, {
    socket: await openRawSocket(url.replace('http', 'ws') + fillNames(path, names)),
    peers: new Map(),
    sent: []
  })
}

async function step(actor: Actor, sign: string | undefined, rest: string, scene: Scene, name: string): Promise<void> {
  if (sign === 'closes') return actor.socket.close()
  if (sign === '→') return send(actor, rest, scene.names)
  if (sign !== '←') throw new Error('The line has no known sign.')
  if (rest === 'closed') return await actor.socket.closed
  const frame = await receive(actor, rest, scene.names)
  await doMedia(actor, frame, scene.names, name)
}

function send(actor: Actor, text: string, names: Names): void {
  const [, prefix = '', json] = /^(\d+)(.*)$/.exec(fillNames(text, names)) ?? []
  const frame = prefix + (json ? JSON.stringify(JSON.parse(json)) : '')
  actor.sent.push(frame)
  actor.socket.send(frame)
}

async function receive({ socket }: Actor, text: string, names: Names): Promise<string> {
  const [, prefix, json = ''] = /^(\d+)(.*)$/.exec(text) ?? []
  const pattern = json === '' ? undefined : readPattern(json)
  let closest = ''
  return await socket
    .take(frame => {
      const [, actualPrefix, body = ''] = /^(\d+)(.*)$/s.exec(frame) ?? []
      if (actualPrefix !== prefix || (body === '') !== (pattern === undefined)) return false
      const difference = pattern === undefined ? null : findMismatch(pattern, JSON.parse(body), names)
      if (difference !== null) closest = difference
      return difference === null
    })
    .catch((error: unknown) => {
      throw new Error(`${closest}\n${String(error)}`)
    })
}

/** Does what a WebRTC library does: opens a peer for each new transport, and sends packets once the user produces. */
async function doMedia(actor: Actor, frame: string, names: Names, name: string): Promise<void> {
  const [id] = /(?<=^43)\d+/.exec(frame) ?? []
  const command = actor.sent.find(sent => sent.startsWith(`42${id}[`))
  if (id === undefined || command === undefined) return
  const [event, payload] = JSON.parse(command.replace(/^\d+/, ''))
  if (event === 'media:createTransport') {
    const [{ data: transport }]: [{ data: ServerTransport }] = JSON.parse(frame.replace(/^\d+/, ''))
    const peer = await startRtcPeer({ direction: payload.direction, transport, ssrc: ssrcOf(name) })
    actor.peers.set(payload.direction, peer)
    names.set(`${name}Fingerprint`, peer.dtlsParameters.fingerprints[0]?.value)
  }
  const sender = actor.peers.get('send')
  if (event === 'media:produce' && sender) {
    await sender.connected()
    setInterval(() => sender.send(packet.bytes), packet.intervalMs).unref()
  }
}

/** The SSRC with which each user of the page sends. */
function ssrcOf(name: string): number {
  return name === 'creator' ? 1111 : 2222
}
