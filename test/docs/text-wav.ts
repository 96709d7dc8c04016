import { wavHeader } from '../songs/wav-header.ts'

const rate = 8000
/** 12 s of audio. Chosen so that the header has ASCII bytes only. */
const dataBytes = 0x017f00
const midpoint = 0x45
const amplitude = 0x30

/**
 * Returns a song that can be written as text in the body of a request: an 8-bit WAV of a tone, whose bytes are all
 * ASCII and contain no line break.
 */
export function textWav(): string {
  const tone = Uint8Array.from(
    { length: dataBytes },
    (_, n) => midpoint + Math.round(amplitude * Math.sin((2 * Math.PI * 440 * n) / rate))
  )
  return Buffer.concat([wavHeader({ dataBytes, rate, bits: 8 }), tone]).toString('latin1')
}
