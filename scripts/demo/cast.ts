import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack'
import { createAmbient, type Ambient, type ShowRoom, type TokenStorage } from '../../client/index.ts'
import { createVoiceWebRtc } from './voice-webrtc.ts'
import { readVoice } from './voices.ts'

/** One person of the demo: an account that is the same after a restart, and a voice. */
export interface DemoPerson {
  readonly userId: string
  readonly ambient: Ambient
}

export interface CastParts {
  url: string
  /** The folder that keeps sign-ins. */
  folder: string
}

/** Signs a person in, as in the last run if the server still knows them. `voice`: the name of a file. */
export async function signInPerson(parts: CastParts, displayName: string, voice: string): Promise<DemoPerson> {
  mkdirSync(parts.folder, { recursive: true, mode: 0o700 })
  const file = join(parts.folder, `${displayName.toLowerCase().replaceAll(' ', '-')}.json`)
  const ambient = createAmbient({
    url: parts.url,
    storage: fileStorage(file),
    handlerFactory: createVoiceWebRtc(await readVoice(voice))
  })
  // A token that the server does not take signs the account out.
  if (ambient.account.user) await ambient.me.get().catch(() => {})
  const { id } = ambient.account.user ?? (await ambient.account.signIn(displayName))
  return { userId: id, ambient }
}

/** Turns the voice of a person on, as often as they get the floor without one. */
export function speakOnStage({ userId }: Pick<DemoPerson, 'userId'>, room: ShowRoom): void {
  let isPublishing = false
  room.subscribe(() => {
    const seat = room.view.room?.stage.find(member => member.userId === userId)
    if (isPublishing || !seat || room.view.microphone !== 'off') return
    isPublishing = true
    room
      .publish(new FakeMediaStreamTrack({ kind: 'audio' }))
      .catch(() => {})
      .finally(() => {
        isPublishing = false
      })
  })
}

function fileStorage(file: string): TokenStorage {
  let stored: string | null
  try {
    stored = readFileSync(file, 'utf8') || null
  } catch {
    stored = null
  }
  return {
    read: () => stored,
    write(value) {
      stored = value
      writeFileSync(`${file}.new`, value ?? '', { mode: 0o600 })
      renameSync(`${file}.new`, file)
    },
    watch: () => () => {}
  }
}
