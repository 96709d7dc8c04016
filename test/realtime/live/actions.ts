import fc from 'fast-check'
import type { Ack } from '../../../contract/client-events.ts'
import { CodedError } from '../../../contract/errors.ts'
import { candidates, creator, limits, listeners } from '../room/people.ts'
import type { FakeSocket } from './fake-sockets.ts'
import type { ShowUnderTest } from './show-under-test.ts'

/** The people in the show: its creator, a co-host, two who have the floor, and a listener. */
export const people = [creator, candidates[0], listeners[0], listeners[1], listeners[2]] as const

/** An action of a participant (`by`), or a failure around them. */
export type Action =
  | { type: 'produce'; by: string; muted: boolean | null }
  | {
      type:
        | 'consume'
        | 'join again'
        | 'disconnect'
        | 'leave'
        | 'step down'
        | 'request to speak'
        | 'accept invitation'
        | 'close transport'
        | 'create transports'
        | 'exceed bit rate'
        | 'end grace period'
      by: string
    }
  | { type: 'mute'; by: string; userId: string; muted: boolean }
  | { type: 'revoke' | 'invite'; by: string; userId: string }
  | { type: 'remove'; by: string; userId: string; ban: boolean }
  | { type: 'answer request'; by: string; accept: boolean }
  | { type: 'comment'; by: string; clientId: string }
  | { type: 'mute comments'; by: string; userId: string; muted: boolean }
  | { type: 'end show' }
  | { type: 'kill worker' }

const weighted = <T>(...options: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...options.map(([weight, arbitrary]) => ({ weight, arbitrary })))
const anybody = fc.constantFrom<string>(...people)
const speaker = fc.constantFrom<string>(creator, listeners[0], listeners[0], listeners[1])
const host = fc.constantFrom<string>(creator, candidates[0])

const action: fc.Arbitrary<Action> = weighted<Action>(
  [8, fc.record({ type: fc.constant('produce'), by: speaker, muted: fc.constantFrom(null, true, false) })],
  [
    5,
    speaker.chain(by =>
      fc.record({ type: fc.constant('mute'), by: fc.constant(by), userId: fc.constant(by), muted: fc.boolean() })
    )
  ],
  [3, fc.record({ type: fc.constant('mute'), by: host, userId: speaker, muted: fc.constant(true) })],
  [3, fc.record({ type: fc.constantFrom('revoke', 'invite'), by: host, userId: speaker })],
  [2, fc.record({ type: fc.constant('accept invitation'), by: speaker })],
  [2, fc.record({ type: fc.constant('request to speak'), by: anybody })],
  [2, fc.record({ type: fc.constant('answer request'), by: host, accept: fc.boolean() })],
  [1, fc.record({ type: fc.constant('remove'), by: host, userId: speaker, ban: fc.boolean() })],
  [3, fc.record({ type: fc.constant('consume'), by: anybody })],
  [2, fc.record({ type: fc.constantFrom('close transport', 'step down', 'exceed bit rate'), by: speaker })],
  [
    3,
    fc.record({
      type: fc.constantFrom('disconnect', 'leave', 'join again', 'join again', 'end grace period'),
      by: anybody
    })
  ],
  [2, fc.record({ type: fc.constant('create transports'), by: speaker })],
  [6, fc.record({ type: fc.constant('comment'), by: anybody, clientId: fc.constantFrom('c1', 'c2', 'c3') })],
  [1, fc.record({ type: fc.constant('mute comments'), by: host, userId: anybody, muted: fc.boolean() })],
  [1, fc.constantFrom<Action>({ type: 'end show' }, { type: 'kill worker' })]
)

/** Actions that are more likely to conflict together than alone. */
const group: fc.Arbitrary<Action[]> = weighted<Action[]>(
  [6, action.map(action => [action])],
  [
    1,
    anybody.map(by => [
      { type: 'join again', by },
      { type: 'disconnect', by }
    ])
  ],
  [
    1,
    speaker.map(by => [
      { type: 'mute', by: creator, userId: listeners[1], muted: true },
      { type: 'remove', by: creator, userId: by, ban: true },
      { type: 'join again', by }
    ])
  ],
  [
    1,
    speaker.map(by => [
      { type: 'produce', by, muted: true },
      { type: 'mute', by, userId: by, muted: true },
      { type: 'mute', by, userId: by, muted: false }
    ])
  ],
  [
    1,
    speaker.map(by => [
      { type: 'produce', by, muted: null },
      { type: 'revoke', by: candidates[0], userId: by }
    ])
  ]
)

