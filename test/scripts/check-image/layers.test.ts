import { existsSync } from 'node:fs'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import t from 'tap'

import { createLayers, layerKey } from '../../../scripts/check-image/layers.ts'

t.test('a key has one layer', async t => {
  const home = t.testdir()
  const layers = createLayers(home)
  let made = 0
  const make = async (files: string) => {
    await writeFile(join(files, 'a'), String(++made))
  }
  const first = await layers.get('key', 'RUN a', make)
  const second = await layers.get('key', 'RUN a', make)
  t.same([first.cached, second.cached, made], [false, true, 1])
  t.equal(await readFile(join(second.files, 'a'), 'utf8'), '1')
  t.equal((await layers.get('other', 'RUN a', make)).cached, false)
})

t.test('two simultaneous calls with a key create one layer', async t => {
  const layers = createLayers(t.testdir())
  const make = async (files: string) => {
    await writeFile(join(files, 'a'), 'same')
  }
  const [one, two] = await Promise.all([layers.get('key', 'RUN a', make), layers.get('key', 'RUN a', make)])
  t.equal(one.files, two.files)
  t.equal(await readFile(join(one.files, 'a'), 'utf8'), 'same')
})

t.test('a failed layer leaves no files, and the next call creates it', async t => {
  const home = t.testdir()
  const layers = createLayers(home)
  await t.rejects(
    layers.get('key', 'RUN a', async files => {
      await writeFile(join(files, 'half'), '')
      throw new Error('broken off')
    }),
    /broken off/
  )
  t.same(await readdir(home), [])
  t.equal((await layers.get('key', 'RUN a', async () => {})).cached, false)
})

t.test('layers that were not used for two days are removed', async t => {
  const layers = createLayers(t.testdir())
  const old = await layers.get('old', 'RUN a', async () => {})
  const used = await layers.get('used', 'RUN a', async () => {})
  const before = new Date(Date.now() - 3 * 24 * 3_600_000)
  for (const { files } of [old, used]) await utimes(join(files, '..'), before, before)
  await layers.get('used', 'RUN a', async () => {})
  await layers.tidy()
  t.same([existsSync(old.files), existsSync(used.files)], [false, true])
})

t.test('every part changes the key', async t => {
  t.equal(layerKey('a', ['b']), layerKey('a', ['b']))
  t.not(layerKey('a', ['b']), layerKey('a', ['b', '']))
  t.not(layerKey('ab'), layerKey('a', 'b'))
})
