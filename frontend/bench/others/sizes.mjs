/**
 * `node bench/others/sizes.mjs`: what an app downloads for a client, ours and those that one would
 * take instead: bundled by the same bundler, made small by the same minifier, gzip, React apart.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { minifyModule } from '../../tools/minify.mjs'

const here = import.meta.dirname
const src = `${here}/../../src`

const clients = [
  ['ours: core and the four hooks', "export * from './hooks/useWebSocket'", src],
  ['ours: core and all hooks', "export * from './hooks'", src],
  ['phoenix', "export { Socket, Presence } from 'phoenix'"],
  ['socket.io-client', "export { io } from 'socket.io-client'"],
  ['@microsoft/signalr', "export { HubConnectionBuilder } from '@microsoft/signalr'"],
  ['pusher-js', "export { default } from 'pusher-js'"],
  ['centrifuge', "export { Centrifuge } from 'centrifuge'"],
  ['ably', "export { Realtime } from 'ably'"],
  ['stream-chat', "export { StreamChat } from 'stream-chat'"],
  ['@twilio/conversations', "export { Client } from '@twilio/conversations'"],
  [
    '@sendbird/chat',
    "export { default } from '@sendbird/chat'; export * from '@sendbird/chat/groupChannel'",
  ],
]

/** Parts behind `import()` are inside, or left to the network. */
async function sizeOf(contents, resolveDir, isWhole) {
  const leave = ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    plugins: isWhole ? [] : [{ name: 'later', setup: leave }],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    external: ['react', 'react-dom', 'react/jsx-runtime'],
    alias: { '@': src },
  })
  return gzipSync(await minifyModule(outputFiles[0].text), { level: 9 }).length
}

if (!existsSync(`${here}/node_modules`)) {
  execFileSync('npm', ['ci', '--silent', '--ignore-scripts'], { cwd: here, stdio: 'inherit' })
}
const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(8)
console.log('KB gzip'.padEnd(34), '  before', '   whole')
for (const [name, contents, folder = here] of clients) {
  const [entry, whole] = [
    await sizeOf(contents, folder, false),
    await sizeOf(contents, folder, true),
  ]
  console.log(name.padEnd(34), kilobytes(entry), kilobytes(whole))
}
