/** Format and size of the samples behind a WAV header. */
export interface WavFormat {
  dataBytes: number
  rate: number
  bits: 8 | 16
  channels?: number
}

const headerBytes = 44
const max32 = 0xffff_ffff
const max16 = 0xffff

/**
 * Returns the header of a WAV file with PCM samples. Takes wrong numbers too, as far as they fit into their fields.
 * @see http://soundfile.sapp.org/doc/WaveFormat/
 */
export function wavHeader({ dataBytes, rate, bits, channels = 1 }: WavFormat): Buffer<ArrayBuffer> {
  const frameBytes = (channels * bits) / 8
  const header = Buffer.alloc(headerBytes)
  header.write('RIFF', 0)
  header.writeUInt32LE(Math.min(max32, headerBytes - 8 + dataBytes), 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(Math.min(max32, rate * frameBytes), 28)
  header.writeUInt16LE(frameBytes & max16, 32)
  header.writeUInt16LE(bits, 34)
  header.write('data', 36)
  header.writeUInt32LE(dataBytes, 40)
  return header
}

/** Returns a tone as a mono WAV file with 16 bits. `level` is from 0 to 1. */
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
