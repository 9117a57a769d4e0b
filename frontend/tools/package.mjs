// Builds dist/: what `npm pack` puts into the package. Run by the `prepack` script.
import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { build } from 'esbuild'

const root = new URL('..', import.meta.url).pathname
const bundled = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay: short class names would meet those of the app.
  minifyIdentifiers: false,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  packages: 'external',
  entryNames: '[name]',
  chunkNames: 'chunks/[hash]',
}

await rm(`${root}dist`, { recursive: true, force: true })
await build({
  ...bundled,
  entryPoints: {
    core: 'src/client/index.ts',
    hooks: 'src/hooks/index.ts',
    components: 'src/components/messaging/index.ts',
  },
  loader: { '.module.css': 'local-css' },
})
await build({
  ...bundled,
  splitting: false,
  entryPoints: { tokens: 'src/styles/tokens.css' },
})
execFileSync('npx', ['tsc', '--project', 'tools/tsconfig.package.json'], {
  cwd: root,
  stdio: 'inherit',
})
await markAsClient(['hooks', 'components'])

/** Bundling drops the directive that tells Next.js where the browser begins. */
async function markAsClient(names) {
  const { readFile, writeFile } = await import('node:fs/promises')
  for (const name of names) {
    const path = `${root}dist/${name}.js`
    await writeFile(path, `'use client'\n${await readFile(path, 'utf8')}`)
  }
}
