import type { ShowTap, TapListener } from '../show-tap.ts'
import { createByteStream, type ByteSink, type ByteStream } from './byte-stream.ts'
import type { StreamFormat } from './frame-splitter.ts'
import { createHlsStream, type HlsStream } from './hls-stream.ts'
import { withTitles } from './icy-titles.ts'
import type { MixerControls } from './mixer-messages.ts'
import { startProgramEncoder } from './program-encoder.ts'
import { createSongGate } from './song-gate.ts'

/** The audio of a show, as a program uses it. */
export interface TappedAudio {
  openTap(listener: TapListener): ShowTap
}

/** The content of the stream now. */
export interface ProgramState extends Omit<MixerControls, 'song'> {
  /** Ids of the songs and jingles that may be heard. */
  songs: readonly string[]
  /** The producer of jingles; null while there is none. Other producers without a speaker are songs. */
  jingleProducerId: string | null
  /** Name of what is heard, for players that show it. */
  title: string
}

export interface ProgramObserver {
  onCrash(reason: string, retryMs: number): void
  /** A producer is missing in the stream. */
  onTapFailed(error: unknown): void
  onListenerDropped(): void
}

/** The HTTP stream of one show on this node, without HTTP. */
export interface Program {
  /** Follows the show's audio, which is another object after its home moved; null while there is none. */
  follow(audio: TappedAudio | null): void
  update(state: ProgramState): void
  /** Adds a listener of an endless stream. Returns a function that removes it. */
  listen(format: StreamFormat, sink: ByteSink, withTitle: boolean): () => void
  /** The show as Low-Latency HLS. */
  readonly hls: HlsStream
  /** Number of listeners now, about. */
  readonly listeners: number
  /** Ends all listeners and the processes. */
  close(): void
}

/** Starts the stream of a show. */
export function startProgram(observer: ProgramObserver, initial: ProgramState): Program {
  const stream = (format: StreamFormat) => createByteStream(format, observer.onListenerDropped)
  const streams: Record<StreamFormat, ByteStream> = { mp3: stream('mp3'), aac: stream('aac'), opus: stream('opus') }
  const allStreams = Object.values(streams)
  let { title } = initial
  let sent = ''
  let followed: TappedAudio | null = null
  let tap: ShowTap | null = null
  const hls = createHlsStream(Date.now().toString(36), Date.now)
  const encoder = startProgramEncoder({
    onRun: hls.restart,
    onBytes(format, bytes) {
      if (format === 'fmp4') hls.push(bytes)
      else streams[format].push(bytes)
    },
    onCrash(reason, retryMs) {
      for (const one of allStreams) one.restart()
      observer.onCrash(reason, retryMs)
    }
  })
  const songGate = createSongGate(encoder.packet)
  const songProducers = new Set<string>()
  let jingleProducerId: string | null = null
  update(initial)

  function update({ title: nextTitle, songs, jingleProducerId: nextJingle, ...rest }: ProgramState): void {
    title = nextTitle
    followJingle(nextJingle)
    const controls = { ...rest, song: songs.length > 0 }
    const text = JSON.stringify(controls)
    if (text !== sent) encoder.control(controls)
    sent = text
    songGate.allow(songs)
  }

  /** A producer may be tapped before the room says that it is the one of jingles. */
  function followJingle(producerId: string | null): void {
    if (producerId === jingleProducerId) return
    jingleProducerId = producerId
    if (producerId === null || !songProducers.has(producerId)) return
    encoder.closed(producerId)
    encoder.opened(producerId, 'jingle')
  }

  return {
    follow(audio) {
      if (audio === followed) return
      tap?.close()
      followed = audio
      tap =
        audio?.openTap({
          onOpened(producerId, userId) {
            if (userId === null) songProducers.add(producerId)
            const kind = producerId === jingleProducerId ? 'jingle' : 'song'
            encoder.opened(producerId, userId === null ? kind : 'voice')
          },
          onPacket(producerId, packet) {
            if (songProducers.has(producerId)) songGate.take(producerId, packet)
            else encoder.packet(producerId, packet)
          },
          onClosed(producerId) {
            songProducers.delete(producerId)
            encoder.closed(producerId)
          },
          onFailed: (_producerId, error) => observer.onTapFailed(error)
        }) ?? null
    },
    update,
    listen(format, sink, withTitle) {
      return streams[format].add(withTitle ? withTitles(sink, () => title) : sink)
    },
    hls,
    get listeners() {
      return allStreams.reduce((sum, { size }) => sum + size, hls.size)
    },
    close() {
      tap?.close()
      encoder.close()
      for (const one of [...allStreams, hls]) one.close()
    }
  }
}
