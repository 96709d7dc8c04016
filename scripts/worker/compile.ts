import { join } from 'node:path'

import { run } from '../command.ts'
import { createProgress } from '../progress.ts'

const configureTimeoutMs = 2 * 60_000
const compileTimeoutMs = 40 * 60_000

/** A worker that is built to be fast, or one that reports wrong use of memory and undefined behaviour, see gcc(1). */
export type WorkerKind = 'fast' | 'sanitized'

const mesonOptions: Readonly<Record<WorkerKind, readonly string[]>> = {
  fast: ['--buildtype', 'release', '-Db_ndebug=true', '-Db_lto=true'],
  sanitized: [
    '-Doptimization=0',
    '-Ddebug=false',
    '-Db_sanitize=address,undefined',
    // mediasoup reads packets in messages of Node at any address, which our processors allow.
    '-Dcpp_args=-g1 -fno-sanitize=alignment'
  ]
}

export interface CompileOptions {
  readonly kind: WorkerKind
  /** The folder of libsrtp's pkg-config file, when it is not the system's. */
  readonly pkgConfigPath: string | undefined
  readonly logFile: string
}

/**
 * Compiles the prepared source, which takes minutes.
 * @returns the path of the binary
 * @throws SetupError with the last lines of the compiler's output
 */
export async function compileWorker(source: string, { kind, pkgConfigPath, logFile }: CompileOptions): Promise<string> {
  const build = join(source, 'build')
  const env = { ...process.env, ...(pkgConfigPath !== undefined && { PKG_CONFIG_PATH: pkgConfigPath }) }
  const options = { cwd: source, env, logFile }

  await run(
    'meson',
    ['setup', build, ...mesonOptions[kind], '-Dms_use_builtin_bwe=true', '--wrap-mode', 'nodownload'],
    { ...options, timeoutMs: configureTimeoutMs }
  )
  // The precompiled header includes generated headers, but meson does not know that it must generate them first.
  await run('ninja', ['-C', build, 'fbs/FBS/request.h'], { ...options, timeoutMs: configureTimeoutMs })

  const progress = createProgress('compiling')
  await run('ninja', ['-C', build, 'mediasoup-worker'], {
    ...options,
    env: { ...env, NINJA_STATUS: '[%f/%t] ' },
    timeoutMs: compileTimeoutMs,
    onLine: line => {
      const [, finished, total] = /^\[(\d+)\/(\d+)\]/.exec(line) ?? []
      if (finished !== undefined) progress.update((100 * Number(finished)) / Number(total))
    }
  })
  progress.end()
  return join(build, 'mediasoup-worker')
}
