#!/usr/bin/env bash
# A package with `"sideEffects": false` has one entry that exports a small and a large part. An app imports the small
# one statically, and the large one with import() when it is needed. Since nothing of the large part is needed at first,
# one expects it in a file of its own, as rollup, webpack and rspack do it. Whether that happens depends on the bundler,
# and on who writes import():
# - import('the-package') beside a static import of it: rolldown, and so Vite 8, puts the whole package into the first
#   script, with a warning. Vite 7 used rollup.
# - import('./page.js') of a module of the app, which imports the large part statically: all split it, except esbuild.
# esbuild decides about splitting by files that import each other, before it drops what is not used, and says nothing. A
# package that wants to be loaded in parts needs an entry for each part in `exports`.
#
# Observed with rollup 4.68.8, rolldown 1.3.3, webpack 5.113.0, @rspack/core 2.3.4 and esbuild 0.28.2: is the large part
# in the first script (in the entry and what it imports statically)?
#   rollup: package no, page no, own entry no
#   rolldown: package yes, page no, own entry no
#   webpack: package no, page no, own entry no
#   rspack: package no, page no, own entry no
#   esbuild: package yes, page yes, own entry no
# Needs node (20.19 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund rollup@4.68.8 @rollup/plugin-node-resolve@16.0.3 \
  rolldown@1.3.3 webpack@5.113.0 @rspack/core@2.3.4 esbuild@0.28.2

mkdir -p node_modules/parts app
cat > node_modules/parts/package.json << 'JSON'
{ "name": "parts", "version": "1.0.0", "type": "module", "sideEffects": false,
  "exports": { ".": "./index.js", "./small": "./small.js", "./large": "./large.js" } }
JSON
echo 'export const small = () => "SMALL"' > node_modules/parts/small.js
echo 'export const large = () => "LARGE"' > node_modules/parts/large.js
printf 'export { small } from "./small.js"\nexport { large } from "./large.js"\n' > node_modules/parts/index.js

echo '{ "type": "module" }' > app/package.json
cat > app/package.js << 'JS'
import { small } from 'parts'
globalThis.small = small
globalThis.open = async () => (await import('parts')).large()
JS
cat > app/page.js << 'JS'
import { small } from 'parts'
globalThis.small = small
globalThis.open = async () => (await import('./large-page.js')).show()
JS
cat > app/large-page.js << 'JS'
import { large } from 'parts'
export const show = () => large()
JS
cat > app/own.js << 'JS'
import { small } from 'parts/small'
globalThis.small = small
globalThis.open = async () => (await import('parts/large')).large()
JS

cat > build.mjs << 'JS'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { rspack } from '@rspack/core'
import * as esbuild from 'esbuild'
import { rolldown } from 'rolldown'
import { rollup } from 'rollup'
import webpack from 'webpack'

const split = build => async (input, dir) => {
  const bundle = await build({ input, plugins: build === rollup ? [nodeResolve()] : [], logLevel: 'silent' })
  const { output } = await bundle.write({ dir, format: 'es', entryFileNames: 'first.js' })
  await bundle.close()
  return output
}
const pack = compile => async (entry, path) => {
  const options = { mode: 'production', entry, output: { path, filename: 'first.js' }, performance: false }
  const stats = await promisify(compile)(options)
  if (stats.hasErrors()) throw new Error(stats.toString())
}
const bundlers = {
  rollup: split(rollup),
  rolldown: split(rolldown),
  webpack: pack(webpack),
  rspack: pack(rspack),
  esbuild: async (input, outdir) =>
    await esbuild.build({ entryPoints: { first: input }, outdir, bundle: true, splitting: true, format: 'esm' })
}

/** Returns the text of a script and of those that it imports statically. */
function loaded(folder, file) {
  const text = readFileSync(join(folder, file), 'utf8')
  const imported = [...text.matchAll(/^import\s*(?:[^"'()]*?from\s*)?["']\.\/([^"']+)["']/gm)]
  return text + imported.map(([, name]) => loaded(folder, name)).join('')
}

for (const [name, build] of Object.entries(bundlers)) {
  const columns = []
  for (const [app, label] of [['package', 'package'], ['page', 'page'], ['own', 'own entry']]) {
    const folder = join(import.meta.dirname, 'out', name, app)
    await build(join(import.meta.dirname, 'app', `${app}.js`), folder)
    columns.push(`${label} ${loaded(folder, 'first.js').includes('LARGE') ? 'yes' : 'no'}`)
  }
  console.log(`${name}: ${columns.join(', ')}`)
}
JS
node build.mjs | tee output
diff output - << 'TEXT'
rollup: package no, page no, own entry no
rolldown: package yes, page no, own entry no
webpack: package no, page no, own entry no
rspack: package no, page no, own entry no
esbuild: package yes, page yes, own entry no
TEXT
