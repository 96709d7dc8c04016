import fc from 'fast-check'
import type { Ack } from '../../../contract/client-events.ts'
import { CodedError } from '../../../contract/errors.ts'
import { candidates, creator, limits, listeners } from '../room/people.ts'
import type { FakeSocket } from './fake-sockets.ts'
import type { ShowUnderTest } from './show-under-test.ts'

/** Who is in the show: its creator, a co-host, two who have the floor, one who listens. */
export const cast = [creator, candidates[0], listeners[0], listeners[1], listeners[2]] as const

/** Something a person, or what is around them, does to the show. */
export type Act =
  | { what: 'produce'; who: string; muted: boolean | null }
  | {
      what:
        | 'consume'
        | 'join again'
        | 'drop'
        | 'leave'
        | 'step down'
        | 'ask'
        | 'agree'
        | 'close transport'
        | 'prepare'
        | 'send too much'
        | 'grace over'
      who: string
    }
  | { what: 'mute'; who: string; whom: string; muted: boolean }
  | { what: 'revoke' | 'invite'; who: string; whom: string }
  | { what: 'remove'; who: string; whom: string; ban: boolean }
  | { what: 'answer'; who: string; accept: boolean }
  | { what: 'comment'; who: string; clientId: string }
  | { what: 'silence'; who: string; whom: string; muted: boolean }
  | { what: 'end' }
  | { what: 'lose worker' }

const weighted = <T>(...options: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...options.map(([weight, arbitrary]) => ({ weight, arbitrary })))
const who = fc.constantFrom<string>(...cast)
const speaker = fc.constantFrom<string>(creator, listeners[0], listeners[0], listeners[1])
const host = fc.constantFrom<string>(creator, candidates[0])

const act: fc.Arbitrary<Act> = weighted<Act>(
  [8, fc.record({ what: fc.constant('produce'), who: speaker, muted: fc.constantFrom(null, true, false) })],
  [
    5,
    speaker.chain(who =>
      fc.record({ what: fc.constant('mute'), who: fc.constant(who), whom: fc.constant(who), muted: fc.boolean() })
    )
  ],
  [3, fc.record({ what: fc.constant('mute'), who: host, whom: speaker, muted: fc.constant(true) })],
  [3, fc.record({ what: fc.constantFrom('revoke', 'invite'), who: host, whom: speaker })],
  [2, fc.record({ what: fc.constant('agree'), who: speaker })],
  [2, fc.record({ what: fc.constant('ask'), who })],
  [2, fc.record({ what: fc.constant('answer'), who: host, accept: fc.boolean() })],
  [1, fc.record({ what: fc.constant('remove'), who: host, whom: speaker, ban: fc.boolean() })],
  [3, fc.record({ what: fc.constant('consume'), who })],
  [2, fc.record({ what: fc.constantFrom('close transport', 'step down', 'send too much'), who: speaker })],
  [3, fc.record({ what: fc.constantFrom('drop', 'leave', 'join again', 'join again', 'grace over'), who })],
  [2, fc.record({ what: fc.constant('prepare'), who: speaker })],
  [6, fc.record({ what: fc.constant('comment'), who, clientId: fc.constantFrom('c1', 'c2', 'c3') })],
  [1, fc.record({ what: fc.constant('silence'), who: host, whom: who, muted: fc.boolean() })],
  [1, fc.constantFrom<Act>({ what: 'end' }, { what: 'lose worker' })]
)

/** Things that go wrong together more often than alone. */
const scene: fc.Arbitrary<Act[]> = weighted<Act[]>(
  [6, act.map(act => [act])],
  [
    1,
    who.map(who => [
      { what: 'join again', who },
      { what: 'drop', who }
    ])
  ],
  [
    1,
    speaker.map(who => [
      { what: 'mute', who: creator, whom: listeners[1], muted: true },
      { what: 'remove', who: creator, whom: who, ban: true },
      { what: 'join again', who }
    ])
  ],
  [
    1,
    speaker.map(who => [
      { what: 'produce', who, muted: true },
      { what: 'mute', who, whom: who, muted: true },
      { what: 'mute', who, whom: who, muted: false }
    ])
  ],
  [
    1,
    speaker.map(who => [
      { what: 'produce', who, muted: null },
      { what: 'revoke', who: candidates[0], whom: who }
    ])
  ]
)

