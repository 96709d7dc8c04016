/** Packages that the web client is built from or with; the server does without them. */
export const webPackages = [
  '@fontsource-variable/figtree',
  '@vitejs/plugin-react',
  'lucide-react',
  'mediasoup-client',
  'react',
  'react-aria-components',
  'react-dom',
  'socket.io-client',
  'vite',
  'wouter'
]
