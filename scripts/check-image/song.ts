const soundSeconds = 2
const sampleRate = 8000
const patienceMs = 60_000
const pauseMs = 250

/**
 * Uploads a sound and waits until the server has made a song of it: ffmpeg and the programs that limit it work there.
 * @throws Error saying what the server answered instead
 */
export async function checkSong (url: string): Promise<void> {
  const tokens = await answerOf(fetch(`${url}/v1/auth/dev-login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ displayName: 'Check' }) }))
  const headers = { authorization: `Bearer ${String(tokens.accessToken)}` }
  const form = new FormData()
  form.append('file', new Blob([sound()], { type: 'audio/wav' }), 'sound.wav')
  const { id } = await answerOf(fetch(`${url}/v1/songs`, { method: 'POST', headers, body: form }))

  const deadline = Date.now() + patienceMs
  for (;;) {
    const song = await answerOf(fetch(`${url}/v1/songs/${String(id)}`, { headers }))
    if (song.status === 'ready') return
    if (song.status === 'failed' || Date.now() > deadline) throw new Error(`An uploaded sound does not become a song: ${JSON.stringify(song)}`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

async function answerOf (answer: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await answer
  const body: unknown = await response.json()
  if (!response.ok || typeof body !== 'object' || body === null) throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(body)}`)
  return { ...body }
}

/** A tone as WAV, 16 bits, mono. */
function sound (): Buffer<ArrayBuffer> {
  const samples = soundSeconds * sampleRate
  const bytes = Buffer.alloc(44 + 2 * samples)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + 2 * samples, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(sampleRate, 24)
  bytes.writeUInt32LE(2 * sampleRate, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(2 * samples, 40)
  for (let sample = 0; sample < samples; sample++) bytes.writeInt16LE(Math.round(8000 * Math.sin(2 * Math.PI * 440 * sample / sampleRate)), 44 + 2 * sample)
  return bytes
}
