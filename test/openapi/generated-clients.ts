/*
 * npm run check:clients
 *
 * Generates a TypeScript and a Python client from the served OpenAPI document, compiles both with strict settings, and
 * uses them against the real server. Prints the size of the document and how many types each client has.
 */
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../scripts/command.ts'
import { startServer } from '../server-process.ts'

const timeoutMs = 180_000
const programs = join(import.meta.dirname, 'clients')

async function checkTypeScript(home: string, folder: string, document: string, url: string): Promise<void> {
  const bin = join(home, 'node_modules', '.bin')
  const schema = join(folder, 'schema.d.ts')
  await symlink(join(home, 'node_modules'), join(folder, 'node_modules'))
  await cp(join(programs, 'typescript-client.mts'), join(folder, 'client.mts'))
  await run(join(bin, 'openapi-typescript'), [document, '--output', schema], { cwd: folder, timeoutMs })
  const options = ['--module', 'nodenext', '--target', 'es2024', '--strict', '--noUncheckedIndexedAccess', '--noEmit']
  // The settings of a program that Node runs as it is.
  const nodeOptions = ['--allowImportingTsExtensions', '--verbatimModuleSyntax', '--erasableSyntaxOnly']
  await writeFile(join(folder, 'node.d.ts'), 'declare const process: { argv: string[] }\n')
  await run(join(bin, 'tsc'), [...options, ...nodeOptions, 'node.d.ts', 'client.mts'], {
    cwd: folder,
    timeoutMs
  })
  await run('node', ['client.mts', url], { cwd: folder, timeoutMs })
  const lines = (await readFile(schema, 'utf8')).split('\n').length
  console.log(`TypeScript: compiled and used, ${lines} lines of types`)
}

async function checkPython(home: string, folder: string, document: string, url: string): Promise<void> {
  const bin = join(home, 'bin')
  await run(
    join(bin, 'openapi-python-client'),
    ['generate', '--path', document, '--output-path', join(folder, 'generated'), '--meta', 'none'],
    { cwd: folder, timeoutMs }
  )
  await cp(join(programs, 'python_client.py'), join(folder, 'client.py'))
  // The generated package is not written for the strictest settings, so they apply to the program only.
  await run(join(bin, 'mypy'), ['--strict', '--follow-imports', 'silent', 'client.py'], { cwd: folder, timeoutMs })
  await run(join(bin, 'python'), ['client.py', url], { cwd: folder, timeoutMs })
  const models = (await readdir(join(folder, 'generated', 'models'))).filter(name => name !== '__init__.py')
  console.log(`Python: checked and used, ${models.length} models`)
}

const [home] = process.argv.slice(2)
if (home === undefined) throw new Error('Name the folder with the generators, as .ci/clients does.')
const folder = await mkdtemp(join(tmpdir(), 'ambient-clients-'))
const server = await startServer()
try {
  const response = await fetch(`${server.url}/docs/openapi.json`)
  const text = await response.text()
  const document = join(folder, 'openapi.json')
  await writeFile(document, text)
  console.log(`OpenAPI document: ${text.length} characters`)
  await checkTypeScript(home, folder, document, server.url)
  await checkPython(home, folder, document, server.url)
} finally {
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
