import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..', '..')
const pages = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: root })]
interface Manifest {
  scripts: Record<string, string>
  devDependencies: Record<string, string>
}
const { scripts, devDependencies }: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folders = globSync('*/', { cwd: root }).map(folder => folder.replace(/\/$/, ''))

/** Words in code style that look like paths of the project; `NNNN` and `*` match anything. */
function pathsIn(page: string): string[] {
  const words = [...page.matchAll(/`([^`\s]+)`/g)].map(([, word]) => word as string)
  return words
    .filter(
      word =>
        /^[\w.*/-]+$/.test(word) &&
        (/^[\w-]+\.(ts|md|json|js)$/.test(word) || folders.some(folder => word.startsWith(`${folder}/`)))
    )
    .filter(word => !word.startsWith('node_modules/') && !(word in devDependencies))
}

const exists = (path: string) => globSync(path.replace(/NNNN-name/, '*').replace(/\/$/, ''), { cwd: root }).length > 0

for (const name of pages) {
  t.test(`${name} names files, commands and pages that exist`, async t => {
    const page = readFileSync(join(root, name), 'utf8')
    for (const path of pathsIn(page)) t.ok(exists(path), path)
    for (const [, script = ''] of page.matchAll(/npm run ([\w:-]+)/g)) {
      t.hasOwnProp(scripts, script, `npm run ${script}`)
    }
    for (const [, target = ''] of page.matchAll(/\]\(([^)# ]+)[^)]*\)|src="([^"]+)"/g)) {
      if (target !== '' && !/^[a-z]+:/.test(target)) t.ok(exists(join(dirname(name), target)), target)
    }
  })
}
