import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { signIn } from '../users.ts'
import type { ClientsReport, ConnectOrder } from './comment-clients.ts'

const processCount = 4
const signInsAtOnce = 50

export interface ConnectOptions {
  /** Time over which the connections are spread. */
  overMs?: number
  /** Further variables of the processes. */
  env?: Record<string, string>
}

/** Many clients of one show, in processes of their own. */
export class ClientProcesses {
  readonly #processes: ChildProcess[] = []

  /** Connects one client for each token. Rejects when one cannot connect. */
  async connect(
    url: string,
    showId: string | null,
    tokens: readonly string[],
    { overMs = 0, env = {} }: ConnectOptions = {}
  ): Promise<void> {
    const tokensPerProcess = Math.ceil(tokens.length / processCount)
    await Promise.all(
      Array.from({ length: processCount }, async (_, n) => {
        const child = fork(join(import.meta.dirname, 'comment-clients.ts'), { env: { ...process.env, ...env } })
        this.#processes.push(child)
        const ownTokens = tokens.slice(n * tokensPerProcess, (n + 1) * tokensPerProcess)
        child.send({ url, showId, tokens: ownTokens, overMs } satisfies ConnectOrder)
        await Promise.race([
          once(child, 'message'),
          once(child, 'exit').then(() => {
            throw new Error('a client could not connect')
          })
        ])
      })
    )
  }

  /** Returns how many messages arrived since the last report, and the messages of one client. */
  async report(): Promise<{ messages: number; sample: string[] }> {
    const reports = await Promise.all(
      this.#processes.map(async (child): Promise<ClientsReport> => {
        child.send('report')
        const [report] = await once(child, 'message')
        return report
      })
    )
    const counts = reports.flatMap(report => ('messages' in report ? report : []))
    return { messages: counts.reduce((sum, { messages }) => sum + messages, 0), sample: counts[0]?.sample ?? [] }
  }

  /** May be called twice. */
  close(): void {
    for (const child of this.#processes) child.kill()
  }
}

/** Signs in this many users; returns their access tokens. */
export async function signInMany(url: string, count: number): Promise<string[]> {
  const tokens: string[] = []
  while (tokens.length < count) {
    const batch = Array.from({ length: Math.min(signInsAtOnce, count - tokens.length) })
    tokens.push(...(await Promise.all(batch.map(async () => (await signIn(url, 'Listener')).token))))
  }
  return tokens
}
