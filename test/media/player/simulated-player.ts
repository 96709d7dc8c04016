import { openOpusSong, type OpusSong } from '../../../media/player/opus-song.ts'
import { packetSamples } from '../../../media/player/opus-packet.ts'
import type { Tick } from '../../../media/player/pacer.ts'
import { createRtpStream } from '../../../media/player/rtp-stream.ts'
import { SongPlayer } from '../../../media/player/song-player.ts'
import { SongReader } from '../../../media/player/song-reader.ts'
import type { SongSource } from '../../../media/player/song-source.ts'
import { parseRtpPacket } from '../../../media/rtp-packet.ts'
import { inMemory, writeOgg } from '../ogg-writer.ts'

const celt20 = 19 << 3
/** Samples of one packet of a numbered song. */
export const frameSamples = 960
/** The interval of the real pacer. */
export const tickMs = 60

/** Creates a song of 20 ms packets, which contain the number of the song and their own number. */
export function numberedSong(songNumber: number, seconds: number): SongSource {
  const packets = Array.from({ length: seconds * 50 }, (_, n) =>
    Buffer.from([celt20, songNumber, n >> 16, (n >> 8) & 255, n & 255])
  )
  return inMemory(Buffer.concat(writeOgg({ packets, samples: packetSamples, preSkip: 0 })), 0, `song-${songNumber}`)
}

/** An RTP packet that the player sent, and when. */
export interface SentPacket {
  sequence: number
  timestamp: number
  marker: boolean
  csrc: number | null
  payload: Buffer
  atMs: number
}

/** Returns the number of the song a packet is of. A joined packet has the lengths of its frames before the frames. */
export function songNumberOf({ payload }: SentPacket): number {
  return payload[(payload[0]! & 3) === 3 ? 1 + (payload[1]! & 0x3f) : 1]!
}

/** Returns the number of a packet within its song. */
export function packetNumberOf({ payload }: SentPacket): number {
  return payload.readUIntBE(2, 3)
}

/** Returns the timestamps relative to the first packet, samples. */
export function timelineOf(sent: SentPacket[]): number[] {
  return sent.map(({ timestamp }) => (timestamp - sent[0]!.timestamp) >>> 0)
}

/** A song player on a simulated clock. */
export interface SimulatedPlayer {
  readonly sent: SentPacket[]
  readonly ended: { song: OpusSong; atMs: number }[]
  readonly nowMs: number
  /** Whether the player listens to the pacer. */
  readonly isTicking: boolean
  play(source: SongSource, positionMs?: number, lateMs?: number): Promise<void>
  playReader(reader: SongReader, positionMs: number, lateMs: number): void
  pause(): void
  close(): void
  /** Advances the clock, with ticks and with time for reading. */
  pass(ms: number): Promise<void>
  /** Advances the clock while the process stands still. */
  stall(ms: number): void
}

export function createSimulatedPlayer(frameMs = 20): SimulatedPlayer {
  const ticks = new Set<Tick>()
  const sent: SentPacket[] = []
  const ended: { song: OpusSong; atMs: number }[] = []
  let nowMs = 0
  const player = new SongPlayer({
    pacer: {
      get nowMs() {
        return nowMs
      },
      get nextTickMs() {
        return (Math.floor(nowMs / tickMs) + 1) * tickMs
      },
      add(tick) {
        ticks.add(tick)
        return () => ticks.delete(tick)
      },
      close() {}
    },
    rtp: createRtpStream(100),
    frameMs,
    send(packet) {
      const rtp = parseRtpPacket(packet)!
      sent.push({ ...rtp, marker: packet[1]! > 127, atMs: nowMs })
    },
    onEnded: ({ song }, inMs) => ended.push({ song, atMs: nowMs + inMs })
  })

  return {
    sent,
    ended,
    get nowMs() {
      return nowMs
    },
    get isTicking() {
      return ticks.size > 0
    },
    async play(source, positionMs = 0, lateMs = 0) {
      const song = await openOpusSong(source)
      const reader = new SongReader(song, SongPlayer.readFrom(positionMs, lateMs), () => {})
      await reader.ready()
      player.play(reader, positionMs, lateMs)
    },
    playReader: (reader, positionMs, lateMs) => player.play(reader, positionMs, lateMs),
    pause: () => player.pause(),
    close: () => player.close(),
    async pass(ms) {
      for (const end = nowMs + ms; nowMs < end;) {
        nowMs += 20
        if (nowMs % tickMs === 0) for (const tick of ticks) tick(nowMs, nowMs + tickMs)
        if (nowMs % 500 === 0) await new Promise(resolve => setImmediate(resolve))
      }
    },
    stall(ms) {
      nowMs += ms
    }
  }
}
