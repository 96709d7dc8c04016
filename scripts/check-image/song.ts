import { toneWav } from '../../test/songs/wav-header.ts'

const readyTimeoutMs = 60_000
const pauseMs = 250

/**
 * Uploads a sound and waits until the server has transcoded it, which proves that ffmpeg and the programs that limit it
 * work.
 * @throws Error with the server's answer when it does not
 */
export async function checkSong(url: string): Promise<void> {
  const tokens = await answerOf(
    fetch(`${url}/v1/auth/dev-login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ displayName: 'Check' })
    })
  )
  const headers = { authorization: `Bearer ${String(tokens.accessToken)}` }
  const form = new FormData()
  form.append(
    'file',
    new Blob([toneWav({ frequencyHz: 440, seconds: 2, rate: 8000, level: 0.25 })], { type: 'audio/wav' }),
    'sound.wav'
  )
  const { id } = await answerOf(fetch(`${url}/v1/songs`, { method: 'POST', headers, body: form }))

  const deadline = Date.now() + readyTimeoutMs
  for (;;) {
    const song = await answerOf(fetch(`${url}/v1/songs/${String(id)}`, { headers }))
    if (song.status === 'ready') return
    if (song.status === 'failed' || Date.now() > deadline) {
      throw new Error(`An uploaded sound was not transcoded: ${JSON.stringify(song)}`)
    }
    await new Promise(resolve => setTimeout(resolve, pauseMs))
  }
}

async function answerOf(answer: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await answer
  const body: unknown = await response.json()
  if (!response.ok || typeof body !== 'object' || body === null) {
    throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(body)}`)
  }
  return { ...body }
}
