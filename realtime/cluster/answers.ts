/** Answers are kept for longer than the other nodes repeat a command. */
const keepMs = 60_000

/** Answers every forwarded command once: a repetition gets the answer of the first. */
export interface Answers<A> {
  /** Runs a command, or returns the answer it got before. An answer that `isKept` refuses is not remembered. */
  once(id: string, run: () => Promise<A>): Promise<A>
}

export function createAnswers<A>(isKept: (answer: A) => boolean, nowMs: () => number): Answers<A> {
  /** Oldest first. */
  const answers = new Map<string, { readonly atMs: number; readonly answer: Promise<A> }>()

  function forgetOld(): void {
    const oldestMs = nowMs() - keepMs
    for (const [id, { atMs }] of answers) {
      if (atMs >= oldestMs) return
      answers.delete(id)
    }
  }

  return {
    async once(id, run) {
      forgetOld()
      const known = answers.get(id)
      if (known) return await known.answer
      const answer = run()
      answers.set(id, { atMs: nowMs(), answer })
      try {
        const settled = await answer
        if (!isKept(settled)) answers.delete(id)
        return settled
      } catch (error) {
        answers.delete(id)
        throw error
      }
    }
  }
}
