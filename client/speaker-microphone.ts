import { findStageMember } from '../contract/room.ts'
import type { StageMember } from '../contract/snapshot.ts'
import { Listeners } from './listeners.ts'
import { mediaErrorName } from './media-error.ts'
import { MicrophoneMemory, type OnAir } from './microphone-memory.ts'
import {
  findMicrophoneChoice,
  findMicrophonePermission,
  isNotConnected,
  openMicrophone,
  type MicrophoneChoice
} from './microphones.ts'
import type { ShowRoom } from './show-room.ts'
import type { TokenStorage } from './storage.ts'
import type { MicrophoneFault } from './track-watch.ts'

/**
 * The reason why nobody hears a person on stage. `off`: they came back, and the microphone waits for them to resume it.
 * `blocked`: the browser does not allow it. `missing`: it is not connected. `busy`: another app uses it. `unsent`: it
 * cannot be sent. The others are those of `RoomView.microphoneFault`.
 */
export type MicrophoneProblem = MicrophoneFault | 'off' | 'blocked' | 'missing' | 'busy' | 'unsent'

/** The microphone of a person on stage. A new object after each change. */
export interface SpeakerMicrophoneView {
  /** `off`: without the floor, or not turned on yet. `lost`: on stage, but nobody hears them. */
  readonly state: 'off' | 'opening' | 'on' | 'lost'
  /** Null unless the state is `lost`. */
  readonly problem: MicrophoneProblem | null
  readonly choice: MicrophoneChoice
}

/** Opens microphones. The default uses the browser's. */
export interface MicrophoneAccess {
  open: typeof openMicrophone
  /** Whether a microphone opens without a question of the browser. */
  isAllowed(): Promise<boolean>
}

export interface SpeakerMicrophoneParts {
  room: Pick<ShowRoom, 'view' | 'subscribe' | 'publish' | 'voice' | 'showId'>
  /** Keeps the choice, and that this person is on air, between visits. */
  storage: Pick<TokenStorage, 'read' | 'write'>
  access?: MicrophoneAccess
}

const browserAccess: MicrophoneAccess = {
  open: openMicrophone,
  isAllowed: async () => (await findMicrophonePermission()) === 'granted'
}

/**
 * Keeps a person on stage heard. After a reload it opens the same microphone again and publishes it, without a question
 * where the browser allows that. Otherwise, and when a microphone fails, its view says so, and `resume` or `change`
 * bring the voice back. Muted people stay muted. It follows the room until the room closes.
 */
export class SpeakerMicrophone {
  readonly #room: SpeakerMicrophoneParts['room']
  readonly #memory: MicrophoneMemory
  readonly #access: MicrophoneAccess
  readonly #listeners = new Listeners()
  readonly #unsubscribe: () => void
  #view: SpeakerMicrophoneView
  /** Whether the microphone was on since this person came on stage. */
  #wasOn = false
  #hasTriedToResume = false
  /** Changes with each attempt to open a microphone, so that the last one wins. */
  #attempt = 0

  constructor({ room, storage, access = browserAccess }: SpeakerMicrophoneParts) {
    this.#room = room
    this.#memory = new MicrophoneMemory(storage)
    this.#access = access
    this.#view = { state: 'off', problem: null, choice: this.#memory.choice }
    this.#unsubscribe = room.subscribe(() => this.#follow())
    this.#follow()
  }

  get view(): SpeakerMicrophoneView {
    return this.#view
  }

