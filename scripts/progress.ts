/** A terminal or a log file. */
export interface ProgressOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Prints one line that names the current step. */
export function step(text: string, out: ProgressOutput = process.stdout): void {
  out.write(`• ${text}\n`)
}

/** A percentage: redrawn in place on a terminal, one line for every tenth in a log. */
export interface Progress {
  update(percent: number): void
  end(): void
}

export function createProgress(label: string, out: ProgressOutput = process.stdout): Progress {
  let shown = -1

  function update(percent: number) {
    const reached = out.isTTY ? Math.floor(percent) : Math.floor(percent / 10) * 10
    if (reached <= shown) return
    shown = reached
    out.write(out.isTTY ? `\r  ${label} ${reached} %` : `  ${label} ${reached} %\n`)
  }

  function end() {
    if (out.isTTY && shown >= 0) out.write('\n')
  }

  return { update, end }
}

/** Reports the steps of a command, and the progress of the one that runs. */
export interface ProgressReport {
  log(text: string): void
  /** Starts a long step. Returns a function that takes the percentage done. */
  start(label: string): (percent: number) => void
  finish(): void
}

/** Writes a report to a terminal or a log. */
export function reportTo(out: ProgressOutput): ProgressReport {
  let current: Progress | undefined
  return {
    log: text => step(text, out),
    start(label) {
      step(label, out)
      const progress = createProgress(label, out)
      current = progress
      return percent => progress.update(percent)
    },
    finish: () => current?.end()
  }
}

/** Returns the percentage that `done` is of `all`: 100 when there is nothing to do. */
export const percentOf = (done: number, all: number): number => (all === 0 ? 100 : Math.min(100, (done * 100) / all))
