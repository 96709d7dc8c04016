'use strict'

// Runs on any version of Node.js. All other scripts need this version or a newer one.
const minMajor = 24
const major = Number(process.versions.node.split('.')[0])

if (major < minMajor) {
  const onLinux = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')
  console.error('\nAmbient needs Node ' + minMajor + ' or newer; this is Node ' + process.versions.node + '.\n')
  console.error(
    onLinux
      ? 'On Linux, the npm packages include Node. Run `npm ci` (without --omit=optional), then `npm start` or `npm test`.\n'
      : 'On this system, the npm packages include no Node. Install Node ' +
          minMajor +
          ', then run `npm ci` and `npm start` with it.\n'
  )
  process.exit(1)
}
