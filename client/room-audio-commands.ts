import type { Playback } from '../contract/playback.ts'
import { songRamps } from '../contract/song-fade.ts'
import { songLevelGain } from '../contract/song-gain.ts'
import { RoomCommands } from './room-commands.ts'
import type { ReceivedKind } from './media-session.ts'
import type { RoomMedia } from './room-media.ts'
import type { RoomState } from '../contract/room.ts'
import type { RoomView } from './room-view.ts'
import type { SoundOutput } from './sound.ts'
import type { Voice } from './voice.ts'
import type { SoundKind } from './volumes.ts'

/** The audio of a live show: the user's own voice, muting, and the playback of voices and songs. */
export abstract class RoomAudioCommands extends RoomCommands {
  abstract get view(): RoomView
  protected abstract readonly sound: SoundOutput
  protected abstract readonly media: RoomMedia
  protected abstract readonly ownVoice: Voice
  #hasPaused = false
  /** The fades of songs that the sound output has got. */
  #faded: { playback: Playback; songFadeMs: number | undefined; clockOffsetMs: number } | null = null

  /**
   * The track that is published, for example to show its level. Null without one. It changes only when
   * `view.microphone` changes.
   */
  get voice(): MediaStreamTrack | null {
    return this.ownVoice.track
  }

  /**
   * Mutes or unmutes a speaker. Users can mute and unmute themselves; hosts can mute others. The user's own voice is
   * silent at once, and stays silent when the server cannot be reached or takes no more commands for a moment. A user
   * who unmutes too often stays muted: RATE_LIMITED.
   */
  async mute(userId: string, muted: boolean): Promise<void> {
    const send = async () => {
      await this.sendCommand('mute:set', { userId, muted })
    }
    if (userId !== this.view.me.userId) return await send()
    await (muted ? this.ownVoice.mute(send) : this.ownVoice.unmute(send))
  }

  /**
   * Returns the loudness of a voice at this moment, dBov, for a display that moves with it. `view.speaking` has those
   * who speak, four times per second. Undefined when the user does not speak.
   */
  levelOf(userId: string): number | undefined {
    return this.media.levels.measure(userId)
  }

  /**
   * Stops the sound of the show on this device until `unlockSound`, for the pause button of a headset or a lock screen.
   * The user stays in the show, and on stage. `view.isSoundPaused` becomes true. The pause ends with the room: the next
   * show is heard.
   */
  pauseSound(): void {
    this.#hasPaused = true
    this.sound.pause?.()
  }

  /** Starts playing sound, also after `pauseSound`. Call it from a tap: browsers play no sound before one. */
  async unlockSound(): Promise<void> {
    this.#hasPaused = false
    await this.sound.unlock()
  }

  /** Stops the media. Ends the pause of this room, so that a room that shares its sound output is heard. */
  protected stopMedia(): void {
    this.ownVoice.close()
    this.media.stop()
    if (!this.#hasPaused) return
    this.#hasPaused = false
    this.sound.unlock().catch(() => {})
  }

  /**
   * Sets the playback volume of voices or songs in this client, from 0 (silent) to 1. `view.volumes` holds the current
   * ones.
   */
  setVolume(kind: SoundKind, volume: number): void {
    this.sound.setVolume(kind, volume)
  }

  /**
   * Sets the playback volume of one person's voice in this client, from 0 (silent) to 1, beside the volume of all
   * voices. It stays for the sound output, also in other shows. An output of an app may not have it.
   */
  setVoiceVolume(userId: string, volume: number): void {
    this.sound.setVoiceVolume?.(userId, volume)
  }

  /**
   * Sends a track as the user's voice while the user has the floor, also after reconnects. A second track replaces the
   * first and keeps it muted or unmuted. The room stops the track when it is no longer needed, also when this throws
   * NO_FLOOR, or NOT_IN_SHOW after the room has closed.
   */
  async publish(track: MediaStreamTrack): Promise<void> {
    await this.ownVoice.publish(track)
  }

  /** Turns the microphone off and keeps the floor. The user is muted, and still muted when they publish again. */
  async unpublish(): Promise<void> {
    const wasSending = this.media.session?.producerId !== null
    await this.ownVoice.pause()
    if (wasSending) await this.mute(this.view.me.userId, true)
  }

  /** Receives the voices on stage and the song that plays, and sends the user's own voice while they have the floor. */
  protected syncMedia(): void {
    const { room, me } = this.view
    if (!room) return
    this.sound.setDucking(room.settings.ducking)
    this.sound.setSongLevel?.(songLevelGain(room.songLevelDb))
    this.#syncFade(room)
    const producers = new Map<string, ReceivedKind>()
    for (const { userId, producerId } of room.stage) {
      if (producerId !== null && userId !== me.userId) producers.set(producerId, 'voice')
    }
    if (room.playback.producerId !== null) producers.set(room.playback.producerId, 'song')
    const jingle = room.jingle?.producerId ?? null
    if (jingle !== null) producers.set(jingle, 'jingle')
    this.media.session?.receiveOnly(producers)
    this.ownVoice.sync()
    this.media.levels.sync()
  }

  /** Most changes of a room are not about the song. */
  #syncFade({ playback, settings: { songFadeMs } }: RoomState): void {
    const { clockOffsetMs } = this.view
    const faded = this.#faded
    const isSame = faded?.playback === playback && faded.songFadeMs === songFadeMs
    if (isSame && faded.clockOffsetMs === clockOffsetMs) return
    this.#faded = { playback, songFadeMs, clockOffsetMs }
    const ramps = songRamps(playback, songFadeMs)
    this.sound.setSongFade?.(ramps.map(ramp => ({ ...ramp, at: ramp.at - clockOffsetMs })))
  }
}