/** What happens at once in a show. */
export const acts: fc.Arbitrary<Act[]> = fc
  .array(scene, { minLength: 1, maxLength: 8, size: 'max' })
  .map(scenes => scenes.flat())

/** People as they are in the show: the socket they use, and the transport they send through. */
export interface Player {
  readonly socket: FakeSocket
  send: string
}

/** Connects, joins and prepares both transports. From now on the person acts through this socket, also while it is joining. */
export async function enter(show: ShowUnderTest, players: Map<string, Player>, userId: string): Promise<void> {
  const socket = show.connect(userId)
  const player: Player = { socket, send: 'none' }
  players.set(userId, player)
  await socket.ask('show:join', { showId: show.showId })
  await prepare(player)
}

/** Makes the transports there are not. */
async function prepare(player: Player): Promise<void> {
  const { socket } = player
  player.send = idOf(await socket.ask('media:createTransport', { direction: 'send' })) ?? player.send
  await socket.ask('media:createTransport', { direction: 'recv' })
}

function idOf(answer: Ack<{ id: string }> | null): string | null {
  return answer?.ok ? answer.data.id : null
}

const codecs = [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }]

/** Does it, without waiting for what comes of it. Resolves when it is answered. */
export async function perform(show: ShowUnderTest, players: Map<string, Player>, act: Act): Promise<unknown> {
  if (act.what === 'end') return await end(show)
  if (act.what === 'lose worker') return await show.loseWorker()
  const player = players.get(act.who)!
  const { socket } = player
  switch (act.what) {
    case 'produce':
      return await socket.ask('media:produce', {
        transportId: player.send,
        kind: 'audio',
        rtpParameters: { codecs },
        ...(act.muted !== null && { muted: act.muted })
      })
    case 'consume':
      return await socket.ask('media:consume', {
        producerId: show.media.producers.at(-1)?.id ?? 'none',
        rtpCapabilities: {}
      })
    case 'close transport':
      return await socket.ask('media:closeTransport', { transportId: player.send })
    case 'prepare':
      return await prepare(player)
    case 'mute':
      return await socket.ask('mute:set', { userId: act.whom, muted: act.muted })
    case 'revoke':
      return await socket.ask('speak:revoke', { userId: act.whom })
    case 'invite':
      return await socket.ask('speak:invite', { userId: act.whom })
    case 'agree':
      return await socket.ask('speak:respond', { accept: true })
    case 'ask':
      return await socket.ask('speak:request', {})
    case 'answer':
      return await socket.ask('speak:answer', {
        requestId: show.room.state.room.queue[0]?.requestId ?? 'r1',
        accept: act.accept
      })
    case 'comment':
      return await socket.ask('comment:send', { clientId: act.clientId, text: `${act.who} says ${act.clientId}` })
    case 'silence':
      return await socket.ask('comment:mute', { userId: act.whom, muted: act.muted })
    case 'remove':
      return await socket.ask('member:remove', { userId: act.whom, ban: act.ban })
    case 'step down':
      return await socket.ask('speak:stepDown', {})
    case 'leave':
      return await socket.ask('show:leave', {})
    case 'drop':
      return socket.disconnect()
    case 'join again':
      return await enter(show, players, act.who)
    case 'send too much':
      return show.media.overBitrate.get(liveProducer(show, act.who))?.()
    case 'grace over': {
      show.passTime(limits.creatorGraceMs)
      return await show.room.command({ kind: 'system' }, { type: 'server:graceOver', userId: act.who })
    }
  }
}

/** It may have ended already; that it can't end is a fault. */
async function end(show: ShowUnderTest): Promise<void> {
  try {
    await show.rooms.command(show.showId, { kind: 'user', userId: creator }, { type: 'show:end' })
  } catch (error) {
    if (!(error instanceof CodedError)) {
      show.faults.push(`the show could not end: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
}

function liveProducer(show: ShowUnderTest, userId: string): string {
  return show.room.state.room.stage.find(member => member.userId === userId)?.producerId ?? ''
}
