/** What progress needs of a terminal or a log. */
export interface ProgressOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Prints one line that says what is being done. */
export function step(text: string): void {
  console.log(`• ${text}`)
}

/** A percentage: redrawn in place on a terminal, a line for every tenth in a log. */
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
