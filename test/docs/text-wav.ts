import { wavHeader } from '../songs/wav-header.ts'

const rate = 8000
/** 12 s; like every number of the header without a byte that is no ASCII. */
const dataBytes = 0x017f00
const middle = 0x45
const swing = 0x30

/**
 * A song that is a text, to stand in the body of a request: an 8-bit WAV of a tone, all of whose bytes are ASCII and
 * none of which ends a line.
 */
export function textWav(): string {
  const tone = Uint8Array.from(
    { length: dataBytes },
    (_, n) => middle + Math.round(swing * Math.sin((2 * Math.PI * 440 * n) / rate))
  )
  return Buffer.concat([wavHeader({ dataBytes, rate, bits: 8 }), tone]).toString('latin1')
}
