import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { openOpusSong } from '../../media/player/opus-song.ts'

export const voiceFolder = join(import.meta.dirname, 'voices')

export const packetMs = 20
/** The encoder writes packets of 25 bytes while a voice is silent. */
const maxSilentBytes = 30
/** A silent voice sends one packet in this number, as browsers do (Opus DTX). */
const silentEvery = 20
const speechLevelDb = -25
const silenceLevelDb = -127

/** An endless voice: the packets of a file, one after the other. */
export interface DemoVoice {
  readonly packets: readonly Buffer[]
  /** Whether the voice is one of a conversation. All others begin when their connection does. */
  readonly isInConversation: boolean
}

const conversation: ReadonlySet<string> = new Set(['host', 'guest'])

/** Reads the voice of a file in scripts/demo/voices/, of which each packet has 20 ms. */
export async function readVoice(name: string): Promise<DemoVoice> {
  const file = await open(join(voiceFolder, `${name}.opus`))
  try {
    const { size: sizeBytes } = await file.stat()
    const song = await openOpusSong({
      songId: name,
      sizeBytes,
      durationMs: 0,
      async read(start, end) {
        const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(end - start), position: start })
        return buffer.subarray(0, bytesRead)
      }
    })
    const packets: Buffer[] = []
    for await (const page of song.packets(0)) packets.push(...page.map(({ data }) => Buffer.from(data)))
    return { packets, isInConversation: conversation.has(name) }
  } finally {
    await file.close()
  }
}

/**
 * Returns the packet that sounds in a slot of 20 ms, and the level for its header, dBov; undefined in most slots of a
 * silence.
 */
export function packetAt({ packets }: DemoVoice, slot: number): { payload: Buffer; levelDb: number } | undefined {
  const payload = packets[slot % packets.length]
  if (payload === undefined) return undefined
  const isSilent = payload.length < maxSilentBytes
  if (isSilent && slot % silentEvery !== 0) return undefined
  return { payload, levelDb: isSilent ? silenceLevelDb : speechLevelDb }
}
