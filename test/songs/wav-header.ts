/** What a WAV says of the samples behind its header. */
export interface WavFormat {
  dataBytes: number
  rate: number
  bits: 8 | 16
  channels?: number
}

const headerBytes = 44
const mostBytes = 0xffff_ffff
const most16 = 0xffff

/**
 * The header of a WAV of plain samples. Numbers that are no truth are taken too, as far as they fit into their fields.
 * @see http://soundfile.sapp.org/doc/WaveFormat/
 */
export function wavHeader({ dataBytes, rate, bits, channels = 1 }: WavFormat): Buffer<ArrayBuffer> {
  const frameBytes = (channels * bits) / 8
  const header = Buffer.alloc(headerBytes)
  header.write('RIFF', 0)
  header.writeUInt32LE(Math.min(mostBytes, headerBytes - 8 + dataBytes), 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(Math.min(mostBytes, rate * frameBytes), 28)
  header.writeUInt16LE(frameBytes & most16, 32)
  header.writeUInt16LE(bits, 34)
  header.write('data', 36)
  header.writeUInt32LE(dataBytes, 40)
  return header
}

/** A tone as a mono WAV of 16 bits; `level` is of 1. */
export function toneWav({
  frequencyHz,
  seconds,
  rate,
  level
}: {
  frequencyHz: number
  seconds: number
  rate: number
  level: number
}): Buffer<ArrayBuffer> {
  const samples = new Int16Array(seconds * rate)
  for (let n = 0; n < samples.length; n++) {
    samples[n] = Math.round(level * 32_767 * Math.sin((2 * Math.PI * frequencyHz * n) / rate))
  }
  return Buffer.concat([wavHeader({ dataBytes: samples.byteLength, rate, bits: 16 }), Buffer.from(samples.buffer)])
}