  /** Calls back after each change of `view`. Returns a function that stops that. */
  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)

  /**
   * Opens the microphone again, or the default one when it is not connected any more. Call it from a tap, since the
   * browser may ask.
   * @throws what `getUserMedia` throws when no microphone opens, CodedError when it cannot be sent
   */
  async resume(): Promise<void> {
    await this.#publish(this.#memory.choice, true)
  }

  /** Speaks into another microphone from now on, and remembers it. Throws as `resume` does. */
  async change(choice: MicrophoneChoice): Promise<void> {
    await this.#publish(choice, false)
  }

  async #publish(choice: MicrophoneChoice, orDefault: boolean): Promise<void> {
    const attempt = ++this.#attempt
    const track = await this.#access.open(choice, { orDefault })
    if (attempt !== this.#attempt) return track.stop()
    await this.#room.publish(track)
    const { deviceId } = findMicrophoneChoice(track) ?? choice
    this.#memory.remember({ ...choice, deviceId })
    this.#set({ choice: this.#memory.choice })
  }

  #follow(): void {
    const { connection, me, room } = this.#room.view
    if (connection === 'closed') return this.#close()
    if (connection !== 'live' || !room) return
    const seat = findStageMember(room, me.userId)
    if (seat) this.#followSeat(seat)
    else this.#leaveStage()
  }

  /** Ends with the room. A microphone that is being opened is turned off as soon as it is open. */
  #close(): void {
    this.#attempt++
    this.#unsubscribe()
    this.#set({ state: 'off', problem: null })
  }

  #leaveStage(): void {
    this.#memory.clearOnAir(this.#onAir)
    this.#wasOn = false
    this.#hasTriedToResume = false
    this.#set({ state: 'off', problem: null })
  }

  #followSeat(seat: StageMember): void {
    const { microphone, microphoneFault, me } = this.#room.view
    if (microphone === 'on') this.#onPublished()
    if (microphoneFault) return this.#set({ state: 'lost', problem: microphoneFault })
    if (microphone === 'failed') return this.#set({ state: 'lost', problem: 'unsent' })
    if (microphone !== 'off') return this.#set({ state: microphone === 'on' ? 'on' : 'opening', problem: null })
    if (this.#wasOn) {
      // The person turned it off and kept the seat, as a creator can.
      this.#memory.clearOnAir(this.#onAir)
      return this.#set({ state: 'off', problem: null })
    }
    // Others were granted the floor just now. Only the person turns on a microphone for the first time.
    const isBack = seat.state === 'suspended' || me.role === 'creator'
    if (!isBack || this.#hasTriedToResume) return
    this.#hasTriedToResume = true
    this.#resumeAfterReturn()
  }

  #onPublished(): void {
    this.#wasOn = true
    const choice = this.#room.voice && findMicrophoneChoice(this.#room.voice)
    // A test tone or a file is not sent again after a reload: a microphone would be on that was not before.
    if (!choice) return this.#memory.clearOnAir(this.#onAir)
    this.#memory.setOnAir(this.#onAir)
    const { deviceId, removesNoise } = this.#view.choice
    if (choice.deviceId === deviceId && choice.removesNoise === removesNoise) return
    this.#memory.remember(choice)
    this.#set({ choice })
  }

  async #resumeAfterReturn(): Promise<void> {
    if (!this.#memory.isOnAir(this.#onAir)) return this.#set({ state: 'lost', problem: 'off' })
    this.#set({ state: 'opening', problem: null })
    // The person may leave the stage or the show meanwhile.
    const isWaiting = () => this.#view.state === 'opening' && this.#room.view.microphone === 'off'
    try {
      const isAllowed = await this.#access.isAllowed()
      if (!isWaiting()) return
      if (!isAllowed) return this.#set({ state: 'lost', problem: 'off' })
      await this.#publish(this.#memory.choice, false)
    } catch (error) {
      if (isWaiting()) this.#set({ state: 'lost', problem: problemOf(error) })
    }
  }

  get #onAir(): OnAir {
    return { showId: this.#room.showId, userId: this.#room.view.me.userId }
  }

  #set(change: Partial<SpeakerMicrophoneView>): void {
    const next = { ...this.#view, ...change }
    const isSame = next.state === this.#view.state && next.problem === this.#view.problem && !change.choice
    if (isSame) return
    this.#view = next
    this.#listeners.notify()
  }
}

/** Returns the problem by the name of the browser's error. */
function problemOf(error: unknown): MicrophoneProblem {
  if (isNotConnected(error)) return 'missing'
  const name = mediaErrorName(error)
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'blocked'
  return name === 'NotReadableError' ? 'busy' : 'unsent'
}
