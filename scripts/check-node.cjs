'use strict'

// Runs on any Node, however old: everything after it needs the one that is asked for here.
const wanted = 24
const major = Number(process.versions.node.split('.')[0])

if (major < wanted) {
  const onLinux = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')
  console.error('\nAmbient runs on Node ' + wanted + ' or newer; this is Node ' + process.versions.node + '.\n')
  console.error(
    onLinux
      ? 'On Linux its own Node comes with its packages. Run `npm ci` (without --omit=optional), then `npm start` or `npm test`.\n'
      : 'On this system the packages bring no Node along. Install Node ' +
          wanted +
          ', then run `npm ci` and `npm start` with it.\n'
  )
  process.exit(1)
}
