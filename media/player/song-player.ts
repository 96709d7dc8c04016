import { canJoin, joinPackets, packetSamples, samplesPerMs, silentPacket } from './opus-packet.ts'
import type { SongPacket } from './opus-song.ts'
import type { Pacer } from './pacer.ts'
import type { RtpStream } from './rtp-stream.ts'
import { songCsrc } from './song-csrc.ts'
import type { SongReader } from './song-reader.ts'

/**
 * Songs that follow each other within this time are played without a gap, and an order that is late by less than this
 * is played from its beginning.
 */
const maxSeamSamples = 100 * samplesPerMs
/**
 * When less than this is left of a song, its end is played before the next song: the song may have been ordered late,
 * and have begun after the packets that were sent ahead.
 */
const maxEndingSamples = 240 * samplesPerMs
/** Packets that are later than this are skipped; less delay is caught up. */
const maxDelaySamples = 200 * samplesPerMs
/** A delay is caught up at this multiple of the speed of the music. */
const maxCatchUpSpeed = 3
/** A decoder that receives nothing repeats its last sound for about 200 ms; after these packets, silence. */
const silentPacketCount = 3
/** A joined packet stays below the MTU of every path. */
const maxPayloadBytes = 1100

export interface SongPlayerParts {
  pacer: Pacer
  rtp: RtpStream
  /** Shorter packets of a song are joined to this length. */
  frameMs: number
  send(packet: Buffer): void
  /** A song was sent to its end, which is reached in `inMs`. */
  onEnded(reader: SongReader, inMs: number): void
}

/**
 * Sends one song after the other at the speed of the music. Every packet has a place on one timeline of samples, which
 * runs with the clock whether a song plays or not: sample `s` is due at `s / 48` ms of the pacer's clock, and `s` is
 * its RTP timestamp. Each tick, and each order, sends what is due before the next tick.
 */
export class SongPlayer {
  readonly #parts: SongPlayerParts
  #current: SongReader | null = null
  /** Begins where the current song ends. */
  #following: SongReader | null = null
  #csrc: number | null = null
  /** Add it to a position in the current song to get the place on the timeline. */
  #offset = 0
  /** Place on the timeline where the last packet ended. */
  #sentTo = -Infinity
  /** Packets before this place on the timeline are skipped. */
  #skipTo = -Infinity
  #stopTicks: (() => void) | null = null
  /** Silent packets still to send after a pause. */
  #silencesLeft = 0

  constructor(parts: SongPlayerParts) {
    this.#parts = parts
  }

  /** Returns the position from which to read a song for an order that is `lateMs` old. */
  static readFrom(positionMs: number, lateMs: number): number {
    return lateMs * samplesPerMs > maxSeamSamples ? positionMs + lateMs : positionMs
  }

  /**
   * Plays this song from now on; its `positionMs` was due `lateMs` ago. When the current song is at its very end, that
   * end is played first.
   */
  play(reader: SongReader, positionMs: number, lateMs: number): void {
    const current = this.#current
    this.#following?.close()
    this.#following = null
    if (current && positionMs === 0 && this.#samplesLeft(current) <= maxEndingSamples) this.#following = reader
    else {
      current?.close()
      this.#begin(reader, this.#now - Math.round((lateMs + positionMs) * samplesPerMs) + reader.position)
    }
    this.#run()
  }

  /** Stops the music at once, and sends a few packets of silence. */
  pause(): void {
    this.#closeReaders()
    this.#silencesLeft = silentPacketCount
    this.#run()
  }

  /** Stops sending, without silence, because the show has ended. May be called twice. */
  close(): void {
    this.#closeReaders()
    this.#rest()
  }

  #closeReaders(): void {
    this.#current?.close()
    this.#following?.close()
    this.#current = this.#following = null
  }

