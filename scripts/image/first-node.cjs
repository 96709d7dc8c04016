'use strict'

// Usage: node first-node.cjs FOLDER
// Writes a project to a folder that depends only on the locked Node.js, with the lockfile's checksums. Runs on any
// version of Node.js.
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const [target] = process.argv.slice(2)
const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const wanted = Object.entries(optionalDependencies).filter(([name]) => name.startsWith('node-linux-'))
const project = { name: 'first', version: '1.0.0', optionalDependencies: Object.fromEntries(wanted) }
const locked = Object.fromEntries(wanted.map(([name]) => [`node_modules/${name}`, packages[`node_modules/${name}`]]))

writeFileSync(join(target, 'package.json'), JSON.stringify(project))
writeFileSync(
  join(target, 'package-lock.json'),
  JSON.stringify({
    name: 'first',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': project, ...locked }
  })
)
