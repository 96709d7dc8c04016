import { EventEmitter } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import pTimeout from 'p-timeout'
import type { AudibleProducers } from '../audible-producers.ts'
import { opusPayloadType } from '../codecs.ts'
import type { ShowRouters } from '../show-routers.ts'
import { openOpusSong, type OpusSong } from './opus-song.ts'
import type { Pacer } from './pacer.ts'
import { createRtpStream } from './rtp-stream.ts'
import { SongPlayer } from './song-player.ts'
import { SongProducer } from './song-producer.ts'
import { SongReader } from './song-reader.ts'
import type { SongSource } from './song-source.ts'

/** `open` waits this long for the storage. A song that is read later begins where the clock is by then. */
const openTimeoutMs = 2000

export interface ShowSongEvents {
  /** The song has another producer: the worker of the one before died. */
  moved: [producerId: string]
  /** A song was played to its end, at this time, ms since the epoch. */
  ended: [source: SongSource, atMs: number]
  /** Reading a song failed. It is silent until reading succeeds again; a damaged file stays silent. */
  failed: [error: unknown]
}

/** Settings that the songs of all shows share. `frameMs`: shorter packets of a song are joined to this length. */
export interface SongSettings {
  pacer: Pacer
  frameMs: number
}

export interface ShowSongParts extends SongSettings {
  producers: AudibleProducers
  showRouters: Pick<ShowRouters, 'findOpen' | 'grow'>
}

/** An order to play a song, from `positionMs` at server time `at`. */
export interface SongOrder {
  source: SongSource
  positionMs: number
  at: number
}

/** A song whose first packets have been read, or are about to be. */
export interface OpenedSong {
  readonly source: SongSource
  readonly reading: Promise<SongReader>
}

/** Plays the songs of one show, even without participants: one producer, fed from this process. */
export class ShowSong extends EventEmitter<ShowSongEvents> {
  readonly #parts: ShowSongParts
  readonly #producer: SongProducer
  readonly #player: SongPlayer
  readonly #songs = new WeakMap<SongSource, Promise<OpusSong>>()
  #restoring: Promise<void> | null = null
  #prepared: OpenedSong | null = null
  /** Counts orders, so that an order that takes long does not undo a later one. */
  #orders = 0
  /** Whether a song was ever ordered: the show needs a producer from then on. */
  #wasOrdered = false
  #isClosed = false

  constructor(parts: ShowSongParts) {
    super()
    this.#parts = parts
    const rtp = createRtpStream(opusPayloadType)
    const producer = new SongProducer({ producers: parts.producers, showRouters: parts.showRouters, ssrc: rtp.ssrc })
    this.#producer = producer
    this.#player = new SongPlayer({
      pacer: parts.pacer,
      rtp,
      frameMs: parts.frameMs,
      send: packet => producer.send(packet),
      onEnded: (reader, inMs) => this.#ended(reader, inMs)
    })
  }

  /** The producer of the songs; null before the first song, and while the audio is being restored. */
  get producerId(): string | null {
    return this.#producer.id
  }

  /**
   * Opens a song for an order. Waits until it can sound, at most `openTimeoutMs`. Every opened song goes to `play` or
   * `discard`. Throws UNSUPPORTED_MEDIA, and the errors of the source.
   */
  async open({ source, positionMs, at }: SongOrder): Promise<OpenedSong> {
    const reading =
      this.#takePrepared(source, positionMs) ?? this.#read(source, SongPlayer.readFrom(positionMs, lateMs(at)))
    // A failure after the timeout is emitted as `failed`.
    await pTimeout(reading, { milliseconds: openTimeoutMs, message: false })
    return { source, reading }
  }

  /**
   * Plays an opened song instead of the current one; waits for the media worker only. Returns the producer's id, or
   * null while the audio is being restored: then `moved` follows. `delayMs`: the song begins after this time.
   */
  async play(
    opened: OpenedSong,
    { positionMs, at, delayMs = 0 }: Pick<SongOrder, 'positionMs' | 'at'> & { delayMs?: number }
  ): Promise<string | null> {
    const orderNumber = ++this.#orders
    this.#wasOrdered = true
    const delay = delayMs > 0 ? setTimeout(delayMs) : Promise.resolve()
    opened.reading.then(
      async reader => {
        await delay
        if (this.#orders !== orderNumber || this.#isClosed) return reader.close()
        this.#player.play(reader, positionMs, lateMs(at))
      },
      error => this.emit('failed', error)
    )
    const producerId = await this.#producer.open()
    if (producerId === null) this.restore()
    return producerId
  }

  /** Closes an opened song that is not played. */
  discard({ reading }: OpenedSong): void {
    reading.then(
      reader => reader.close(),
      () => {}
    )
  }

  /** Stops the music at once. */
  pause(): void {
    this.#orders++
    this.#player.pause()
  }

  /** Stops the music and closes the producer. The next order opens another one. */
  stop(): void {
    this.#orders++
    this.#wasOrdered = false
    this.#player.close()
    this.#producer.release()
  }

  /** Begins to read the song that is likely to play next, from its beginning. Null drops the prepared song. */
  prepare(source: SongSource | null): void {
    if (this.#prepared?.source === source) return
    this.#dropPrepared()
    if (!source || this.#isClosed) return
    const reading = this.#read(source, 0)
    // `play` reports whether the song can be played.
    reading.catch(() => {})
    this.#prepared = { source, reading }
  }

  /**
   * Restores the producer after its worker died. As soon as the show has another router, the song continues there,
   * where the clock is by then. Never rejects.
   */
  async restore(): Promise<void> {
    this.#restoring ??= this.#restore()
      .catch((error: unknown) => {
        if (!this.#isClosed) this.emit('failed', error)
      })
      .finally(() => {
        this.#restoring = null
      })
    await this.#restoring
  }

  /** May be called twice. */
  close(): void {
    this.#isClosed = true
    this.#player.close()
    this.#dropPrepared()
    this.#producer.close()
  }

  #takePrepared(source: SongSource, positionMs: number): Promise<SongReader> | null {
    const prepared = this.#prepared
    if (positionMs !== 0 || prepared?.source !== source) return null
    this.#prepared = null
    return prepared.reading
  }

  #dropPrepared(): void {
    if (this.#prepared) this.discard(this.#prepared)
    this.#prepared = null
  }

  async #read(source: SongSource, positionMs: number): Promise<SongReader> {
    const opening = this.#songs.get(source) ?? openOpusSong(source)
    this.#songs.set(source, opening)
    try {
      const reader = new SongReader(await opening, positionMs, error => this.emit('failed', error))
      await reader.ready()
      return reader
    } catch (error) {
      this.#songs.delete(source)
      throw error
    }
  }

  #ended(reader: SongReader, inMs: number): void {
    this.emit('ended', reader.song.source, Date.now() + inMs)
  }

  /** Opens a router itself, because the show may have no participants; repeats, because that worker may die too. */
  async #restore(): Promise<void> {
    const { showRouters } = this.#parts
    while (this.#wasOrdered && !this.#isClosed && this.#producer.id === null) {
      if (!showRouters.findOpen()) await showRouters.grow()
      const producerId = await this.#producer.open()
      if (!this.#wasOrdered) this.#producer.release()
      else if (producerId !== null) this.emit('moved', producerId)
    }
  }
}

/** Returns the delay of an order, ms. */
function lateMs(at: number): number {
  return Math.max(0, Date.now() - at)
}
