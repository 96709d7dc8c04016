import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Migration } from './run.ts'

const fileName = /^(\d{4}-[a-z0-9-]+)\.ts$/

/**
 * Returns the migrations of a folder: the files named `NNNN-name.ts`, which export `up`. Throws when two files have the
 * same number, or when one exports no `up`.
 */
export async function findMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).sort().flatMap(file => fileName.exec(file)?.[1] ?? [])
  const duplicate = names.find((name, n) => names[n + 1]?.slice(0, 4) === name.slice(0, 4))
  if (duplicate !== undefined) throw new Error(`two migrations have the number of ${duplicate}`)
  return await Promise.all(
    names.map(async name => {
      const { up } = (await import(pathToFileURL(join(folder, `${name}.ts`)).href)) as Partial<Migration>
      if (typeof up !== 'function') throw new Error(`the migration ${name} exports no function \`up\``)
      return { name, up }
    })
  )
}
