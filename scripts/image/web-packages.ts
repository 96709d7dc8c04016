/** Packages that only the build of the web client needs. The server does not need them. */
export const webPackages = [
  '@ambient/client',
  '@fontsource-variable/figtree',
  '@vitejs/plugin-react',
  'lucide-react',
  'react',
  'react-aria-components',
  'react-dom',
  'uqr',
  'vite',
  'wouter'
]
