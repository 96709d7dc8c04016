/** Packages that the web client is built from or with; the server does without them. */
export const webPackages = [
  '@ambient/client',
  '@fontsource-variable/figtree',
  '@vitejs/plugin-react',
  'lucide-react',
  'react',
  'react-aria-components',
  'react-dom',
  'vite',
  'wouter'
]
