import t from 'tap'
import { CodedError } from '../../../contract/errors.ts'
import type { PresenceAudio } from '../../../realtime/audio/presence-audio.ts'
import { createReceptions } from '../../../realtime/audio/receptions.ts'
import type { MemberActor } from '../../../realtime/room/commands.ts'
import type { Room } from '../../../realtime/rooms/room.ts'
import type { AmbientSocket } from '../../../realtime/sockets/socket-data.ts'

const listener: MemberActor = {
  kind: 'member',
  userId: 'listener',
  displayName: 'Listener',
  avatarUrl: null,
  guest: false,
  presenceId: 'presence'
}
const order = { rtpCapabilities: {} }
const socket = {} as AmbientSocket
const transport = { id: 'transport' } as Awaited<ReturnType<PresenceAudio['createTransport']>>

/** A room in which these people speak; the id of a producer is `voice-of-` and that of its user. */
function roomOf(...userIds: string[]): Room {
  const stage = userIds.map(userId => ({ userId, producerId: `voice-of-${userId}` }))
  return { showId: 'show', state: { room: { stage, playback: { producerId: 'song' } } } } as unknown as Room
}

/** The audio of a presence, whose calls are recorded. */
function setUp(audio: Partial<PresenceAudio> = {}, reach: (producerId: string) => Promise<void> = async () => {}) {
  const consumed: object[] = []
  const presence = {
    createTransport: async () => transport,
    hasTransport: () => true,
    async consume(request: { producerId: string }) {
      consumed.push(request)
      return { id: `consumer-of-${request.producerId}`, producerId: request.producerId, userId: null }
    },
    ...audio
  } as unknown as PresenceAudio
  const receptions = createReceptions({
    audios: { getPresence: () => presence },
    voices: { reach: async (_showId, _state, producerId) => await reach(producerId) },
    turnCredentials: { give: () => [{ urls: ['turn:relay.example.org'] }] }
  })
  return { consumed, receptions }
}

t.test('everything that can be heard is consumed, and nothing waits to be resumed', async t => {
  const { consumed, receptions } = setUp()
  const opened = await receptions.open(roomOf('speaker', 'listener'), listener, order)
  t.same(consumed, [
    { producerId: 'voice-of-speaker', rtpCapabilities: {}, paused: false },
    { producerId: 'song', rtpCapabilities: {}, paused: false }
  ])
  const answer = opened?.answerTo(socket)
  t.same(answer?.transport, { id: 'transport', iceServers: [{ urls: ['turn:relay.example.org'] }] })
  t.same(
    answer?.consumers.map(({ consumerId }) => consumerId),
    ['consumer-of-voice-of-speaker', 'consumer-of-song']
  )
})

t.test('consumers are created at the same time', async t => {
  let running = 0
  let together = 0
  const { receptions } = setUp({
    async consume({ producerId }) {
      together = Math.max(together, ++running)
      await new Promise(resolve => setImmediate(resolve))
      running--
      return { id: producerId, producerId, kind: 'audio', rtpParameters: { codecs: [] }, userId: null }
    }
  })
  await receptions.open(roomOf('a', 'b', 'c'), listener, order)
  t.equal(together, 4)
})

t.test('a voice that cannot be consumed is left out', async t => {
  const { receptions } = setUp({
    async consume({ producerId }) {
      if (producerId === 'voice-of-gone') throw new CodedError('NOT_FOUND', 'This producer no longer exists.')
      return { id: producerId, producerId, kind: 'audio', rtpParameters: { codecs: [] }, userId: null }
    }
  })
  const opened = await receptions.open(roomOf('gone', 'speaker'), listener, order)
  t.same(
    opened?.answerTo(socket)?.consumers.map(({ producerId }) => producerId),
    ['voice-of-speaker', 'song']
  )
})

t.test('a voice of another node that does not arrive keeps nobody from joining', async t => {
  const never = new Promise<void>(() => {})
  const { consumed, receptions } = setUp({}, async producerId => {
    if (producerId === 'voice-of-far') await never
    if (producerId === 'song') throw new CodedError('UNAVAILABLE', 'No answer.')
  })
  const opened = await receptions.open(roomOf('far', 'near'), listener, order)
  t.ok(opened?.answerTo(socket))
  t.match(consumed, [{ producerId: 'voice-of-near' }])
  t.equal(consumed.length, 1)
})

t.test('while the audio is being restored, a join has no media', async t => {
  const { consumed, receptions } = setUp({
    createTransport: async () => {
      throw new CodedError('UNAVAILABLE', 'The audio is being restored.')
    }
  })
  t.equal(await receptions.open(roomOf('speaker'), listener, order), undefined)
  t.same(consumed, [])
})

t.test('an error that is no refusal fails the join', async t => {
  const { receptions } = setUp({
    createTransport: async () => {
      throw new TypeError('a mistake')
    }
  })
  await t.rejects(receptions.open(roomOf('speaker'), listener, order), TypeError)
})

t.test('a transport that was closed before the answer is not in it', async t => {
  let isOpen = true
  const { receptions } = setUp({ hasTransport: () => isOpen })
  const opened = await receptions.open(roomOf('speaker'), listener, order)
  isOpen = false
  t.equal(opened?.answerTo(socket), undefined)
})
