import { canJoin, joinPackets, packetSamples, samplesPerMs, silentPacket } from './opus-packet.ts'
import type { SongPacket } from './opus-song.ts'
import type { Pacer } from './pacer.ts'
import type { RtpStream } from './rtp-stream.ts'
import type { SongReading } from './song-reading.ts'

/** Songs that follow each other this closely follow without a gap, and an order this late is still carried out from its beginning. */
const seamSamples = 100 * samplesPerMs
/** With so much of a song left its end is played before the next one: it may have been ordered late, and begun behind what was sent ahead. */
const endingSamples = 240 * samplesPerMs
/** What is later than this is left out; what is less late is made up for, at so many times the pace of the music. */
const latestSamples = 200 * samplesPerMs
const fastest = 3
/** A decoder that gets nothing goes on with what it had for some 200 ms; after this much silence it goes on with silence. */
const silentPackets = 3
/** A joined packet stays below every path's MTU. */
const mostPayloadBytes = 1100

export interface SongPlayerParts {
  pacer: Pacer
  rtp: RtpStream
  /** Packets last this long where the song's own are shorter. */
  frameMs: number
  send(packet: Buffer): void
  /** A song was played to its end, which is over in `inMs`. */
  onEnded(reading: SongReading, inMs: number): void
}

/**
 * Sends one song after the other at the pace of the music. Everything has its place on one line of samples that runs with the
 * clock, playing or not: a sample of the line is due at `sample / 48` ms of the pacer's clock, and is its RTP timestamp. What is
 * due before the next tick is sent at this one, or at the order.
 */
export class SongPlayer {
  readonly #parts: SongPlayerParts
  #current: SongReading | null = null
  /** Begins where the current one ends. */
  #following: SongReading | null = null
  /** From a song's samples to the line's. */
  #shift = 0
  /** Where on the line the last packet was over. */
  #sentTo = -Infinity
  /** What belongs before this place on the line comes too late. */
  #leaveOutTo = -Infinity
  #stop: (() => void) | null = null
  /** Packets of silence that follow what was played last, once it is paused. */
  #silencesLeft = 0

  constructor(parts: SongPlayerParts) {
    this.#parts = parts
  }

  /** From where a song is to be read for an order that is `lateMs` old by now. */
  static readFrom(positionMs: number, lateMs: number): number {
    return lateMs * samplesPerMs > seamSamples ? positionMs + lateMs : positionMs
  }

  /**
   * From now on this is played; `positionMs` of it should have been heard `lateMs` ago. At the very end of what plays now, its end
   * is played first.
   */
  play(reading: SongReading, positionMs: number, lateMs: number): void {
    const current = this.#current
    this.#following?.close()
    this.#following = null
    if (current && positionMs === 0 && this.#samplesLeft(current) <= endingSamples) this.#following = reading
    else {
      current?.close()
      this.#begin(reading, this.#now - Math.round((lateMs + positionMs) * samplesPerMs) + reading.place)
    }
    this.#run()
  }

  /** Silence, at once; a little of it is sent. */
  pause(): void {
    this.#drop()
    this.#silencesLeft = silentPackets
    this.#run()
  }

  /** Sends nothing any more: where nobody is left to hear it, there is no need of silence. May be called again. */
  close(): void {
    this.#drop()
    this.#rest()
  }

  #drop(): void {
    this.#current?.close()
    this.#following?.close()
    this.#current = this.#following = null
  }

  #run(): void {
    const { pacer } = this.#parts
    this.#stop ??= pacer.add((nowMs, untilMs) => this.#tick(nowMs * samplesPerMs, untilMs * samplesPerMs))
    this.#tick(this.#now, pacer.nextMs * samplesPerMs)
  }

  #rest(): void {
    this.#stop?.()
    this.#stop = null
  }

  get #now(): number {
    return Math.round(this.#parts.pacer.nowMs * samplesPerMs)
  }

  /** `due`: where on the line its first packet belongs. What is not much too late is moved, so that nothing of it is lost. */
  #begin(reading: SongReading, due: number): void {
    const now = this.#now
    const isLate = due < now - seamSamples
    const place = isLate ? due : now - this.#sentTo <= seamSamples ? this.#sentTo : now
    this.#current = reading
    this.#shift = place - reading.place
    if (isLate) this.#leaveOutTo = now
  }

  #samplesLeft({ song }: SongReading): number {
    return song.durationMs * samplesPerMs + this.#shift - this.#now
  }

  #tick(now: number, until: number): void {
    if (!this.#current) return this.#fallSilent(now, until)
    let most = fastest * (until - now)
    while (most > 0) {
      this.#leaveOut(now)
      const next = this.#current?.next
      if (next && next.start + this.#shift < until) most -= this.#sendNext()
      else if (!this.#endOver(now)) return
    }
  }

  #fallSilent(now: number, until: number): void {
    const { rtp, send } = this.#parts
    for (; this.#silencesLeft > 0 && now - this.#sentTo <= seamSamples; this.#silencesLeft--) {
      if (this.#sentTo >= until) return
      send(rtp.packet(silentPacket, this.#sentTo, false))
      this.#sentTo += packetSamples(silentPacket)
    }
    this.#rest()
  }

  /** Leaves out what is too late: after a standstill, it goes on with what is due now. */
  #leaveOut(now: number): void {
    const placeOf = ({ start }: SongPacket) => start + this.#shift
    const first = this.#current?.next
    if (first && placeOf(first) < now - latestSamples) this.#leaveOutTo = now
    const from = Math.max(this.#sentTo, this.#leaveOutTo)
    for (let next = first; next && placeOf(next) < from; next = this.#current?.next) this.#current?.take()
  }

  /** Answers how many samples that were. */
  #sendNext(): number {
    const packets = this.#takePackets()
    const [first, ...rest] = packets
    if (!first) return 0
    const { rtp, send } = this.#parts
    const place = first.start + this.#shift
    const samples = packets.reduce((sum, packet) => sum + packet.samples, 0)
    send(rtp.packet(joinPackets([first.data, ...rest.map(({ data }) => data)]), place, place !== this.#sentTo))
    this.#sentTo = place + samples
    return samples
  }

  /** As many packets as make one of the wanted length. */
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
        (samples > this.#parts.frameMs * samplesPerMs || bytes > mostPayloadBytes || !canJoin(first.data, next.data))
      ) {
        break
      }
      this.#current?.take()
      taken.push(next)
    }
    return taken
  }

  /** Goes on to what follows when the song is at its end; answers whether there is something. */
  #endOver(now: number): boolean {
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
