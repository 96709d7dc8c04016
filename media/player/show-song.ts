import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import { opusPayloadType } from '../codecs.ts'
import type { ProducerOwner, ShowRouter } from '../show-router.ts'
import type { Voices } from '../voices.ts'
import { openOpusSong, type OpusSong } from './opus-song.ts'
import type { Pacer } from './pacer.ts'
import { createRtpStream, type RtpStream } from './rtp-stream.ts'
import type { SongSource } from './song-source.ts'
import { SongPlayer } from './song-player.ts'
import { SongReading } from './song-reading.ts'

/** A storage that is slower than this is not waited for; the song comes in where it is by then. */
const patienceMs = 2000

export interface ShowSongEvents {
  /** The song is heard from another producer: the worker of the one before died. */
  moved: [producerId: string]
  /** A song was played to its end; when, ms since the epoch. */
  ended: [source: SongSource, atMs: number]
  /** Reading a song failed. It is silent until reading works again; a file that is damaged stays silent. */
  failed: [error: unknown]
}

/** What all shows' songs share. `frameMs`: packets last so long, where the song's own are shorter. */
export interface SongSettings {
  pacer: Pacer
  frameMs: number
}

export interface ShowSongParts extends SongSettings {
  voices: Voices
  /** Where the producer is to be; undefined while the show has no living worker. */
  showRouter(): ShowRouter | undefined
  /** Resolves when there may be one again. Throws SHOW_ENDED, UNAVAILABLE. */
  openShowRouter(): Promise<void>
}

/** A song, from `positionMs` at server time `at`. */
export interface SongOrder {
  source: SongSource
  positionMs: number
  at: number
}

/** Reading that was begun for a source. */
interface Opened {
  source: SongSource
  reading: Promise<SongReading>
}

/**
 * What a show plays: one producer, which stays while songs come and go, fed from this process, whoever is connected.
 *
 * It is fed through a direct transport. Measured at 2,500 packets/s of 240 bytes in bursts on a busy machine of two cores: it costs
 * Node 9 µs a packet, UDP into a plain transport 4; the worker 4 either way. UDP lost 0.5 % of its packets there and needs a port that others
 * can send to. Five µs at 50 packets/s are 0.025 % of a core for a show.
 */
export class ShowSong extends EventEmitter<ShowSongEvents> {
  readonly #parts: ShowSongParts
  readonly #rtp: RtpStream
  readonly #player: SongPlayer
  readonly #songs = new WeakMap<SongSource, Promise<OpusSong>>()
  readonly #sources = new WeakMap<SongReading, SongSource>()
  #producer: types.Producer | null = null
  #making: Promise<string | null> | null = null
  #restoring: Promise<void> | null = null
  #prepared: Opened | null = null
  /** Counts orders, so that one that took long does not undo a later one. */
  #orders = 0
  #isWanted = false
  #closed = false

