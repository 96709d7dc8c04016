const rate = 8000
/** 12 s; like every number of the header without a byte that is no ASCII. */
const dataBytes = 0x017f00
const middle = 0x45
const swing = 0x30

/**
 * A song that is a text, to stand in the body of a request: an 8-bit WAV of a tone, all of whose bytes are ASCII and none of which
 * ends a line.
 * @see http://soundfile.sapp.org/doc/WaveFormat/
 */
export function textWav (): string {
  const wav = Buffer.alloc(44 + dataBytes)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(36 + dataBytes, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(rate, 24)
  wav.writeUInt32LE(rate, 28)
  wav.writeUInt16LE(1, 32)
  wav.writeUInt16LE(8, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(dataBytes, 40)
  for (let n = 0; n < dataBytes; n++) wav.writeUInt8(middle + Math.round(swing * Math.sin(2 * Math.PI * 440 * n / rate)), 44 + n)
  return wav.toString('latin1')
}
