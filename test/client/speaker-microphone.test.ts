import t, { type Test } from 'tap'
import { SpeakerMicrophone, type MicrophoneAccess, type ShowRoom } from '../../client/index.ts'
import { createFakeTrack } from './fake-audio.ts'
import { creatorId } from './scripted-server.ts'
import { createTestClient, flushEvents, joinRoom, waitForView } from './test-client.ts'

const headset = { deviceId: 'headset', removesNoise: false }
const onAir = { showId: 'show', userId: 'me' }

/** Opens fake microphones, and keeps what was opened and with which options. */
function createAccess({ isAllowed = true } = {}) {
  const opened: { deviceId: string; orDefault: boolean; track: ReturnType<typeof createFakeTrack> }[] = []
  const access: MicrophoneAccess & { missing: string[]; opened: typeof opened } = {
    opened,
    missing: [],
    isAllowed: async () => isAllowed,
    async open({ deviceId }, { orDefault = false } = {}) {
      if (access.missing.includes(deviceId) && !orDefault) throw new DOMException('Gone', 'OverconstrainedError')
      const track = createFakeTrack()
      opened.push({ deviceId, orDefault, track })
      return track
    }
  }
  return access
}

function createStorage(stored: object | null = null) {
  const storage = {
    value: stored && JSON.stringify(stored),
    read: () => storage.value,
    write: (value: string | null) => {
      storage.value = value
    }
  }
  return storage
}

/** Joins a show in which this person has a seat, as the server has it after a reload. */
async function returnToStage(t: Test, { stored, isAllowed = true }: { stored?: object; isAllowed?: boolean }) {
  const client = await createTestClient(t)
  const { server } = client
  server.applyEvent({ type: 'floor:granted', userId: 'me', displayName: 'Me', avatarUrl: null, by: creatorId })
  server.applyEvent({ type: 'stage:suspended', userId: 'me' })
  const room = await joinRoom(t, client)
  const access = createAccess({ isAllowed })
  const storage = createStorage(stored ?? null)
  return { server, room, access, storage }
}

async function waitForState(microphone: SpeakerMicrophone, state: SpeakerMicrophone['view']['state']): Promise<void> {
  if (microphone.view.state === state) return
  await new Promise<void>(resolve => {
    const stop = microphone.subscribe(() => {
      if (microphone.view.state !== state) return
      stop()
      resolve()
    })
  })
}

const isOnStage = async (room: ShowRoom) => await waitForView(room, ({ me }) => me.speak === 'onStage')

t.test('a person who comes back is heard again with the same microphone', async t => {
  const { room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir } })
  const microphone = new SpeakerMicrophone({ room, storage, access })
  t.equal(microphone.view.state, 'opening')
  await isOnStage(room)
  await waitForState(microphone, 'on')
  t.match(access.opened, [{ deviceId: 'headset', orDefault: false }])
  t.equal(room.voice, access.opened[0]?.track)
  t.same(microphone.view.choice, headset)
})

t.test('a microphone that React Native denies is blocked', async t => {
  const { room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir } })
  t.intercept(globalThis, 'DOMException', { value: undefined })
  // react-native-webrtc 124 rejects with this object, which is no Error.
  const denied = { name: 'SecurityError', message: 'Permission denied.' }
  access.open = async () => await Promise.reject(denied)
  const microphone = new SpeakerMicrophone({ room, storage, access })
  await waitForState(microphone, 'lost')
  t.equal(microphone.view.problem, 'blocked')
  await t.rejects(microphone.resume(), { name: 'SecurityError' })
})

t.test('a person who was muted comes back muted', async t => {
  const { server, room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir } })
  server.applyEvent({ type: 'mute:changed', userId: 'me', muted: true, by: 'me' })
  await flushEvents(server, room)
  const microphone = new SpeakerMicrophone({ room, storage, access })
  await isOnStage(room)
  await waitForState(microphone, 'on')
  await flushEvents(server, room)
  t.notOk(access.opened[0]?.track.enabled)
})

t.test('a microphone opens without a press only where the browser does not ask', async t => {
  const { room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir }, isAllowed: false })
  const microphone = new SpeakerMicrophone({ room, storage, access })
  await waitForState(microphone, 'lost')
  t.match(microphone.view, { state: 'lost', problem: 'off' })
  t.same(access.opened, [])
  await microphone.resume()
  await isOnStage(room)
  await waitForState(microphone, 'on')
})

for (const [person, stored] of Object.entries({
  'another person of this browser': { choice: headset, onAir: { showId: 'show', userId: 'somebody' } },
  'a person who was heard in another show': { choice: headset, onAir: { showId: 'another', userId: 'me' } },
  'a person who was heard in another browser': {},
  'a person of a browser whose memory is damaged': { choice: { deviceId: 7 }, onAir: 'show' }
})) {
  t.test(`${person} resumes with a press`, async t => {
    const { room, access, storage } = await returnToStage(t, { stored })
    const microphone = new SpeakerMicrophone({ room, storage, access })
    t.match(microphone.view, { state: 'lost', problem: 'off' })
    await flushMicrotasks()
    t.same(access.opened, [])
  })
}

