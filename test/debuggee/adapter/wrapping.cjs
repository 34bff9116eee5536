// Runs a file in a vm context, behind code of its own on the file's first line, as Jest runs tests.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');

const filename = join(__dirname, 'wrapped.cjs');
const before = '({ test(console, setTimeout) { ';
const code = `${before}${readFileSync(filename, 'utf8')}\n} })`;
const script = new vm.Script(code, { filename, columnOffset: before.length });
for (let run = 0; run < 2; run++) script.runInContext(vm.createContext({ setTimeout })).test(console);
