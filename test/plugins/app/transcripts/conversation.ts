import type { Test } from 'tap'
import { recordShow } from '../../../recorded-show.ts'
import type { RealApp } from '../../../realtime/real-app.ts'
import { signIn } from '../../../users.ts'
import { startTranscribing, tones, type TranscribingNode } from './parts.ts'

/** Takes steps until a show waits for nothing. Returns the time that it took, ms. */
export async function settle(node: TranscribingNode, showId: string, callerId: string): Promise<number> {
  for (let ms = 0; ms < 3_600_000; ms += 1000) {
    await node.passMs(1000)
    const { status } = await node.transcripts.get(showId, callerId)
    if (status !== 'waiting') return ms
  }
  throw new Error('the transcript is not ready after an hour')
}

/** A show of two people: Ana says two sentences, and Ben answers in between. */
export async function startConversation(t: Test, realApp: RealApp, limitMs?: number) {
  const node = await startTranscribing(t, realApp, limitMs)
  const { app, url, standIn } = node
  const [ana, ben] = [await signIn(url, 'Ana'), await signIn(url, 'Ben')]
  standIn.state.sayings = { 400: 'Welcome to the Café', 600: 'See you next week', 800: 'Thanks for having me' }
  standIn.state.topics = { Music: 3, Coffee: 5 }
  const show = await recordShow(app, {
    creatorId: ana.id,
    durationMs: 20_000,
    stints: [
      {
        userId: ana.id,
        atMs: 1000,
        durationMs: 12_000,
        source: tones([
          { frequency: 400, from: 1, to: 2 },
          { frequency: 600, from: 9, to: 10 }
        ])
      },
      {
        userId: ben.id,
        atMs: 5000,
        durationMs: 3000,
        source: tones([{ frequency: 800, from: 1, to: 2 }])
      }
    ]
  })
  await node.transcripts.followRecordings(show.showId)
  return { ...show, node, app, url, state: standIn.state, ana, ben }
}
