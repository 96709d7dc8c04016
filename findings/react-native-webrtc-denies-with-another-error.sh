#!/usr/bin/env bash
# react-native-webrtc 124.0.8 puts its `mediaDevices` in the place of the browser's, and calls its getUserMedia
# compatible with the W3C's. When the user does not allow the microphone, browsers reject with a DOMException whose name
# is NotAllowedError (Media Capture and Streams, section 10.2). Here the reason is an object that is no Error, with the
# name SecurityError, which stands for pages that may not ask at all. Code that looks for `instanceof DOMException`,
# `instanceof Error` or NotAllowedError takes it for something else, and crash reports have no stack.
#
# When a camera and a microphone are asked for and only the camera is refused, browsers reject as well. Here the promise
# resolves to a stream without video, and nothing says that the camera is missing.
#
# The native parts are replaced: the user refuses, and the module makes a track for each kind that is asked for.
# Observed with react-native-webrtc 124.0.8, as Android uses it:
#   microphone refused: rejects with SecurityError, an Error: no
#   camera refused, microphone allowed: resolves to audio
# Needs node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --legacy-peer-deps react-native-webrtc@124.0.8

emitter=node_modules/react-native/Libraries/vendor/emitter
mkdir -p "$emitter"
echo "module.exports = require('events')" > "$emitter/EventEmitter.js"
cat > node_modules/react-native/index.js << 'JS'
// The permissions that the user gives, and the native module of react-native-webrtc.
exports.allowed = new Set()
exports.Platform = { OS: 'android' }
exports.PermissionsAndroid = {
  PERMISSIONS: { CAMERA: 'camera', RECORD_AUDIO: 'microphone' },
  RESULTS: { GRANTED: 'granted' },
  request: async name => (exports.allowed.has(name) ? 'granted' : 'denied')
}
exports.NativeEventEmitter = require('events')
exports.NativeModules = {
  WebRTCModule: {
    getUserMedia(constraints, onSuccess) {
      const kinds = ['audio', 'video'].filter(kind => constraints[kind])
      onSuccess('stream', kinds.map(kind => ({ kind, id: kind, enabled: true, readyState: 'live', settings: {} })))
    }
  }
}
JS

cat > ask.js << 'JS'
const { allowed } = require('react-native')
const { default: mediaDevices } = require('react-native-webrtc/lib/commonjs/MediaDevices.js')

async function ask(label, constraints, permissions) {
  allowed.clear()
  for (const permission of permissions) allowed.add(permission)
  try {
    const stream = await mediaDevices.getUserMedia(constraints)
    console.log(`${label}: resolves to ${stream.getTracks().map(({ kind }) => kind).join(' and ')}`)
  } catch (error) {
    console.log(`${label}: rejects with ${error.name}, an Error: ${error instanceof Error ? 'yes' : 'no'}`)
  }
}

ask('microphone refused', { audio: true }, []).then(() =>
  ask('camera refused, microphone allowed', { audio: true, video: true }, ['microphone'])
)
JS
node ask.js | tee output
diff output - << 'TEXT'
microphone refused: rejects with SecurityError, an Error: no
camera refused, microphone allowed: resolves to audio
TEXT
