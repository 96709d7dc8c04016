import { writeFile } from 'node:fs/promises'

/** Samples per second of the files made here. */
const sampleRate = 48_000

/**
 * Writes a mono 16-bit WAV of a steady sine: a microphone that says one known thing.
 * @see http://soundfile.sapp.org/doc/WaveFormat/
 */
export async function writeTone (file: string, { frequencyHz, seconds, level = 0.5 }: { frequencyHz: number, seconds: number, level?: number }): Promise<void> {
  const samples = sampleRate * seconds
  const dataBytes = samples * 2
  const wav = Buffer.alloc(44 + dataBytes)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(36 + dataBytes, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(sampleRate, 24)
  wav.writeUInt32LE(sampleRate * 2, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(dataBytes, 40)
  for (let n = 0; n < samples; n++) {
    wav.writeInt16LE(Math.round(Math.sin(2 * Math.PI * frequencyHz * n / sampleRate) * level * 32767), 44 + n * 2)
  }
  await writeFile(file, wav)
}
