import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { run } from '../command.ts'
import { removeUnreachableModules } from './reachable-modules.ts'

const commandTimeoutMs = 5 * 60_000

/**
 * Packs the SDK into a tarball and returns the path of the tarball. The package is assembled in a temporary folder, so
 * that packing leaves nothing in the source tree and can run more than once at the same time.
 * @throws SetupError with the end of the compiler's or npm's output
 */
export async function packSdk(root: string, targetFolder: string): Promise<string> {
  const stage = await mkdtemp(join(tmpdir(), 'ambient-sdk-'))
  try {
    const compiler = join(root, 'node_modules', 'typescript', 'lib', 'tsc.js')
    await run(process.execPath, [compiler, '-p', join(root, 'client'), '--outDir', join(stage, 'dist')], {
      cwd: root,
      timeoutMs: commandTimeoutMs
    })
    await removeUnreachableModules(join(stage, 'dist'), 'client/index.js')
    for (const file of ['client/package.json', 'client/README.md', 'LICENSE']) {
      await cp(join(root, file), join(stage, file.replace('client/', '')))
    }
    const output = await run('npm', ['pack', stage, '--pack-destination', targetFolder, '--silent'], {
      cwd: root,
      timeoutMs: commandTimeoutMs
    })
    return join(targetFolder, output.at(-1)?.trim() ?? '')
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}
