import { join } from 'node:path'
import t from 'tap'
import { attempt } from '../../scripts/command.ts'
import { isNightly } from '../depth.ts'
import { programsOf } from '../docs/page-blocks.ts'
import { createApp, root, writeFiles } from './app-folder.ts'

const compileTimeoutMs = 240_000

/** A program that uses types of the SDK, of the contract behind it, and of its dependencies. */
const typedProgram = `
import {
  CodedError, PlaylistEditor, createAmbient, nowPlaying, silentOutput,
  type Ambient, type AmbientOptions, type CalendarFeed, type CalendarFeedAddress, type NotificationSettings,
  type NotificationSettingsPatch, type OnAir, type PushSubscription, type PushSubscriptionDraft, type RoomState,
  type RoomView, type ShowRoom, type ShowSettings, type Song, type SpeakerMicrophoneParts
} from '@ambient/client'

const options: AmbientOptions = { url: 'http://127.0.0.1:3000', sound: silentOutput(), iceTransportPolicy: 'relay' }
const ambient: Ambient = createAmbient(options)
const room: ShowRoom = ambient.joinShow('show')
const view: RoomView = room.view
const state: RoomState | null = view.room
const settings: ShowSettings | undefined = state?.settings
export const levelDb: number | undefined = settings?.ducking.levelDb
export const position: number | undefined = nowPlaying(view, 0)?.positionMs
export const editor = new PlaylistEditor({ showId: 'show', playlists: ambient.playlists, room })
export const songs: Song[] = (await ambient.songs.list({ q: 'one' })).items
const { me } = ambient
export const calendar: CalendarFeed = await me.calendar()
export const address: CalendarFeedAddress = await me.createCalendar()
export const storeNotifications = async (patch: NotificationSettingsPatch): Promise<NotificationSettings> =>
  await me.setNotifications(patch)
export const subscribe = async (draft: PushSubscriptionDraft): Promise<PushSubscription> => await me.subscribePush(draft)
export const parts: Pick<SpeakerMicrophoneParts, 'room'> = { room }
export const onAir: OnAir = { showId: room.showId, userId: view.me.userId }
await room.publish({} as MediaStreamTrack).catch((error: unknown) => {
  if (error instanceof CodedError && error.code === 'NO_FLOOR') console.log(error.retryAfterMs)
})

// @ts-expect-error The type of a role is a union of words, so the declarations are not all \`any\`.
export const role: number = view.me.role
// @ts-expect-error The contract has no such code.
export const code: CodedError['code'] = 'NO_SUCH_CODE'
`

/** Declarations of the packages that the program for React Native installs besides the SDK. */
const reactNativeDeclarations = `
declare module 'react-native-webrtc' { export function registerGlobals(): void }
declare module 'react-native-mmkv' {
  export interface MMKV {
    getString(key: string): string | undefined
    set(key: string, value: string): void
    remove(key: string): boolean
  }
  export function createMMKV(options: { id: string }): MMKV
}
`

const programs = [...programsOf('client/README.md'), ...programsOf('docs/app-developers.md'), typedProgram]

const compilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  module: 'nodenext',
  target: 'es2024',
  noEmit: true
}

/** TypeScript projects, by what sets them apart. Only one checks the declarations of libraries: typebox's take long. */
const projects = {
  'in a browser project': { types: [], skipLibCheck: true },
  'in a Node.js project without the DOM library that checks libraries': {
    lib: ['es2024'],
    types: ['node'],
    skipLibCheck: false
  }
}

const app = await createApp(t, {
  packages: ['@types/node'],
  files: {
    ...Object.fromEntries(programs.map((text, index) => [`program-${index}.ts`, text])),
    'react-native.d.ts': reactNativeDeclarations
  }
})

for (const [name, options] of Object.entries(projects).slice(0, isNightly ? undefined : 1)) {
  t.test(`every documented program compiles, strict and with nodenext, ${name}`, async t => {
    t.ok(programs.length >= 5, `${programs.length} programs`)
    const config = { compilerOptions: { ...compilerOptions, ...options } }
    await writeFiles(app, { 'tsconfig.json': JSON.stringify(config) })
    const compiler = join(root, 'node_modules', 'typescript', 'lib', 'tsc.js')
    const { code, lines } = await attempt(process.execPath, [compiler, '-p', app], {
      cwd: app,
      timeoutMs: compileTimeoutMs
    })
    t.same(lines, [])
    t.equal(code, 0)
  })
}
