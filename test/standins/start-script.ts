import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Runs the start script of a stand-in until this process exits. Returns the address that it prints. */
export async function runStartScript(standIn: string, args: readonly string[] = []): Promise<string> {
  const script = join(import.meta.dirname, standIn, 'start.sh')
  const server = spawn(script, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => server.kill('SIGKILL'))
  for await (const line of createInterface({ input: server.stdout })) if (/^\w+:\/\//.test(line)) return line
  throw new Error(`the stand-in does not start: ${script}`)
}
