import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, access } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../media/worker-binary.ts'

const lockedFiles = ['go.mod', 'go.sum']

/**
 * Builds a Go program of the module in this folder and returns its path. The program is cached by the source files of
 * the folder and the versions in `go.mod` and `go.sum`. `goPackage`: a package of a required module.
 */
export async function buildGoProgram(folder: string, name: string, goPackage = '.'): Promise<string> {
  const hash = createHash('sha256').update(goPackage)
  for (const file of (await readdir(folder, { recursive: true })).toSorted()) {
    if (!lockedFiles.includes(file) && !file.endsWith('.go')) continue
    hash.update(file).update(await readFile(join(folder, file)))
  }
  const cache = join(cacheFolder(process.env), 'bench')
  const program = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`)
  const isBuilt = await access(program).then(
    () => true,
    () => false
  )
  if (isBuilt) return program
  await mkdir(cache, { recursive: true })
  process.stderr.write(`building ${name}\n`)
  const unfinished = `${program}-${process.pid}`
  const go = spawn('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, goPackage], {
    cwd: folder,
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/local/go/bin`, CGO_ENABLED: '0' },
    stdio: ['ignore', 2, 2]
  })
  const [code] = await once(go, 'exit')
  if (code !== 0) throw new Error(`Go could not build ${name}`)
  await rename(unfinished, program)
  return program
}
