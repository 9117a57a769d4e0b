import { gzipSync } from 'node:zlib'
import { build, type Metafile, type Plugin } from 'esbuild'
import { expect, test } from 'vitest'
import { minifyModule } from '../tools/minify.mjs'

/**
 * What an app downloads, minified and compressed with gzip, without React and motion: the entry with
 * everything that it imports statically, and the whole with every part behind `import()`.
 * `npx vitest run bench` prints the figures.
 */
interface Sizes {
  readonly entry: number
  readonly whole: number
}

const later: Plugin = {
  name: 'parts behind import() are files of their own',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    ),
}

async function bundle(contents: string, plugins: Plugin[]): Promise<[number, Metafile]> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: `${import.meta.dirname}/../src`, loader: 'ts' },
    plugins,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    outdir: 'out',
    external: ['react', 'react-dom', 'react/jsx-runtime', 'motion', 'motion/*', 'sonner'],
    loader: { '.css': 'empty' },
    alias: { '@': `${import.meta.dirname}/../src` },
  })
  const code = outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? ''
  return [gzipSync(await minifyModule(code), { level: 9 }).length, metafile]
}

async function sizesOf(contents: string): Promise<Sizes> {
  const [[entry], [whole]] = await Promise.all([bundle(contents, [later]), bundle(contents, [])])
  return { entry, whole }
}

const core = "export { ChatClient, browserEnvironment } from './client'"
const fourHooks = `
  export { useWebSocket, useRealtimeMessaging, useTypingIndicator, useOnlineStatus }
    from './hooks/useWebSocket'
  export { MessagingProvider } from './providers/MessagingProvider'`

const entries = [
  ['client core', core, { entry: 11_780, whole: 15_230 }],
  ['core and the four hooks', fourHooks, { entry: 13_110, whole: 16_600 }],
  ['core and all hooks', "export * from './hooks'", { entry: 14_610, whole: 18_310 }],
] as const

test.each(entries)('%s stays within its budget', async (name, contents, most) => {
  const { entry, whole } = await sizesOf(contents)
  console.log(`${name}: ${entry} bytes gzip, ${whole} with every part that is loaded later`)
  expect(entry).toBeLessThanOrEqual(most.entry)
  expect(whole).toBeLessThanOrEqual(most.whole)
})

test('the components add no more than their budget', async () => {
  const hooks = "export * from './hooks'"
  const [before, after] = await Promise.all([
    sizesOf(hooks),
    sizesOf(`${hooks}\nexport * from './components/messaging'`),
  ])
  const more = { entry: after.entry - before.entry, whole: after.whole - before.whole }
  console.log(`components: ${more.entry} bytes gzip more, ${more.whole} with every part`)
  expect(more.whole).toBeLessThanOrEqual(40_000)
})

test('the entry loads nothing statically of what comes later, and nothing of React is in the core', async () => {
  const [, { inputs, outputs }] = await bundle(core, [later])
  const [output] = Object.values(outputs)
  const used = Object.entries(output?.inputs ?? {}).filter(([, input]) => input.bytesInOutput > 0)
  const names = used.map(([path]) => path.replace(/.*\//, ''))
  expect(names).toContain('ChatClient.ts')
  for (const part of [
    'later.ts',
    'apiOnly.ts',
    'catchUp.ts',
    'actions.ts',
    'faults.ts',
    'demoServer.ts',
    'sendFile.ts',
  ]) {
    expect(names).not.toContain(part)
  }
  const external = Object.values(inputs).flatMap(({ imports }) =>
    imports.filter((item) => item.external && item.kind !== 'dynamic-import'),
  )
  expect(external).toEqual([])
})
