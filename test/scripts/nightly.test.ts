import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'

const root = join(import.meta.dirname, '..', '..')
const steps = join(root, '.ci', 'steps.sh')
const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Runs a command with the functions of .ci/steps.sh. */
function bash(command: string, cwd: string): { code: number | null; output: string } {
  const { status, stdout } = spawnSync('bash', ['-euc', `work=/nowhere; . ${steps}; ${command}`], {
    cwd,
    encoding: 'utf8'
  })
  return { code: status, output: stdout.trim() }
}

const names = bash('nightly_names', root).output.split('\n')

/** A repository with one commit that holds an input of check:image. */
function repository(t: Test) {
  const folder = t.testdir({ Dockerfile: 'FROM one', '.ci': {} })
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], { cwd: folder })
  const commit = () => {
    git('add', '.')
    git('commit', '-qm', 'change')
  }
  git('init', '-q')
  commit()
  return { folder, git, commit, write: (file: string, text: string) => writeFileSync(join(folder, file), text) }
}

t.test('every nightly check is an npm script, has inputs that exist, and runs in .ci/run or only at night', async t => {
  const run = readFileSync(join(root, '.ci', 'run'), 'utf8')
  const onlyAtNight = bash('echo $only_at_night', root).output.split(' ')
  t.not(names.length, 0)
  for (const name of names) {
    const script = name.replace(/:\d+$/, '')
    t.ok(script in scripts, script)
    t.equal(run.includes(name), !onlyAtNight.includes(script), `${name} in .ci/run`)
    const inputs = bash(`inputs_of ${script}`, root).output.split('\n')
    t.not(inputs.length, 0)
    for (const input of inputs) t.ok(existsSync(join(root, input)), `${script}: ${input}`)
  }
})

t.test('a nightly check is due until its inputs are recorded, and when they change', async t => {
  const { folder, commit, write } = repository(t)
  t.equal(bash('is_not_due check:image', folder).code, 1)

  const { output: hash } = bash('inputs_hash check:image HEAD', folder)
  write('.ci/nightly-passed', `check:image ${hash}\n`)
  t.match(bash('is_not_due check:image', folder), { code: 0, output: /skipped, no release tag exists/ })
  t.equal(bash('is_not_due check:k8s', folder).code, 1)

  write('README.md', 'no input')
  commit()
  t.equal(bash('is_not_due check:image', folder).code, 0)
  write('Dockerfile', 'FROM two')
  commit()
  t.equal(bash('is_not_due check:image', folder).code, 1)
})

t.test('once there is a release, inputs are compared with those of the last release tag', async t => {
  const { folder, git, commit, write } = repository(t)
  git('tag', 'v1.0.0')
  t.match(bash('is_not_due check:image', folder), { code: 0, output: /those of the release v1\.0\.0/ })
  write('Dockerfile', 'FROM two')
  commit()
  const { output: hash } = bash('inputs_hash check:image HEAD', folder)
  write('.ci/nightly-passed', `check:image ${hash}\n`)
  t.equal(bash('is_not_due check:image', folder).code, 1, 'a record does not replace a release')
})
