// Builds dist/: what `npm pack` puts into the package. Run by the `prepack` script.
import { execFileSync } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { minifyModule } from './minify.mjs'

const root = new URL('..', import.meta.url).pathname
const bundled = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay here: short class names would meet those of the app.
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
await minifyModules()
await markAsClient(['hooks', 'components'])

async function minifyModules() {
  const files = await readdir(`${root}dist`, { recursive: true })
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    const path = `${root}dist/${file}`
    await writeFile(path, await minifyModule(await readFile(path, 'utf8')))
  }
}

/** Bundling drops the directive that tells Next.js where the browser begins. */
async function markAsClient(names) {
  for (const name of names) {
    const path = `${root}dist/${name}.js`
    await writeFile(path, `'use client'\n${await readFile(path, 'utf8')}`)
  }
}