  constructor(parts: ShowSongParts) {
    super()
    this.#parts = parts
    this.#rtp = createRtpStream(opusPayloadType)
    this.#player = new SongPlayer({
      pacer: parts.pacer,
      rtp: this.#rtp,
      frameMs: parts.frameMs,
      send: packet => {
        if (this.#producer && !this.#producer.closed) this.#producer.send(packet)
      },
      onEnded: (reading, inMs) => this.#ended(reading, inMs)
    })
  }

  /** The producer the song is heard from; null before the first, and while the audio is being restored. */
  get producerId(): string | null {
    return this.#producer?.id ?? null
  }

  /**
   * Plays a song instead of what plays now. Resolves with the producer's id when it sounds (or, where the storage is slow, is going
   * to); null while the audio is being restored: then `moved` tells it. Throws UNSUPPORTED_MEDIA, and what the source throws.
   */
  async play(order: SongOrder): Promise<string | null> {
    const mine = ++this.#orders
    this.#isWanted = true
    const [producerId] = await Promise.all([this.#haveProducer(), patiently(this.#start(order, mine))])
    if (producerId === null) this.restore()
    return producerId
  }

  /** Silence, at once. */
  pause(): void {
    this.#orders++
    this.#player.pause()
  }

  /** Begins to read what is likely to be played next, from its beginning; null: nothing. */
  prepare(source: SongSource | null): void {
    if (this.#prepared?.source === source) return
    this.#dropPrepared()
    if (!source || this.#closed) return
    const reading = this.#read(source, 0)
    // Whether it can be played is the concern of whoever plays it.
    reading.catch(() => {})
    this.#prepared = { source, reading }
  }

  /** The producer's worker died. As soon as the show has another, the song goes on there: where the clock is by then. Never rejects. */
  async restore(): Promise<void> {
    this.#restoring ??= this.#restore()
      .catch((error: unknown) => {
        if (!this.#closed) this.emit('failed', error)
      })
      .finally(() => {
        this.#restoring = null
      })
    await this.#restoring
  }

  /** May be called again. */
  close(): void {
    this.#closed = true
    this.#player.close()
    this.#dropPrepared()
    this.#producer?.close()
  }

  async #start({ source, positionMs, at }: SongOrder, mine: number): Promise<void> {
    const lateMs = () => Math.max(0, Date.now() - at)
    const reading =
      (await this.#takePrepared(source, positionMs)) ??
      (await this.#read(source, SongPlayer.readFrom(positionMs, lateMs())))
    if (this.#orders !== mine || this.#closed) return reading.close()
    this.#player.play(reading, positionMs, lateMs())
  }

  async #takePrepared(source: SongSource, positionMs: number): Promise<SongReading | null> {
    const prepared = this.#prepared
    if (positionMs !== 0 || prepared?.source !== source) return null
    this.#prepared = null
    return await prepared.reading
  }

  #dropPrepared(): void {
    this.#prepared?.reading.then(
      reading => reading.close(),
      () => {}
    )
    this.#prepared = null
  }

  async #read(source: SongSource, positionMs: number): Promise<SongReading> {
    const opening = this.#songs.get(source) ?? openOpusSong(source)
    this.#songs.set(source, opening)
    try {
      const reading = new SongReading(await opening, positionMs, error => this.emit('failed', error))
      this.#sources.set(reading, source)
      await reading.ready()
      return reading
    } catch (error) {
      this.#songs.delete(source)
      throw error
    }
  }

  #ended(reading: SongReading, inMs: number): void {
    const source = this.#sources.get(reading)
    if (source) this.emit('ended', source, Date.now() + inMs)
  }

  /** Nobody has to be there, and another worker may die meanwhile. */
  async #restore(): Promise<void> {
    while (this.#isWanted && !this.#closed && !this.#producer) {
      if (!this.#parts.showRouter()) await this.#parts.openShowRouter()
      const producerId = await this.#haveProducer()
      if (producerId !== null) this.emit('moved', producerId)
    }
  }

  async #haveProducer(): Promise<string | null> {
    if (this.#producer && !this.#producer.closed) return this.#producer.id
    this.#making ??= this.#makeProducer().finally(() => {
      this.#making = null
    })
    return await this.#making
  }

  async #makeProducer(): Promise<string | null> {
    const showRouter = this.#parts.showRouter()
    if (!showRouter) return null
    try {
      const transport = await showRouter.router.createDirectTransport()
      this.#keep(
        await transport.produce({ kind: 'audio', rtpParameters: rtpParameters(this.#rtp.ssrc), appData: songOwner }),
        showRouter
      )
      return this.producerId
    } catch (error) {
      if (showRouter.router.closed) return null
      throw error
    }
  }

  #keep(producer: types.Producer, showRouter: ShowRouter): void {
    if (this.#closed || producer.closed) return producer.close()
    this.#producer = producer
    // Its level is nobody's voice, so the router's levels do not include it.
    this.#parts.voices.add(producer, null, showRouter)
    producer.observer.once('close', () => {
      this.#parts.voices.remove(producer.id)
      if (this.#producer === producer) this.#producer = null
    })
  }
}

const songOwner: ProducerOwner = { userId: null }

/** Stereo, without header extensions: each costs bytes on every packet. See https://www.rfc-editor.org/rfc/rfc7587#section-6.1 */
function rtpParameters(ssrc: number): types.RtpParameters {
  return {
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: opusPayloadType,
        clockRate: 48_000,
        channels: 2,
        parameters: { 'sprop-stereo': 1 }
      }
    ],
    encodings: [{ ssrc }],
    rtcp: { cname: 'song', reducedSize: true }
  }
}

/** Waits for it, but not for long. */
async function patiently(task: Promise<void>): Promise<void> {
  const patience = Promise.withResolvers<void>()
  const timer = setTimeout(patience.resolve, patienceMs)
  // What fails after that is told as trouble of the reading or comes to light at the next order.
  task.catch(() => {})
  await Promise.race([task, patience.promise]).finally(() => clearTimeout(timer))
}
