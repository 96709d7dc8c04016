import type { ReplayTable } from './document.ts'
import { noSuchReplay } from './replay-access.ts'

export type ReplayTakedowns = ReturnType<typeof createReplayTakedowns>

/**
 * Keeps replays from being published, for operators. A takedown is a fact of its own beside the creator's choice: no
 * publishing, mixing or trimming that runs at the same time removes it. All methods throw NOT_FOUND.
 */
export function createReplayTakedowns(replays: ReplayTable, nowMs: () => number) {
  const present = (showId: string) => ({ _id: showId, state: { $ne: 'leaving' as const } })

  return {
    async assertExists(showId: string): Promise<void> {
      if (!(await replays.findOne(present(showId), { projection: { _id: 1 } }))) throw noSuchReplay()
    },

    /** Takes a replay down, published or not. Safe to repeat: the last reason stays. */
    async add(showId: string, reason: string): Promise<void> {
      const takenDown = { reason, at: new Date(nowMs()) }
      const { matchedCount } = await replays.updateOne(present(showId), { $set: { takenDown }, $inc: { version: 1 } })
      if (matchedCount === 0) throw noSuchReplay()
    },

    /** Lifts a takedown: the replay is published again if its creator had published it. Safe to repeat. */
    async lift(showId: string): Promise<void> {
      const { matchedCount } = await replays.updateOne(present(showId), {
        $unset: { takenDown: '' },
        $inc: { version: 1 }
      })
      if (matchedCount === 0) throw noSuchReplay()
    }
  }
}
