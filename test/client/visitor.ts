import type { Test } from 'tap'
import { createAmbient, type Ambient, type AmbientOptions, type RoomView, type ShowRoom } from '../../client/index.ts'
import { createFakeWebRtc, recordSound, type RecordedSound } from './fake-audio.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { startScriptedServer, type ScriptedServer } from './scripted-server.ts'

/** Somebody with the SDK, signed in at a scripted server, with time in the test's hand. */
export interface Visitor {
  readonly server: ScriptedServer
  readonly ambient: Ambient
  readonly clock: ManualClock
  readonly sound: RecordedSound
  readonly webRtc: ReturnType<typeof createFakeWebRtc>
}

export async function visit(t: Test, options: Partial<AmbientOptions> & { expiresIn?: number } = {}): Promise<Visitor> {
  const { expiresIn, ...ambientOptions } = options
  const server = await startScriptedServer(expiresIn === undefined ? {} : { expiresIn })
  t.teardown(async () => await server.close())
  const clock = createManualClock()
  const sound = recordSound()
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

/** In the show, with the first snapshot. */
export async function enter(t: Test, { ambient }: Visitor): Promise<ShowRoom> {
  const room = ambient.joinShow('show')
  t.teardown(async () => await room.leave())
  await until(room, ({ connection }) => connection === 'live')
  return room
}

/** Resolves as soon as the view is like this, now or later. */
export async function until(room: ShowRoom, isSo: (view: RoomView) => boolean): Promise<RoomView> {
  if (isSo(room.view)) return room.view
  return await new Promise(resolve => {
    const unsubscribe = room.subscribe(() => {
      if (!isSo(room.view)) return
      unsubscribe()
      resolve(room.view)
    })
  })
}

/** Resolves when everything the server said so far was taken in: messages of a socket keep their order. */
export async function settled(server: ScriptedServer, room: ShowRoom): Promise<void> {
  const text = `marker ${Math.random()}`
  server.tell('announcement', { text, at: 0 })
  await until(room, ({ announcement }) => announcement?.text === text)
}
