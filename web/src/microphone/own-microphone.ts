import { useSyncExternalStore } from 'react'
import {
  MicrophoneMemory,
  SpeakerMicrophone,
  type MicrophoneChoice,
  type ShowRoom,
  type SpeakerMicrophoneView
} from '../../../client/index.ts'
import { microphoneError } from './microphone-texts.ts'

const key = 'ambient:microphone'

/** Keeps the microphone in this browser. */
const storage = {
  read: () => localStorage.getItem(key),
  write: (value: string | null) => {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  }
}
const microphones = new WeakMap<ShowRoom, SpeakerMicrophone>()

/** Returns the microphone that was chosen last in this browser. */
export function lastMicrophone(): MicrophoneChoice {
  return new MicrophoneMemory(storage).choice
}

/** Returns the user's microphone in a room: one for as long as the room is joined, whichever page shows it. */
function microphoneIn(room: ShowRoom): SpeakerMicrophone {
  const microphone = microphones.get(room) ?? new SpeakerMicrophone({ room, storage })
  microphones.set(room, microphone)
  return microphone
}

/** The user's microphone in a room, with actions whose errors say what the user can do. */
export interface OwnMicrophone {
  view: SpeakerMicrophoneView
  resume: () => Promise<void>
  change: (choice: MicrophoneChoice) => Promise<void>
}

/** Returns the user's microphone in a room, and renders again after each change. */
export function useOwnMicrophone(room: ShowRoom): OwnMicrophone {
  const microphone = microphoneIn(room)
  const view = useSyncExternalStore(microphone.subscribe, () => microphone.view)
  return {
    view,
    resume: async () => await microphone.resume().catch(rethrow),
    change: async choice => await microphone.change(choice).catch(rethrow)
  }
}

function rethrow(error: unknown): never {
  throw microphoneError(error)
}
