import type { Test } from 'tap'
import { createAmbient, type Ambient, type AmbientOptions, type RoomView, type ShowRoom } from '../../client/index.ts'
import { createFakeWebRtc, createRecordedSound, type RecordedSound } from './fake-audio.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { startScriptedServer, type ScriptedServer } from './scripted-server.ts'

/** The SDK, signed in at a scripted server, with a manual clock and without real audio. */
export interface TestClient {
  readonly server: ScriptedServer
  readonly ambient: Ambient
  readonly clock: ManualClock
  readonly sound: RecordedSound
  readonly webRtc: ReturnType<typeof createFakeWebRtc>
}

export async function createTestClient(
  t: Test,
  options: Partial<AmbientOptions> & { expiresIn?: number } = {}
): Promise<TestClient> {
  const { expiresIn, ...ambientOptions } = options
  const server = await startScriptedServer(expiresIn === undefined ? {} : { expiresIn })
  t.teardown(async () => await server.close())
  const clock = createManualClock()
  const sound = createRecordedSound()
  const webRtc = createFakeWebRtc()
  const ambient = createAmbient({
    url: server.url,
    clock,
    sound,
    handlerFactory: webRtc.handlerFactory,
    ...ambientOptions
  })
  await ambient.account.signIn('Me')
  return { server, ambient, clock, sound, webRtc }
}

/** Joins the show and waits for the first snapshot. */
export async function joinRoom(t: Test, { ambient }: TestClient): Promise<ShowRoom> {
  const room = ambient.joinShow('show')
  t.teardown(async () => await room.leave())
  await waitForView(room, ({ connection }) => connection === 'live')
  return room
}

/** Waits until the view of a room meets a condition. */
export async function waitForView(room: ShowRoom, isMet: (view: RoomView) => boolean): Promise<RoomView> {
  if (isMet(room.view)) return room.view
  return await new Promise(resolve => {
    const unsubscribe = room.subscribe(() => {
      if (!isMet(room.view)) return
      unsubscribe()
      resolve(room.view)
    })
  })
}

/**
 * Waits until the client has processed everything that the server has sent so far. A socket keeps the order of
 * messages.
 */
export async function flushEvents(server: ScriptedServer, room: ShowRoom): Promise<void> {
  const text = `marker ${Math.random()}`
  server.emit('announcement', { text, at: 0 })
  await waitForView(room, ({ announcement }) => announcement?.text === text)
}
