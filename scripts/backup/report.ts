/** How work goes on, told to whoever waits for it. */
export interface Report {
  say(text: string): void
  /** Something that takes long begins; answers what to call with how much of it is done, 0 to 100. */
  begin(what: string): (percent: number) => void
  end(): void
}

/** `done` of `all` in per cent; nothing of nothing is all of it. */
export const percentOf = (done: number, all: number): number => (all === 0 ? 100 : Math.min(100, (done * 100) / all))