/** Actions that happen at the same time in a show. */
export const actions: fc.Arbitrary<Action[]> = fc
  .array(group, { minLength: 1, maxLength: 8, size: 'max' })
  .map(groups => groups.flat())

/** A person in the show: the socket they use now, and the transport they send through. */
export interface Participant {
  readonly socket: FakeSocket
  sendTransportId: string
}

export type Participants = Map<string, Participant>

/**
 * Connects a person, joins and creates both transports. The person acts through this socket from now on, also while it
 * is still joining.
 */
export async function join(show: ShowUnderTest, participants: Participants, userId: string): Promise<void> {
  const socket = show.connect(userId)
  const participant: Participant = { socket, sendTransportId: 'none' }
  participants.set(userId, participant)
  await socket.request('show:join', { showId: show.showId })
  await createTransports(participant)
}

async function createTransports(participant: Participant): Promise<void> {
  const { socket } = participant
  const created = await socket.request('media:createTransport', { direction: 'send' })
  participant.sendTransportId = idOf(created) ?? participant.sendTransportId
  await socket.request('media:createTransport', { direction: 'recv' })
}

function idOf(answer: Ack<{ id: string }> | null): string | null {
  return answer?.ok ? answer.data.id : null
}

const codecs = [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }]

/** Performs an action. Resolves when it is answered, which may be before it has taken full effect. */
export async function perform(show: ShowUnderTest, participants: Participants, action: Action): Promise<unknown> {
  if (action.type === 'end show') return await endShow(show)
  if (action.type === 'kill worker') return await show.killWorker()
  const participant = participants.get(action.by)!
  const { socket, sendTransportId: transportId } = participant
  switch (action.type) {
    case 'produce':
      return await socket.request('media:produce', {
        transportId,
        kind: 'audio',
        rtpParameters: { codecs },
        ...(action.muted !== null && { muted: action.muted })
      })
    case 'consume':
      return await socket.request('media:consume', {
        producerId: show.media.producers.at(-1)?.id ?? 'none',
        rtpCapabilities: {}
      })
    case 'close transport':
      return await socket.request('media:closeTransport', { transportId })
    case 'create transports':
      return await createTransports(participant)
    case 'mute':
      return await socket.request('mute:set', { userId: action.userId, muted: action.muted })
    case 'revoke':
      return await socket.request('speak:revoke', { userId: action.userId })
    case 'invite':
      return await socket.request('speak:invite', { userId: action.userId })
    case 'accept invitation':
      return await socket.request('speak:respond', { accept: true })
    case 'request to speak':
      return await socket.request('speak:request', {})
    case 'answer request':
      return await socket.request('speak:answer', {
        requestId: show.room.state.room.queue[0]?.requestId ?? 'r1',
        accept: action.accept
      })
    case 'comment':
      return await socket.request('comment:send', {
        clientId: action.clientId,
        text: `${action.by} says ${action.clientId}`
      })
    case 'mute comments':
      return await socket.request('comment:mute', { userId: action.userId, muted: action.muted })
    case 'remove':
      return await socket.request('member:remove', { userId: action.userId, ban: action.ban })
    case 'step down':
      return await socket.request('speak:stepDown', {})
    case 'leave':
      return await socket.request('show:leave', {})
    case 'disconnect':
      return socket.disconnect()
    case 'join again':
      return await join(show, participants, action.by)
    case 'exceed bit rate':
      return show.media.overBitrate.get(producerIdOf(show, action.by))?.()
    case 'end grace period': {
      show.advanceClock(limits.creatorGraceMs)
      return await show.room.command({ kind: 'system' }, { type: 'server:graceOver', userId: action.by })
    }
  }
}

/** Ends the show. A refusal is fine, since the show may have ended before; any other error is a fault. */
async function endShow(show: ShowUnderTest): Promise<void> {
  try {
    await show.rooms.command(show.showId, { kind: 'user', userId: creator }, { type: 'show:end' })
  } catch (error) {
    if (!(error instanceof CodedError)) {
      show.faults.push(`the show did not end: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
}

function producerIdOf(show: ShowUnderTest, userId: string): string {
  return show.room.state.room.stage.find(member => member.userId === userId)?.producerId ?? ''
}