t.test('a microphone that is not connected any more is replaced with a press', async t => {
  const { room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir } })
  access.missing.push('headset')
  const microphone = new SpeakerMicrophone({ room, storage, access })
  await waitForState(microphone, 'lost')
  t.equal(microphone.view.problem, 'missing')
  await microphone.resume()
  await isOnStage(room)
  t.match(access.opened, [{ orDefault: true }])
  await waitForState(microphone, 'on')
  t.equal(microphone.view.problem, null)
})

t.test('a person who is granted the floor turns on their microphone themselves', async t => {
  const client = await createTestClient(t)
  const room = await joinRoom(t, client)
  const access = createAccess()
  const storage = createStorage({ choice: headset, onAir })
  const microphone = new SpeakerMicrophone({ room, storage, access })
  client.server.applyEvent({ type: 'floor:granted', userId: 'me', displayName: 'Me', avatarUrl: null, by: creatorId })
  await waitForView(room, ({ me }) => me.speak === 'granted')
  await flushMicrotasks()
  t.match(microphone.view, { state: 'off', problem: null })
  t.same(access.opened, [])
})

t.test('a microphone that stops is lost, and changes without leaving the stage', async t => {
  const { server, room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir } })
  const microphone = new SpeakerMicrophone({ room, storage, access })
  await isOnStage(room)
  await waitForState(microphone, 'on')
  access.opened[0]?.track.remoteStop()
  t.match(microphone.view, { state: 'lost', problem: 'ended' })
  await microphone.change({ deviceId: 'webcam', removesNoise: true })
  t.match(microphone.view, { state: 'on', problem: null, choice: { deviceId: 'webcam', removesNoise: true } })
  t.equal(server.countCommands('media:produce'), 1)
  const again = new SpeakerMicrophone({ room, storage, access })
  t.same(again.view.choice, { deviceId: 'webcam', removesNoise: true }, 'it is remembered')
})

t.test('of two changes in a row the last one wins', async t => {
  const { room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir } })
  const microphone = new SpeakerMicrophone({ room, storage, access })
  await isOnStage(room)
  await waitForState(microphone, 'on')
  const slow = Promise.withResolvers<void>()
  const { open } = access
  access.open = async (choice, options) => {
    if (choice.deviceId === 'slow') await slow.promise
    return await open(choice, options)
  }
  const first = microphone.change({ ...headset, deviceId: 'slow' })
  await microphone.change({ ...headset, deviceId: 'fast' })
  slow.resolve()
  await first
  const [, fastOne, slowOne] = access.opened
  t.equal(slowOne?.track.readyState, 'ended', 'no microphone stays open unheard')
  t.equal(room.voice, fastOne?.track)
  t.equal(microphone.view.choice.deviceId, 'fast')
})

/** Makes the access wait for an answer of the user, as the browser's question does. */
function askUser(access: MicrophoneAccess): { answer: (isAllowed: boolean) => void; asked: Promise<void> } {
  const asked = Promise.withResolvers<void>()
  const allowed = Promise.withResolvers<boolean>()
  const { open } = access
  access.open = async (choice, options) => {
    asked.resolve()
    if (await allowed.promise) return await open(choice, options)
    throw new DOMException('Denied', 'NotAllowedError')
  }
  return { answer: allowed.resolve, asked: asked.promise }
}

t.test('a microphone that opens after the room has closed is released, and none opens any more', async t => {
  const { room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir } })
  const { asked, answer } = askUser(access)
  const microphone = new SpeakerMicrophone({ room, storage, access })
  await asked
  const pressed = microphone.resume()
  await room.leave()
  t.match(microphone.view, { state: 'off', problem: null })
  answer(true)
  await pressed
  await flushMicrotasks()
  t.match(
    access.opened.map(({ track }) => track.readyState),
    ['ended', 'ended']
  )
  t.equal(room.voice, null)
  await t.rejects(microphone.resume(), { code: 'NOT_IN_SHOW' })
  t.equal(access.opened[2]?.track.readyState, 'ended')
})

t.test('a microphone that is refused after the room has closed is no problem of the room', async t => {
  const { room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir } })
  const { asked, answer } = askUser(access)
  const microphone = new SpeakerMicrophone({ room, storage, access })
  await asked
  await room.leave()
  answer(false)
  await flushMicrotasks()
  t.match(microphone.view, { state: 'off', problem: null })
})

t.test('a lost microphone is replaced without the report of another problem', async t => {
  const { room, access, storage } = await returnToStage(t, { stored: { choice: headset, onAir } })
  const microphone = new SpeakerMicrophone({ room, storage, access })
  await isOnStage(room)
  await waitForState(microphone, 'on')
  access.opened[0]?.track.remoteStop()
  const seen: unknown[] = []
  microphone.subscribe(() => seen.push(microphone.view.problem ?? microphone.view.state))
  await microphone.resume()
  t.same(new Set(seen), new Set(['opening', 'on']))
})

/** Waits until everything that does not need a server has run. */
async function flushMicrotasks(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}
