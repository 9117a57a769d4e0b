// Writes api/*.txt: the public surface of core and hooks, so that a change of it is visible in a diff.
// `--check` fails when the committed reports are stale.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import ts from 'typescript'

const root = new URL('..', import.meta.url).pathname
const entries = { core: 'src/client/index.ts', hooks: 'src/hooks/index.ts' }
const isCheck = process.argv.includes('--check')

const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
const files = Object.values(entries).map((path) => root + path)
const program = ts.createProgram([`${root}src/globals.d.ts`, ...files], options)
const checker = program.getTypeChecker()
const style =
  ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope

for (const [name, path] of Object.entries(entries)) {
  // A type that names a whole module names its file.
  const report = describeModule(program.getSourceFile(root + path)).replaceAll(root, '')
  const target = `${root}api/${name}.txt`
  const known = await readFile(target, 'utf8').catch(() => '')
  if (known === report) continue
  if (isCheck) {
    process.stderr.write(`api/${name}.txt is stale: run npm run api and commit the result.\n`)
    process.exitCode = 1
  } else {
    await mkdir(`${root}api`, { recursive: true })
    await writeFile(target, report)
  }
}

function describeModule(file) {
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(file))
  const parts = symbols.map((symbol) => {
    const isAlias = symbol.flags & ts.SymbolFlags.Alias
    return describe(symbol.name, isAlias ? checker.getAliasedSymbol(symbol) : symbol)
  })
  return `${parts.sort().join('\n\n')}\n`
}

function describe(name, symbol) {
  const { flags } = symbol
  if (flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) {
    const kind = flags & ts.SymbolFlags.Class ? 'class' : 'interface'
    return `${kind} ${name}\n${membersOf(checker.getDeclaredTypeOfSymbol(symbol))}`
  }
  if (flags & ts.SymbolFlags.TypeAlias) {
    const type = checker.getDeclaredTypeOfSymbol(symbol)
    const flat = ts.TypeFormatFlags.InTypeAlias | style
    return `type ${name} = ${checker.typeToString(type, undefined, flat)}`
  }
  const type = checker.getTypeOfSymbol(symbol)
  return `${name}: ${checker.typeToString(type, undefined, style)}`
}

function membersOf(type) {
  const lines = type.getProperties().flatMap((member) => {
    if (/^(__)?#/.test(member.name)) return []
    const optional = member.flags & ts.SymbolFlags.Optional ? '?' : ''
    const text = checker.typeToString(checker.getTypeOfSymbol(member), undefined, style)
    return [`  ${member.name}${optional}: ${text}`]
  })
  return lines.join('\n')
}