  #run(): void {
    const { pacer } = this.#parts
    this.#stopTicks ??= pacer.add((nowMs, untilMs) => this.#tick(nowMs * samplesPerMs, untilMs * samplesPerMs))
    this.#tick(this.#now, pacer.nextTickMs * samplesPerMs)
  }

  #rest(): void {
    this.#stopTicks?.()
    this.#stopTicks = null
  }

  get #now(): number {
    return Math.round(this.#parts.pacer.nowMs * samplesPerMs)
  }

  /**
   * Begins a song whose first packet is due at this place on the timeline. A song that is late by less than the seam is
   * moved, so that nothing of it is lost.
   */
  #begin(reader: SongReader, due: number): void {
    const now = this.#now
    const isLate = due < now - maxSeamSamples
    const place = isLate ? due : now - this.#sentTo <= maxSeamSamples ? this.#sentTo : now
    this.#current = reader
    this.#csrc = songCsrc(reader.song.source.songId)
    this.#offset = place - reader.position
    if (isLate) this.#skipTo = now
  }

  #samplesLeft({ song }: SongReader): number {
    return song.durationMs * samplesPerMs + this.#offset - this.#now
  }

  #tick(now: number, until: number): void {
    if (!this.#current) return this.#sendSilence(now, until)
    let budget = maxCatchUpSpeed * (until - now)
    while (budget > 0) {
      this.#skipLate(now)
      const next = this.#current?.next
      if (next && next.start + this.#offset < until) budget -= this.#sendNext()
      else if (!this.#finishSong(now)) return
    }
  }

  #sendSilence(now: number, until: number): void {
    const { rtp, send } = this.#parts
    for (; this.#silencesLeft > 0 && now - this.#sentTo <= maxSeamSamples; this.#silencesLeft--) {
      if (this.#sentTo >= until) return
      send(rtp.packet(silentPacket, this.#sentTo, false, null))
      this.#sentTo += packetSamples(silentPacket)
    }
    this.#rest()
  }

  /** Skips packets that are too late: after a standstill, the song continues with the packets that are due now. */
  #skipLate(now: number): void {
    const placeOf = ({ start }: SongPacket) => start + this.#offset
    const first = this.#current?.next
    if (first && placeOf(first) < now - maxDelaySamples) this.#skipTo = now
    const from = Math.max(this.#sentTo, this.#skipTo)
    for (let next = first; next && placeOf(next) < from; next = this.#current?.next) this.#current?.take()
  }

  /** Sends the next packet; returns its length in samples. */
  #sendNext(): number {
    const packets = this.#takePackets()
    const [first, ...rest] = packets
    if (!first) return 0
    const { rtp, send } = this.#parts
    const place = first.start + this.#offset
    const samples = packets.reduce((sum, packet) => sum + packet.samples, 0)
    const payload = joinPackets([first.data, ...rest.map(({ data }) => data)])
    send(rtp.packet(payload, place, place !== this.#sentTo, this.#csrc))
    this.#sentTo = place + samples
    return samples
  }

  /** Takes the packets to join into one of at most `frameMs`. */
  #takePackets(): SongPacket[] {
    const taken: SongPacket[] = []
    let samples = 0
    let bytes = 0
    for (let next = this.#current?.next; next; next = this.#current?.next) {
      samples += next.samples
      bytes += next.data.length
      const [first] = taken
      if (
        first &&
        (samples > this.#parts.frameMs * samplesPerMs || bytes > maxPayloadBytes || !canJoin(first.data, next.data))
      ) {
        break
      }
      this.#current?.take()
      taken.push(next)
    }
    return taken
  }

  /** Changes to the following song when the current one is at its end; returns whether there is one. */
  #finishSong(now: number): boolean {
    const ended = this.#current
    if (!ended?.isOver) return false
    const following = this.#following
    this.#current = this.#following = null
    if (following) this.#begin(following, this.#sentTo)
    else this.#rest()
    this.#parts.onEnded(ended, (this.#sentTo - now) / samplesPerMs)
    return following !== null
  }
}
