import type { DuckingSetting } from '../../contract/ducking.ts'
import type { GainRamp } from '../../contract/song-fade.ts'

/** Orders to the mixer, besides the audio it gets. */
export interface MixerControls {
  ducking: DuckingSetting
  /** Gain of the song for everybody, 0 to 1. */
  songLevel: number
  /** Fades of the song, by the clock of this machine. Its gain is also their product. */
  songFade: readonly GainRamp[]
  /** Whether voices are heard. */
  voices: boolean
  /** Whether the song and the jingle are heard. What is buffered of them is dropped at once when they are not. */
  song: boolean
}

/** Kinds of producers: songs are lowered under voices, and jingles are not. */
export const producerKinds = ['voice', 'song', 'jingle'] as const
export type ProducerKind = (typeof producerKinds)[number]

/** One message to the mixer's process. `slot` is the number of a producer while it is open. */
export type MixerMessage =
  | { type: 'opened'; slot: number; kind: ProducerKind }
  | { type: 'packet'; slot: number; packet: Buffer }
  | { type: 'closed'; slot: number }
  | { type: 'controls'; controls: MixerControls }

const types = ['opened', 'packet', 'closed', 'controls'] as const
/** Type, slot and length. */
const headBytes = 5

/** Writes a message for a pipe. It costs less than Node's channel between processes: 50 packets/s a voice. */
export function writeMessage(message: MixerMessage): Buffer {
  const body = bodyOf(message)
  const head = Buffer.allocUnsafe(headBytes)
  head.writeUInt8(types.indexOf(message.type), 0)
  head.writeUInt16BE('slot' in message ? message.slot : 0, 1)
  head.writeUInt16BE(body.length, 3)
  return Buffer.concat([head, body])
}

function bodyOf(message: MixerMessage): Buffer {
  if (message.type === 'packet') return message.packet
  if (message.type === 'opened') return Buffer.from([producerKinds.indexOf(message.kind)])
  return message.type === 'controls' ? Buffer.from(JSON.stringify(message.controls)) : Buffer.alloc(0)
}

/** Returns a function that takes pieces of what was written to the pipe, and returns the messages that are complete. */
export function createMessageReader(): (bytes: Buffer) => MixerMessage[] {
  let rest: Buffer = Buffer.alloc(0)
  return bytes => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const messages: MixerMessage[] = []
    let start = 0
    while (rest.length - start >= headBytes) {
      const end = start + headBytes + rest.readUInt16BE(start + 3)
      if (rest.length < end) break
      const type = types[rest.readUInt8(start)]
      const message = type && readBody(type, rest.readUInt16BE(start + 1), rest.subarray(start + headBytes, end))
      if (message) messages.push(message)
      start = end
    }
    rest = rest.subarray(start)
    return messages
  }
}

function readBody(type: MixerMessage['type'], slot: number, body: Buffer): MixerMessage {
  if (type === 'packet') return { type, slot, packet: body }
  if (type === 'opened') return { type, slot, kind: producerKinds[body[0] ?? 0] ?? 'voice' }
  if (type === 'closed') return { type, slot }
  // Written by this project on the other side of the pipe.
  const controls: MixerControls = JSON.parse(body.toString())
  return { type, controls }
}
