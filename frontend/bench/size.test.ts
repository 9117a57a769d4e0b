import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { minifyModule } from '../tools/minify.mjs'

/**
 * What an app downloads, minified and compressed with gzip, without React and motion.
 * `npx vitest run bench` prints the figures.
 */
async function gzipBytes(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: `${import.meta.dirname}/../src`, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    external: ['react', 'react-dom', 'react/jsx-runtime', 'motion', 'motion/*'],
    loader: { '.css': 'empty' },
    alias: { '@': `${import.meta.dirname}/../src` },
  })
  const small = await minifyModule(outputFiles[0]?.text ?? '')
  return gzipSync(small, { level: 9 }).length
}

const entries = [
  ['client core', "export { ChatClient, browserEnvironment } from './client'", 15_400],
  [
    'core and the four hooks',
    `export { useWebSocket, useRealtimeMessaging, useTypingIndicator, useOnlineStatus }
       from './hooks/useWebSocket'
     export { MessagingProvider } from './providers/MessagingProvider'`,
    16_850,
  ],
  ['core and all hooks', "export * from './hooks'", 18_400],
] as const

test.each(entries)('%s stays within its budget', async (name, contents, bytesMax) => {
  const bytes = await gzipBytes(contents)
  console.log(`${name}: ${bytes} bytes gzip`)
  expect(bytes).toBeLessThanOrEqual(bytesMax)
})

test('nothing of React is in the core', async () => {
  const { metafile } = await build({
    entryPoints: [`${import.meta.dirname}/../src/client/index.ts`],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    packages: 'external',
  })
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  expect(imports.filter((item) => item.external)).toEqual([])
})
